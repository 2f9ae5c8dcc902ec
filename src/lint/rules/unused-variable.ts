import { quote } from '../../source/words.ts';
import { type Definition, definitionsIn } from '../definitions.ts';
import { defineRule } from '../rule.ts';

const JUDGED: readonly Definition['as'][] = ['variable', 'input', 'role default', 'role variable'];

export const unusedVariable = defineRule({
  name: 'unused-variable',
  level: 'warning',
  summary: 'A variable or input of the playbook or of a role that no expression and no template file uses.',
  why: 'Who sets it believes that it does something.',
  bad: {
    text: `- hosts: all
  vars:
    bridge: br0
    mtu: 9000
  tasks:
    - command: ip link show {{ bridge }}
      changed_when: false
`,
  },
  good: {
    text: `- hosts: all
  vars:
    bridge: br0
    mtu: 9000
  tasks:
    - command: ip link set {{ bridge }} mtu {{ mtu }}
      changed_when: false
`,
  },
  fixable: false,
  checkPlaybook: (judged) =>
    judged.open
      ? []
      : definitionsIn(judged)
          .filter(
            ({ as, name }) => JUDGED.includes(as) && !judged.words.has(name) && !/^(_|ansible_)/.test(name),
          )
          .map(({ name, as, position }) => ({
            message: `The ${as} ${quote(name)} is never used.`,
            hint: 'Use it, take it out, or begin the name with _ to say that this is meant.',
            position,
          })),
});
