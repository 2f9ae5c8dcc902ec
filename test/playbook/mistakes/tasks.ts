import type { Mistake } from './mistake.ts';

/** Mistakes in tasks, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'no module',
    `- hosts: all
  tasks:
    - name: x
    - {}
    - name: y
      when: "true"
      register: z
`,
    `site.yaml:3:7: The task has no module: it has only "name".
  Add what is to be done, for example "copy:" with its parameters below.
site.yaml:4:7: The task has no module: it is empty.
  Add what is to be done, for example "copy:" with its parameters below.
site.yaml:5:7: The task has no module: it has only "name", "when" and "register".
  Add what is to be done, for example "copy:" with its parameters below.`,
  ],
  [
    'two modules',
    `- hosts: all
  tasks:
    - copy: {dest: a, content: b}
      command: ls
`,
    `site.yaml:4:7: The task has two modules, "copy" and "command".
  Write two tasks; or indent the second below the first if it is one of its parameters.`,
  ],
  [
    'an unknown module',
    `- hosts: all
  tasks:
    - cpoy: {dest: a}
    - name: x
      virt_net: {name: default}
    - yum_repository:
    - frobnicate:
`,
    `site.yaml:3:7: There is no module "cpoy".
  Did you mean "copy"?
site.yaml:5:7: There is no module "virt_net".
  Use libvirt_network.
site.yaml:6:7: There is no module "yum_repository".
  Use "template" for the file in /etc/yum.repos.d.
site.yaml:7:7: There is no module "frobnicate".
  "hostwright doc" lists all modules.`,
  ],
  [
    'a collection that is not known',
    `- hosts: all
  tasks:
    - name: x
      my.own.copy: {dest: a}
`,
    `site.yaml:4:7: There is no module "my.own.copy".
  Did you mean "copy"?`,
  ],
  [
    'a misspelt keyword',
    `- hosts: all
  tasks:
    - command: ls
      regster: x
      wen: y
`,
    `site.yaml:4:7: "regster" is not a keyword of a task.
  Did you mean "register"?
site.yaml:5:7: "wen" is not a keyword of a task.
  Did you mean "when"?`,
  ],
  [
    'a parameter that is not indented',
    `- hosts: all
  tasks:
    - copy:
      dest: a
      content: b
`,
    `site.yaml:3:7: copy needs the parameter "dest".
  Where the file is to be.
site.yaml:4:7: "dest" is a parameter of copy, not a keyword of a task.
  Indent it below "copy:".
site.yaml:5:7: "content" is a parameter of copy, not a keyword of a task.
  Indent it below "copy:".`,
  ],
  [
    'keywords of plays',
    `- hosts: all
  tasks:
    - command: ls
      hosts: all
      gather_facts: true
`,
    `site.yaml:4:7: "hosts" has no meaning in a task; it belongs to a play.
  Move it there, or check the indentation.
site.yaml:5:7: "gather_facts" has no meaning in a task; it belongs to a play.
  Move it there, or check the indentation.`,
  ],
  [
    'keywords of Ansible that are not there',
    `- hosts: all
  tasks:
    - command: ls
      async: 10
      poll: 0
    - include: x.yaml
`,
    `site.yaml:4:7: "async" is a keyword of Ansible that Hostwright does not have.
  Leave it out: a task may take as long as its timeout says; "parallel" on a block runs tasks at the same time.
site.yaml:5:7: "poll" is a keyword of Ansible that Hostwright does not have.
  Leave it out together with async.
site.yaml:6:7: There is no module "include".
  Use import_tasks or include_tasks.`,
  ],
  [
    'a text',
    `- hosts: all
  tasks:
    - command
`,
    `site.yaml:3:7: A task is a map, but here stands the text "command".
  Write "- name: …" and below it a module with its parameters.`,
  ],
  [
    'a play',
    `- hosts: all
  tasks:
    - hosts: all
      tasks: []
`,
    `site.yaml:3:7: A play stands where tasks are expected.
  A file that is imported with import_tasks holds tasks only; use import_playbook for whole plays.`,
  ],
  [
    'values of another kind',
    `- hosts: all
  tasks:
    - command: ls
      when: [x, {a: b}]
      become: 7
      retries: some
      register: [a]
      notify: {a: b}
      tags: [a, [b]]
      name: [x]
      ignore_errors: {}
      vars: x
`,
    `site.yaml:4:17: "when" takes an expression, or a list of them, but was given a map.
site.yaml:5:15: "become" takes true or false but was given the number 7.
site.yaml:6:16: "retries" takes a number that is not negative but was given the text "some".
site.yaml:7:17: "register" takes a text, not a template, but was given a list.
site.yaml:8:15: "notify" takes a text but was given a map.
site.yaml:9:17: "tags" takes texts, separated by commas or in a list, but was given a list.
site.yaml:10:13: "name" takes a text but was given a list.
site.yaml:11:22: "ignore_errors" takes true or false but was given a map.
site.yaml:12:13: "vars" takes a map of variables but was given the text "x".`,
  ],
  [
    'a name that is no name',
    `- hosts: all
  tasks:
    - command: ls
      register: my-result
`,
    `site.yaml:4:17: "my-result" is no name for a variable.
  Use letters, digits and _ only, and no digit first.`,
  ],
  [
    'listen in a task',
    `- hosts: all
  tasks:
    - command: ls
      listen: x
`,
    `site.yaml:4:7: "listen" has no meaning in a task that is not a handler.
  Move the task under "handlers:", or leave it out.`,
  ],
  [
    'conditions in Jinja',
    `- hosts: all
  tasks:
    - command: ls
      when: x is defined and not y
    - command: ls
      when:
        - a == 'b'
        - "{{ a }} == 'b'"
    - command: ls
      until: r is success
    - command: ls
      when: ''
`,
    `site.yaml:4:13: The condition "x is defined and not y" is not valid: unexpected character: 's' (at character 3).
  Write: has(vars.x) && !y
site.yaml:8:11: The condition "{{ a }} == 'b'" holds {{ }}, but conditions are evaluated as they are.
  Write: a == 'b'
site.yaml:10:14: The condition "r is success" is not valid: unexpected character: 's' (at character 3).
  Write: succeeded(r)
site.yaml:12:13: The condition under "when" is empty.
  Write an expression, or leave the keyword out.`,
  ],
  [
    'templates in Jinja',
    `- hosts: all
  tasks:
    - debug:
        msg: "{{ x | default('y') }}"
    - debug: {msg: "{% if x %}a{% endif %}"}
`,
    `site.yaml:4:14: The template "{{ x | default('y') }}" is not valid Handlebars, near "| default('y') }}".
  Write: {{ default x "y" }}
site.yaml:5:20: "{% if x %}" is Jinja, which templates are not written in.
  Write {{#if x}} … {{else}} … {{/if}} or {{#each list}} … {{this}} … {{/each}}; text that really holds {% goes between {{{{raw}}}} and {{{{/raw}}}}.`,
  ],
  [
    'action without a module',
    `- hosts: all
  tasks:
    - action: {src: a}
    - action: cpoy src=a
    - local_action: [a]
`,
    `site.yaml:3:15: "action" takes a module with its parameters but was given a map.
site.yaml:4:15: There is no module "cpoy".
  Did you mean "copy"?
site.yaml:5:21: "local_action" takes a module with its parameters but was given a list.`,
  ],
];
