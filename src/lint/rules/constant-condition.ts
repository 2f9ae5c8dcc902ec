import { errorsIn } from '../../core/error.ts';
import { createScope } from '../../core/scope.ts';
import type { Condition } from '../../playbook/tree.ts';
import { type Judged, nodesOf } from '../judged.ts';
import { defineRule } from '../rule.ts';

export const constantCondition = defineRule({
  name: 'constant-condition',
  level: 'warning',
  summary: 'A `when` that is always true or always false.',
  why: 'A task that is switched off for a test is forgotten; a comparison of two texts was meant to name a variable.',
  bad: {
    text: `- hosts: all
  tasks:
    - ping:
      when: "'yes' == 'no'"
`,
  },
  good: {
    text: `- hosts: all
  tasks:
    - ping:
      when: inventory_hostname == 'kvm1'
`,
  },
  fixable: false,
  checkPlaybook: (judged) =>
    judged.playbook.plays.flatMap((play) =>
      [...nodesOf(play)].flatMap(({ node }) =>
        node.when.flatMap((condition) => {
          const value = constantValue(condition, judged);
          return value === undefined
            ? []
            : [
                {
                  message: `The condition is always ${value}.`,
                  hint: value
                    ? 'Leave it out.'
                    : 'Take the task out, or give it the tag "never", so that it runs when it is asked for.',
                  position: condition.position ?? node.position,
                },
              ];
        }),
      ),
    ),
});

function constantValue(condition: Condition, { expressions }: Judged): boolean | undefined {
  if (typeof condition.expression === 'boolean') return condition.expression;
  if (typeof condition.expression === 'function') return undefined;
  try {
    if (expressions.references(undefined, [condition]).length > 0) return undefined;
    return expressions.holds([condition], createScope([]));
  } catch (thrown) {
    errorsIn(thrown);
    return undefined;
  }
}
