import { inQuotes } from '../../source/unquoted-template.ts';
import { defineRule } from '../rule.ts';

export const unquotedTemplate = defineRule({
  name: 'unquoted-template',
  level: 'error',
  summary: 'A value that begins with {{ and is not in quotes.',
  why: 'To YAML it is a map with a map as its key.',
  bad: {
    text: `- hosts: all
  vars:
    bridge: br0
  tasks:
    - debug:
        msg: {{ bridge }}
`,
  },
  good: {
    text: `- hosts: all
  vars:
    bridge: br0
  tasks:
    - debug:
        msg: "{{ bridge }}"
`,
  },
  fixable: true,
  replaces: ['yaml-unquoted-template'],
  checkFile: ({ source }) =>
    source.errors
      .filter(({ code }) => code === 'yaml-unquoted-template')
      .map(({ message, hint, position }) => {
        if (!position) return { message, hint, position };
        const line = source.places.line(position.line);
        const start = source.places.start(position.line) + position.column - 1;
        const value = line
          .slice(position.column - 1)
          .replace(/\s+#.*$/, '')
          .trimEnd();
        // Inside a flow list or map it cannot be told where the value ends.
        const isAlone = value.endsWith('}}') || !/[,\]]/.test(value.slice(value.lastIndexOf('}}')));
        const inFlow = /[[{,]\s*$/.test(line.slice(0, position.column - 1));
        const edits =
          isAlone && !inFlow && value.includes('}}')
            ? [{ start, end: start + value.length, text: inQuotes(value) }]
            : undefined;
        return { message, hint, position, edits };
      }),
});
