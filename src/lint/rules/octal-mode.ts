import { isMap, isScalar, type Pair } from 'yaml';
import { endOf, startOf } from '../linted-file.ts';
import { defineRule } from '../rule.ts';
import { keyText } from '../task-maps.ts';

const MODES = new Set(['mode', 'directory_mode']);

export const octalMode = defineRule({
  name: 'octal-mode',
  level: 'error',
  summary: 'Permission bits written as a number: 644 or 0644 without quotes.',
  why: 'A number loses its leading zero, and YAML 1.2 reads 0644 as the decimal number 644.',
  bad: {
    text: `- hosts: all
  tasks:
    - file:
        path: /srv/data
        state: directory
        mode: 0755
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - file:
        path: /srv/data
        state: directory
        mode: '0755'
`,
  },
  fixable: true,
  replaces: ['bad-parameter'],
  checkFile: (file) =>
    file.calls.flatMap(({ pair }) =>
      (isMap(pair.value) ? pair.value.items : []).flatMap((param) => {
        const { value } = param as Pair;
        if (!MODES.has(keyText(param as Pair) ?? '') || !isScalar(value)) return [];
        const digits = /^0?o?([0-7]{3,4})$/.exec(value.source ?? '')?.[1];
        if (value.type !== 'PLAIN' || typeof value.value !== 'number' || digits === undefined) return [];
        const mode = `'${digits.padStart(4, '0')}'`;
        return [
          {
            message: `The mode ${value.source} is a number, whose octal digits are lost.`,
            hint: `Write: ${keyText(param as Pair)}: ${mode}`,
            position: file.at(startOf(value)),
            edits: [{ start: startOf(value), end: endOf(value), text: mode }],
          },
        ];
      }),
    ),
});
