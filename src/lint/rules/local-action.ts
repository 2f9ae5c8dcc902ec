import { startOf } from '../linted-file.ts';
import { defineRule } from '../rule.ts';
import { pairOf } from '../task-maps.ts';

export const localAction = defineRule({
  name: 'local-action',
  level: 'hint',
  summary: 'A task with local_action or action instead of the module itself.',
  why: 'The module is hidden in a value, where neither people nor editors look for it.',
  bad: {
    text: `- hosts: all
  tasks:
    - local_action:
        module: ping
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - ping:
      delegate_to: localhost
`,
  },
  fixable: false,
  checkFile: (file) =>
    file.maps.flatMap(({ map, kind }) =>
      ['local_action', 'action'].flatMap((name) => {
        const pair = pairOf(map, name);
        if (!pair || kind !== 'task') return [];
        const also = name === 'local_action' ? ' and "delegate_to: localhost"' : '';
        return [
          {
            message: `${name} is an old spelling.`,
            hint: `Write the module itself with its parameters below it${also}.`,
            position: file.at(startOf(pair.key)),
          },
        ];
      }),
    ),
});
