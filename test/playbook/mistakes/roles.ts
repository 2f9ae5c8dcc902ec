import type { Mistake } from './mistake.ts';

/** Mistakes in roles, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'that are not there',
    {
      'site.yaml': `- hosts: all
  roles: [wep, {role: "db"}]
`,
      'roles/web/tasks/main.yaml': `[]
`,
    },
    `site.yaml:2:11: There is no role "wep".
  Did you mean "web"?
site.yaml:2:23: There is no role "db".
  Looked for roles/db, ../roles/db, roles/db and db.`,
  ],
  [
    'that are none',
    `- hosts: all
  roles: [[a], {tags: x}, 7]
`,
    `site.yaml:2:11: A role is given by its name or by a map with "role", but here stands a list.
  Write "- role: NAME" and the role's variables below it.
site.yaml:2:16: A role is given by its name or by a map with "role", but here stands a map.
  Write "- role: NAME" and the role's variables below it.
site.yaml:2:27: A role is given by its name or by a map with "role", but here stands the number 7.
  Write "- role: NAME" and the role's variables below it.`,
  ],
  [
    'instead of a list',
    `- hosts: all
  roles: web
`,
    `site.yaml:2:10: "roles" takes a list of roles but was given the text "web".
  Write "- name" for each role.`,
  ],
  [
    'with mistakes in each of their files',
    {
      'site.yaml': `- hosts: all
  roles: [web]
`,
      'roles/web/tasks/main.yml': `- cpoy: {}
`,
      'roles/web/handlers/main.yaml': `- name: x
`,
      'roles/web/defaults/main.yaml': `- a
`,
      'roles/web/vars/main.yaml': `a-b: 1
`,
      'roles/web/meta/main.yaml': `dependencies: [nothing]
inputs: {a: {type: x}}
`,
    },
    `roles/web/defaults/main.yaml:1:1: A file of variables holds a map, but this one holds a list.
  Write "name: value" lines.
roles/web/handlers/main.yaml:1:3: The task has no module: it has only "name".
  Add what is to be done, for example "copy:" with its parameters below.
roles/web/meta/main.yaml:1:16: There is no role "nothing".
  Looked for roles/nothing, ../roles/nothing, roles/nothing and nothing.
roles/web/meta/main.yaml:2:20: The input "a" has an unknown type, the text "x".
  There are string, int, number, bool, list, map, path and any.
roles/web/tasks/main.yml:1:3: There is no module "cpoy".
  Did you mean "copy"?
roles/web/vars/main.yaml:1:1: "a-b" is no name for a variable.
  Use letters, digits and _ only, and no digit first.`,
  ],
  [
    'that depend on each other',
    {
      'site.yaml': `- hosts: all
  roles: [a]
`,
      'roles/a/meta/main.yaml': `dependencies: [b]
`,
      'roles/b/meta/main.yaml': `dependencies: [a]
`,
    },
    `roles/b/meta/main.yaml:1:16: Files import each other in a circle: site.yaml -> roles/a -> roles/b -> roles/a.
  Take one of these imports or dependencies out.`,
  ],
  [
    'a file of the role that is not there',
    {
      'site.yaml': `- hosts: all
  tasks:
    - import_role: {name: a, tasks_from: other}
`,
      'roles/a/tasks/main.yaml': `[]
`,
    },
    `site.yaml:3:27: The file "other" does not exist.
  Looked for roles/a/tasks/other.`,
  ],
];
