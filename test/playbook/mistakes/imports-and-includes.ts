import type { Mistake } from './mistake.ts';

/** Mistakes in imports and includes, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'files that are not there',
    `- hosts: all
  tasks:
    - import_tasks: no.yaml
    - include_tasks: no2.yaml
    - include_tasks: no3.yaml
      when: x
`,
    `site.yaml:3:21: The file "no.yaml" does not exist.
  Looked for no.yaml and tasks/no.yaml.
site.yaml:4:22: The file "no2.yaml" does not exist.
  Looked for no2.yaml and tasks/no2.yaml.`,
  ],
  [
    'templates and loops in imports',
    `- hosts: all
  tasks:
    - import_tasks: "{{ a }}.yaml"
    - import_role: {name: "{{ b }}"}
`,
    `site.yaml:3:21: "import_tasks" is read before anything runs, so its target cannot be a template.
  Use include_tasks, which is read when the task runs.
site.yaml:4:27: "import_role" is read before anything runs, so its target cannot be a template.
  Use include_role, which is read when the task runs.`,
  ],
  [
    'a loop over an import',
    {
      'site.yaml': `- hosts: all
  tasks:
    - import_tasks: a.yaml
      loop: [1]
`,
      'a.yaml': `[]
`,
    },
    `site.yaml:3:7: "import_tasks" cannot loop, because it is read before anything runs.
  Use include_tasks, which can.`,
  ],
  [
    'a file that is no list',
    {
      'site.yaml': `- hosts: all
  tasks:
    - import_tasks: a.yaml
`,
      'a.yaml': `x: 1
`,
    },
    `a.yaml:1:1: A file of tasks is a list, but this one holds a map.
  Begin each task with "- ".`,
  ],
  [
    'a file of plays',
    {
      'site.yaml': `- hosts: all
  tasks:
    - import_tasks: a.yaml
`,
      'a.yaml': `- hosts: all
  tasks: []
`,
    },
    `a.yaml:1:3: A play stands where tasks are expected.
  A file that is imported with import_tasks holds tasks only; use import_playbook for whole plays.`,
  ],
  [
    'a circle',
    {
      'site.yaml': `- hosts: all
  tasks:
    - import_tasks: a.yaml
`,
      'a.yaml': `- import_tasks: b.yaml
`,
      'b.yaml': `- import_tasks: a.yaml
`,
    },
    `b.yaml:1:17: Files import each other in a circle: site.yaml -> a.yaml -> b.yaml -> a.yaml.
  Take one of these imports or dependencies out.`,
  ],
  [
    'a circle of playbooks',
    {
      'site.yaml': `- import_playbook: b.yaml
`,
      'b.yaml': `- import_playbook: site.yaml
`,
    },
    `b.yaml:1:20: Files import each other in a circle: site.yaml -> b.yaml -> site.yaml.
  Take one of these imports or dependencies out.`,
  ],
  [
    'a playbook that is not there',
    `- import_playbook: b.yaml
- import_playbook: "{{ c }}.yaml"
- import_playbook: b.yaml
  tasks: []
`,
    `site.yaml:1:20: The file "b.yaml" does not exist.
  Looked for b.yaml.
site.yaml:2:20: "import_playbook" is read before anything runs, so its target cannot be a template.
  Write the path itself.
site.yaml:3:20: The file "b.yaml" does not exist.
  Looked for b.yaml.
site.yaml:4:3: "tasks" has no meaning in an import_playbook; it belongs to a play.
  Move it there, or check the indentation.`,
  ],
  [
    'options that do not exist',
    `- hosts: all
  tasks:
    - include_tasks: {fil: a}
    - include_role: {nam: a}
    - include_role: {name: a, task_from: b}
    - include_tasks: [a]
    - include_tasks: a.yaml
      register: x
`,
    `site.yaml:3:22: include_tasks needs "file".
site.yaml:3:23: "fil" is not a keyword of include_tasks.
  Did you mean "file"?
site.yaml:4:21: include_role needs "name".
site.yaml:4:22: "nam" is not a keyword of include_role.
  Did you mean "name"?
site.yaml:5:28: There is no role "a".
  Looked for roles/a, ../roles/a, roles/a and a.
site.yaml:5:31: "task_from" is not a keyword of include_role.
  Did you mean "tasks_from"?
site.yaml:6:22: "include_tasks" takes the path of a file with tasks but was given a list.
site.yaml:7:22: The file "a.yaml" does not exist.
  Looked for a.yaml and tasks/a.yaml.
site.yaml:8:7: "register" has no meaning in an include; it belongs to a task.
  Move it there, or check the indentation.`,
  ],
  [
    'mistakes in an included file',
    {
      'site.yaml': `- hosts: all
  tasks:
    - include_tasks: a.yaml
`,
      'a.yaml': `- cpoy: {}
`,
    },
    `a.yaml:1:3: There is no module "cpoy".
  Did you mean "copy"?`,
  ],
];
