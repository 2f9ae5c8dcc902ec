import { isScalar } from 'yaml';
import { startOf } from '../linted-file.ts';
import { defineRule } from '../rule.ts';

export const keyValueText = defineRule({
  name: 'key-value-text',
  level: 'hint',
  summary: 'Parameters as one text, name=value name=value.',
  why: 'Everything in it is a text, quotes have to be doubled, and an editor cannot help.',
  bad: {
    text: `- hosts: all
  tasks:
    - file: path=/srv/data state=directory
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - file:
        path: /srv/data
        state: directory
`,
  },
  fixable: false,
  checkFile: (file) =>
    file.calls.flatMap(({ pair, key, module }) =>
      isScalar(pair.value) &&
      module.freeForm === undefined &&
      typeof pair.value.value === 'string' &&
      /^\s*[A-Za-z_]\w*=/.test(pair.value.value)
        ? [
            {
              message: `The parameters of ${key} are written as one text.`,
              hint: 'Write each on its own line below the module: "name: value".',
              position: file.at(startOf(pair.value)),
            },
          ]
        : [],
    ),
});
