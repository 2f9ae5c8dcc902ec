import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { HostwrightError } from '../../core/error.ts';
import { count } from '../params.ts';

const NOT_DEFINED = 'VARIABLE IS NOT DEFINED!';

export const debug = defineAction({
  name: 'debug',
  summary: 'Show a message or the value of a variable.',
  params: z
    .strictObject({
      msg: z.unknown().optional().describe("What to show, of any type. Default: 'Hello world!'."),
      var: z
        .string()
        .min(1)
        .optional()
        .describe('Name of a variable, or an expression, whose value is shown (without `{{ }}`).'),
      verbosity: count.default(0).describe('Shown only where -v was given at least this often.'),
    })
    .refine((params) => params.msg === undefined || params.var === undefined, {
      error: 'msg and var cannot be given together',
      path: ['var'],
    }),
  freeForm: 'msg',
  examples: [
    { title: 'Show a message', params: { msg: 'The bridge is br0.' } },
    { title: 'Show what a task registered, only with -v', params: { var: 'result', verbosity: 1 } },
  ],
  run: (params, view) => {
    if (params.verbosity > view.verbosity) {
      return { result: { skipped: true, skipped_reason: 'Verbosity threshold not met.' } };
    }
    if (params.var === undefined) return { result: { msg: params.msg ?? 'Hello world!' } };
    return { result: { [params.var]: valueOrNotice(params.var, view.lookup) } };
  },
});

/** A variable that is not defined is worth showing too: that is what debug is for. Any other error is one. */
function valueOrNotice(name: string, lookup: (expression: string) => unknown): unknown {
  try {
    return lookup(name);
  } catch (thrown) {
    if (thrown instanceof HostwrightError && thrown.code.startsWith('undefined')) return NOT_DEFINED;
    throw thrown;
  }
}
