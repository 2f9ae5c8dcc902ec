import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { flag, withAliases } from '../params.ts';

const condition = z.union([z.string().min(1), z.boolean()], {
  error: 'must be a condition (CEL) or a list of conditions',
});
const message = z.union([z.string(), z.array(z.string())], { error: 'must be text or a list of texts' });

export const assert = defineAction({
  name: 'assert',
  summary: 'Fail where a condition does not hold.',
  params: withAliases(
    z.strictObject({
      that: z
        .union([condition, z.array(condition).min(1)], {
          error: 'must be a condition (CEL) or a list of conditions',
        })
        .describe('Conditions in CEL; all of them must hold.'),
      fail_msg: message.optional().describe("Shown where one does not hold. Default: 'Assertion failed'."),
      success_msg: message.optional().describe("Shown where all hold. Default: 'All assertions passed'."),
      quiet: flag.default(false).describe('Keep the result short: the message alone.'),
    }),
    { fail_msg: ['msg'] },
  ),
  freeForm: 'that',
  conditions: ['that'],
  examples: [
    { title: 'One condition', params: { that: 'facts.memtotal_mb >= 2048' } },
    {
      title: 'Several, with a message of your own',
      params: { that: ['prefix > 0', 'prefix <= 32'], fail_msg: 'The prefix must be between 1 and 32.' },
    },
  ],
  run: (params, view) => {
    const conditions = Array.isArray(params.that) ? params.that : [params.that];
    const failed = conditions.find((expression) => !view.condition(expression));
    if (failed === undefined) return { result: { msg: params.success_msg ?? 'All assertions passed' } };
    const msg = params.fail_msg ?? 'Assertion failed';
    const details = params.quiet ? {} : { assertion: failed, evaluated_to: false };
    return { result: { failed: true, msg, ...details } };
  },
});
