import { formatPosition, type SourcePosition } from '../../core/position.ts';
import { quote } from '../../source/words.ts';
import { nodesOf } from '../judged.ts';
import { defineRule, type Report } from '../rule.ts';

export const duplicateTaskName = defineRule({
  name: 'duplicate-task-name',
  level: 'off',
  summary: 'Two tasks of one play with the same name.',
  why: 'In the output, and for --start-at-task, they are the same.',
  bad: {
    text: `- hosts: all
  tasks:
    - name: Ask
      ping:
    - name: Ask
      ping:
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - name: Ask
      ping:
    - name: Ask again
      ping:
`,
  },
  fixable: false,
  checkPlaybook: ({ playbook }) =>
    playbook.plays.flatMap((play) => {
      const first = new Map<string, SourcePosition | undefined>();
      const reports: Report[] = [];
      for (const { node } of nodesOf(play)) {
        if (typeof node.name !== 'string' || node.kind !== 'task') continue;
        const before = first.get(node.name);
        // A role that is used twice brings the same lines twice.
        const isSame = before && node.position && formatPosition(before) === formatPosition(node.position);
        if (first.has(node.name) && !isSame)
          reports.push({
            message: `The task name ${quote(node.name)} stands twice in this play.`,
            hint: before ? `The first is at ${formatPosition(before)}.` : undefined,
            position: node.position,
          });
        else first.set(node.name, node.position);
      }
      return reports;
    }),
});
