import type { Mistake } from './mistake.ts';

/** Mistakes in blocks, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'with a module',
    `- hosts: all
  tasks:
    - block: []
      command: ls
`,
    `site.yaml:4:7: A block cannot have the module "command" too.
  Put it into the block as a task of its own.`,
  ],
  [
    'a section without a block',
    `- hosts: all
  tasks:
    - rescue:
        - command: ls
`,
    `site.yaml:3:7: "rescue" stands without a "block".
  Put the tasks that it belongs to under "block:", in the same map.`,
  ],
  [
    'keywords of tasks',
    `- hosts: all
  tasks:
    - block: []
      register: x
      rescu: []
`,
    `site.yaml:4:7: "register" has no meaning in a block; it belongs to a task.
  Move it there, or check the indentation.
site.yaml:5:7: "rescu" is not a keyword of a block.
  Did you mean "rescue"?`,
  ],
  [
    'mistakes deep inside',
    `- hosts: all
  tasks:
    - block:
        - block:
            - cpoy:
          rescue:
            - debug: {mesg: x}
      always: [1]
`,
    `site.yaml:5:15: There is no module "cpoy".
  Did you mean "copy"?
site.yaml:7:23: debug has no parameter "mesg".
  Did you mean "msg"? debug takes msg and var.
site.yaml:8:16: A task is a map, but here stands the number 1.
  Write "- name: …" and below it a module with its parameters.`,
  ],
];
