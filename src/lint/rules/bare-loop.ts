import { isScalar } from 'yaml';
import { endOf, startOf } from '../linted-file.ts';
import { defineRule } from '../rule.ts';
import { pairOf } from '../task-maps.ts';

export const bareLoop = defineRule({
  name: 'bare-loop',
  level: 'error',
  summary: 'A loop over the name of a variable instead of its value.',
  why: 'Without {{ }} it is a text. Old versions of Ansible took it for the variable of that name.',
  bad: {
    text: `- hosts: all
  vars:
    bridges: [br0, br1]
  tasks:
    - debug:
        msg: "{{ item }} of {{ bridges }}"
      loop: bridges
`,
  },
  good: {
    text: `- hosts: all
  vars:
    bridges: [br0, br1]
  tasks:
    - debug:
        msg: "{{ item }} of {{ bridges }}"
      loop: "{{ bridges }}"
`,
  },
  fixable: true,
  replaces: ['wrong-type'],
  checkFile: (file) =>
    file.maps.flatMap(({ map }) => {
      const value = pairOf(map, 'loop')?.value;
      if (!isScalar(value) || typeof value.value !== 'string') return [];
      if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(value.value)) return [];
      const text = `"{{ ${value.value} }}"`;
      return [
        {
          message: `The loop is over the text ${JSON.stringify(value.value)}, not over a list.`,
          hint: `Write: loop: ${text}`,
          position: file.at(startOf(value)),
          edits: [{ start: startOf(value), end: endOf(value), text }],
        },
      ];
    }),
});
