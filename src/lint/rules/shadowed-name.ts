import { quote } from '../../source/words.ts';
import { definitionsIn } from '../definitions.ts';
import { defineRule } from '../rule.ts';

/** Names that the engine gives a meaning in every expression. */
const RESERVED = new Set([
  ...['facts', 'ansible_facts', 'inputs', 'vars', 'hostvars', 'groups', 'group_names', 'omit'],
  ...['inventory_hostname', 'inventory_hostname_short', 'inventory_dir', 'inventory_file', 'check_mode'],
  ...['playbook_dir', 'role_path', 'role_name', 'play_hosts', 'ansible_check_mode', 'ansible_play_hosts'],
]);

export const shadowedName = defineRule({
  name: 'shadowed-name',
  level: 'warning',
  summary:
    'A variable, register or loop variable with the name of something that is always there (facts, groups, item …).',
  why: 'One of the two cannot be reached, and which one depends on precedence that nobody remembers.',
  bad: {
    text: `- hosts: all
  tasks:
    - command: getent group
      register: groups
      changed_when: false
    - debug:
        msg: "{{ groups }}"
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - command: getent group
      register: group_entries
      changed_when: false
    - debug:
        msg: "{{ group_entries.stdout_lines }}"
`,
  },
  fixable: false,
  checkPlaybook: (judged) =>
    definitionsIn(judged)
      .filter(({ name, as }) => RESERVED.has(name) || (name === 'item' && as !== 'loop variable'))
      .map(({ name, as, position }) => ({
        message: `The ${as} ${quote(name)} hides what the name always means.`,
        hint: 'Give it another name.',
        position,
      })),
});
