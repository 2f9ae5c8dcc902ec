import { quote } from '../../source/words.ts';
import { definitionsIn } from '../definitions.ts';
import { defineRule } from '../rule.ts';

export const unusedRegister = defineRule({
  name: 'unused-register',
  level: 'warning',
  summary: 'A result that is registered and never looked at.',
  why: 'Either the name is misspelt where it was meant to be used, or the line can go.',
  bad: {
    text: `- hosts: all
  tasks:
    - command: virsh list --name
      register: domains
      changed_when: false
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - command: virsh list --name
      register: domains
      changed_when: false
    - debug:
        msg: "{{ domains.stdout_lines }}"
`,
  },
  fixable: false,
  checkPlaybook: (judged) =>
    judged.open
      ? []
      : definitionsIn(judged)
          .filter(({ as, name }) => as === 'register' && !judged.words.has(name) && !name.startsWith('_'))
          .map(({ name, position }) => ({
            message: `The result ${quote(name)} is registered but never used.`,
            hint: 'Use it, take the line out, or begin the name with _ to say that this is meant.',
            position,
          })),
});
