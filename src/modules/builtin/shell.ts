import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { sh } from '../../shell/sh.ts';
import { changeDirectory, guardReads, skipReason } from '../command-guards.ts';
import { commandResult, guardParams, inputParams, shellCommand, withStdin } from '../command-run.ts';

export const shell = defineModule({
  name: 'shell',
  summary: 'Run a command line through a shell: pipes, redirections and variables work.',
  params: z.strictObject({
    cmd: z.string().min(1).describe('The command line, as the shell shall see it.'),
    executable: z
      .string()
      .regex(/^\//, { error: 'must be the absolute path of a shell' })
      .optional()
      .describe('The shell. Default: /bin/sh.'),
    ...guardParams,
    ...inputParams,
  }),
  freeForm: 'cmd',
  examples: [
    { title: 'A pipe', params: { cmd: 'ip -o link | wc -l' } },
    {
      title: 'What only bash knows',
      params: { cmd: 'diff <(sort a) <(sort b)', executable: '/bin/bash', chdir: '/etc/app' },
    },
  ],
  reads: guardReads,
  check: (params, { guards }) => {
    if (skipReason(params, guards) !== undefined) return null;
    return { differences: [{ label: 'shell', before: null, after: params.cmd }], data: null };
  },
  apply: (_change, params) =>
    withStdin(
      sh`
        ${changeDirectory(params.chdir)}
        ${shellCommand(params.executable, params.cmd)}`,
      params,
    ),
  noUndo: 'only the person who wrote the command knows what would take it back',
  converges: false,
  checkMode: 'skip',
  result: (params, { values, output }) =>
    commandResult({ cmd: params.cmd, strip: true, guards: params, values, output }),
});
