import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { outputFields, shellCommand } from '../command-run.ts';

export const raw = defineModule({
  name: 'raw',
  summary: 'Run a command line through a shell and keep its output as it is; no guard, no standard input.',
  params: z.strictObject({
    free_form: z
      .string()
      .min(1, { error: 'must not be empty' })
      .describe('The command line, as the shell shall see it.'),
    executable: z
      .string()
      .regex(/^\//, { error: 'must be the absolute path of a shell' })
      .optional()
      .describe('The shell. Default: /bin/sh.'),
  }),
  freeForm: 'free_form',
  examples: [
    { title: 'Look at the version of the shell tools', params: { free_form: 'busybox | head -n 1' } },
  ],
  check: (params) => ({ differences: [{ label: 'raw', before: null, after: params.free_form }], data: null }),
  apply: (_change, params) => shellCommand(params.executable, params.free_form),
  noUndo: 'only the person who wrote the command knows what would take it back',
  converges: false,
  checkMode: 'skip',
  result: (_params, { output }) => (output ? outputFields(output, false) : {}),
});
