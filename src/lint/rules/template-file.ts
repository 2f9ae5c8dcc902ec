import { errorsIn } from '../../core/error.ts';
import { Template } from '../../core/template.ts';
import { defineRule } from '../rule.ts';

export const templateFile = defineRule({
  name: 'template-file',
  level: 'error',
  summary: 'A template file that does not exist where it is looked for, or that is not valid.',
  why: 'The loader reads no template files, so without this rule it is the run that finds out.',
  bad: {
    text: `- hosts: all
  tasks:
    - template:
        src: motd.hbs
        dest: /etc/motd
`,
    files: { 'templates/motd.hbs': '{{#if x}}\n' },
  },
  good: {
    text: `- hosts: all
  tasks:
    - template:
        src: motd.hbs
        dest: /etc/motd
`,
    files: { 'templates/motd.hbs': 'This is {{ inventory_hostname }}.\n' },
  },
  fixable: false,
  checkPlaybook: ({ templates, missingTemplates, expressions }) => [
    ...missingTemplates.map(({ message, hint, position }) => ({ message, hint, position })),
    ...templates.flatMap(({ text, shown }) => {
      try {
        expressions.checkSyntax(new Template(text, { file: shown, line: 1, column: 1 }));
        return [];
      } catch (thrown) {
        return errorsIn(thrown).map(({ message, hint, position }) => ({ message, hint, position }));
      }
    }),
  ],
});
