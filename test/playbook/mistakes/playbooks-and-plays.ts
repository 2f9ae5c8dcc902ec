import type { Mistake } from './mistake.ts';

/** Mistakes in playbooks and plays, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'an empty file',
    ``,
    `site.yaml:1:1: A playbook is a list of plays, but this file holds nothing.
  Begin with "- hosts: all" and put the tasks under "tasks:".`,
  ],
  [
    'a text',
    `hello
`,
    `site.yaml:1:1: A playbook is a list of plays, but this file holds the text "hello".
  Begin with "- hosts: all" and put the tasks under "tasks:".`,
  ],
  [
    'a play without a dash',
    `hosts: all
tasks: []
`,
    `site.yaml:1:1: A playbook is a list of plays, but this play is no item of a list.
  Put "- " before its first line and indent the others by two spaces.`,
  ],
  [
    'tasks where plays are expected',
    `- name: greet
  debug: {msg: hi}
- command: ls
`,
    `site.yaml:1:3: "greet" is a task, but plays are expected here.
  Put the tasks into a play: "- hosts: all", and under it "tasks:" with the tasks indented below.`,
  ],
  [
    'an item that is no map',
    `- hosts: all
- all
`,
    `site.yaml:2:3: A play is a map with "hosts" and "tasks", but here stands the text "all".
  Begin a play with "- hosts: all".`,
  ],
  [
    'no hosts',
    `- name: x
  tasks: []
`,
    `site.yaml:1:3: The play does not say on which hosts it runs.
  Add "hosts: all", or the name of a group or host of the inventory.`,
  ],
  [
    'empty hosts',
    `- hosts:
`,
    `site.yaml:1:3: The play does not say on which hosts it runs.
  Add "hosts: all", or the name of a group or host of the inventory.`,
  ],
  [
    'hosts of another kind',
    `- hosts: {a: b}
`,
    `site.yaml:1:10: "hosts" takes a pattern or a list of patterns but was given a map.`,
  ],
  [
    'unknown keywords',
    `- hosts: all
  gather_fact: false
  taks: []
  zzzzz: 1
`,
    `site.yaml:2:3: "gather_fact" is not a keyword of a play.
  Did you mean "gather_facts"?
site.yaml:3:3: "taks" is not a keyword of a play.
  Did you mean "tags"?
site.yaml:4:3: "zzzzz" is not a keyword of a play.`,
  ],
  [
    'keywords that belong elsewhere',
    `- hosts: all
  when: x
  register: y
`,
    `site.yaml:2:3: "when" has no meaning in a play; it belongs to a block, a task, an include, a role in a play or an import_playbook.
  Move it there, or check the indentation.
site.yaml:3:3: "register" has no meaning in a play; it belongs to a task.
  Move it there, or check the indentation.`,
  ],
  [
    'keywords of Ansible that are not there',
    `- hosts: all
  vars_prompt: []
  user: root
`,
    `site.yaml:2:3: "vars_prompt" is a keyword of Ansible that Hostwright does not have.
  Declare the value under "inputs": what is missing is asked for.
site.yaml:3:3: "user" is a keyword of Ansible that Hostwright does not have.
  Write remote_user`,
  ],
  [
    'values of another kind',
    `- hosts: all
  become: maybe
  serial: many
  max_fail_percentage: [1]
  strategy: fre
  order: up
  vars: [a]
  environment: x
  tags: {a: b}
  port: -1
  tasks: {debug: {msg: hi}}
  handlers: x
`,
    `site.yaml:2:11: "become" takes true or false but was given the text "maybe".
site.yaml:3:11: "serial" takes a number of hosts or a percentage such as 30% but was given the text "many".
site.yaml:4:24: "max_fail_percentage" takes a number that is not negative but was given a list.
site.yaml:5:13: "strategy" takes linear, free or host_pinned but was given "fre".
  Did you mean "free"?
site.yaml:6:10: "order" takes inventory, reverse_inventory, sorted, reverse_sorted or shuffle but was given "up".
site.yaml:7:9: "vars" takes a map of variables but was given a list.
site.yaml:8:16: "environment" takes a map of names and values, or a list of such maps, but was given the text "x".
site.yaml:9:9: "tags" takes texts, separated by commas or in a list, but was given a map.
site.yaml:10:9: "port" takes a number that is not negative but was given the number -1.
site.yaml:11:10: "tasks" takes a list of tasks but was given a map.
  Begin each task below it with "- ".
site.yaml:12:13: "handlers" takes a list of tasks but was given the text "x".`,
  ],
  [
    'names that are no names',
    `- hosts: all
  vars: {a-b: 1, 2c: 3, ok: 4}
`,
    `site.yaml:2:10: "a-b" is no name for a variable.
  Use letters, digits and _ only, and no digit first.
site.yaml:2:18: "2c" is no name for a variable.
  Use letters, digits and _ only, and no digit first.`,
  ],
  [
    'the map form without plays',
    `name: x
inputs: {}
`,
    `site.yaml:1:1: A playbook in the form of a map needs "plays".`,
  ],
  [
    'the map form with other keys',
    `name: x
play: []
plays: []
`,
    `site.yaml:2:1: "play" is not a keyword of a playbook.
  Did you mean "plays"?`,
  ],
  [
    'vars_files that are not there',
    {
      'site.yaml': `- hosts: all
  vars_files: [a.yaml, [b.yaml, c.yaml], "{{ d }}"]
`,
    },
    `site.yaml:2:16: The file "a.yaml" does not exist.
  Looked for vars/a.yaml and a.yaml.
site.yaml:2:24: The file "b.yaml, c.yaml" does not exist.
  Looked for vars/b.yaml, b.yaml, vars/c.yaml and c.yaml.`,
  ],
  [
    'a vars_file that is no map',
    {
      'site.yaml': `- hosts: all
  vars_files: a.yaml
`,
      'vars/a.yaml': `- x
`,
    },
    `vars/a.yaml:1:1: A file of variables holds a map, but this one holds a list.
  Write "name: value" lines.`,
  ],
  [
    'a YAML mistake in one file and a keyword in another',
    {
      'site.yaml': `- hosts: all
  vars_files: a.yaml
  tsks: []
`,
      'a.yaml': `x: {{ y }}
`,
    },
    `site.yaml:3:3: "tsks" is not a keyword of a play.
  Did you mean "tasks"?
a.yaml:1:4: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: x: "{{ y }}"`,
  ],
];
