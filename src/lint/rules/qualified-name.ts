import type { Pair } from 'yaml';
import { INCLUDES, shortName } from '../../playbook/parse/module-name.ts';
import { quote } from '../../source/words.ts';
import { endOf, startOf } from '../linted-file.ts';
import { defineRule } from '../rule.ts';
import { keyText } from '../task-maps.ts';

export const qualifiedName = defineRule({
  name: 'qualified-name',
  level: 'hint',
  summary: 'A module with the name of an Ansible collection in front: ansible.builtin.copy.',
  why: 'It works, but the module that runs is not the one of that collection; the short name says so.',
  bad: {
    text: `- hosts: all
  tasks:
    - ansible.builtin.ping:
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - ping:
`,
  },
  fixable: true,
  checkFile: (file) =>
    file.maps.flatMap(({ map }) =>
      map.items.flatMap((pair) => {
        const key = keyText(pair as Pair);
        if (key === undefined) return [];
        const name = shortName(key);
        const isKnown = Object.hasOwn(file.modules, name) || INCLUDES.has(name) || name === 'import_playbook';
        // Where the short name is a key of the same map, renaming would write it twice.
        const isTaken = map.items.some((other) => keyText(other as Pair) === name);
        if (name === key || !isKnown || isTaken) return [];
        const node = pair.key as { readonly range?: readonly number[] };
        return [
          {
            message: `${quote(key)} is called ${quote(name)} here.`,
            hint: `Write: ${name}:`,
            position: file.at(startOf(node)),
            edits: [{ start: startOf(node), end: endOf(node), text: name }],
          },
        ];
      }),
    ),
});
