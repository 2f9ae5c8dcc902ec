import type { Mistake } from './mistake.ts';

/** Mistakes in loops, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'a text or a map',
    `- hosts: all
  tasks:
    - debug: {msg: hi}
      loop: abc
    - debug: {msg: hi}
      loop: {a: b}
`,
    `site.yaml:4:13: "loop" takes a list or a template that gives one but was given the text "abc".
site.yaml:6:13: "loop" takes a list (for a map write "{{ dict2items map }}") but was given a map.`,
  ],
  [
    'two at once',
    `- hosts: all
  tasks:
    - debug: {msg: hi}
      loop: [1]
      with_items: [2]
`,
    `site.yaml:5:7: The task has two loops, "loop" and "with_items".
  Keep one of them.`,
  ],
  [
    'older ones that cannot be translated',
    `- hosts: all
  tasks:
    - debug: {msg: hi}
      with_dict: [a]
    - debug: {msg: hi}
      with_sequence: start=1
    - debug: {msg: hi}
      with_subelements: [[{a: 1}], b]
`,
    `site.yaml:4:7: "with_dict" cannot be translated to "loop" here.
  Give it a map, or write loop: "{{ dict2items map }}" and use item.key and item.value.
site.yaml:6:7: "with_sequence" cannot be translated to "loop" here.
  Write loop: "{{ range first last }}".
site.yaml:8:7: "with_subelements" cannot be translated to "loop" here.
  Give it a list of maps and the name of the list in each: [users, keys].`,
  ],
  [
    'loop_control',
    `- hosts: all
  tasks:
    - debug: {msg: hi}
      loop: [1]
      loop_control: {loopvar: x, index_var: a-b}
    - debug: {msg: hi}
      loop: [1]
      loop_control: 7
`,
    `site.yaml:5:22: "loopvar" is not a keyword of loop_control.
  Did you mean "loop_var"?
site.yaml:5:45: "a-b" is no name for a variable.
  Use letters, digits and _ only, and no digit first.
site.yaml:8:21: "loop_control" takes a map but was given the number 7.`,
  ],
];
