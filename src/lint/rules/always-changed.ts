import { nodesOf } from '../judged.ts';
import { defineRule } from '../rule.ts';

const COMMANDS = new Set(['command', 'shell', 'script', 'raw']);

export const alwaysChanged = defineRule({
  name: 'always-changed',
  level: 'hint',
  summary: 'A command, shell or script without creates, removes or changed_when.',
  why: 'It counts as changed in every run, so that a second run never says that there is nothing to do; and a check run skips it.',
  bad: {
    text: `- hosts: all
  tasks:
    - command: ip link show
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - command: ip link show
      changed_when: false
`,
  },
  fixable: false,
  checkPlaybook: ({ playbook }) =>
    playbook.plays.flatMap((play) =>
      [...nodesOf(play)].flatMap(({ node }) => {
        if (node.kind !== 'task' || !COMMANDS.has(node.module) || node.changedWhen) return [];
        if (node.args !== undefined || 'creates' in node.params || 'removes' in node.params) return [];
        // A handler runs because something changed.
        if (play.handlers.includes(node)) return [];
        return [
          {
            message: `This ${node.module} counts as changed in every run.`,
            hint: 'Add changed_when: false if it only looks, else creates, removes or a changed_when that tells.',
            position: node.position,
          },
        ];
      }),
    ),
});
