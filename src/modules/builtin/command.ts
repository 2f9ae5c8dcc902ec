import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { sh } from '../../shell/sh.ts';
import { changeDirectory, guardReads, skipReason } from '../command-guards.ts';
import { commandResult, guardParams, inputParams, stripParam, withStdin } from '../command-run.ts';
import { commandLine, splitWords } from '../command-words.ts';
import { flag, text } from '../params.ts';
import { emptyCommand } from '../system-problems.ts';

const params = z
  .strictObject({
    cmd: z
      .string()
      .min(1)
      .optional()
      .describe('The command as one line, split into words at blanks; quotes group. No shell sees it.'),
    argv: z
      .array(text)
      .min(1)
      .optional()
      .describe('The command as a list of words, where nothing needs quoting. Instead of cmd.'),
    ...guardParams,
    ...inputParams,
    ...stripParam,
    expand_argument_vars: flag
      .default(true)
      .describe("Replace `$NAME` of the host's environment and a leading `~` in the words."),
  })
  .refine((values) => (values.cmd === undefined) !== (values.argv === undefined), {
    error: 'needs cmd or argv, and not both',
    path: ['cmd'],
  });

export const command = defineModule({
  name: 'command',
  summary: 'Run a program with its arguments, without a shell.',
  params,
  freeForm: 'cmd',
  examples: [
    {
      title: 'Run once: not again where its result is there',
      params: { cmd: 'make install', chdir: '/opt/tool', creates: '/usr/local/bin/tool' },
    },
    {
      title: 'Words with blanks in them',
      params: { argv: ['virsh', 'desc', 'guest one', 'the build host'] },
    },
  ],
  reads: guardReads,
  check: (values, { guards }) => {
    const words = wordsOf(values);
    if (skipReason(values, guards) !== undefined) return null;
    return { differences: [{ label: 'command', before: null, after: words.join(' ') }], data: words };
  },
  apply: ({ data }, values) =>
    withStdin(
      sh`
        ${changeDirectory(values.chdir)}
        exec ${commandLine(data, values.expand_argument_vars)}`,
      values,
    ),
  noUndo: 'only the person who wrote the command knows what would take it back',
  converges: false,
  checkMode: 'skip',
  result: (values, { values: reads, output }) =>
    commandResult({
      cmd: wordsOf(values),
      strip: values.strip_empty_ends,
      guards: values,
      values: reads,
      output,
    }),
});

function wordsOf(values: z.output<typeof params>): readonly string[] {
  const words = values.argv ?? splitWords(values.cmd ?? '');
  if (words.length === 0 || words[0] === '') throw emptyCommand('command');
  return words;
}
