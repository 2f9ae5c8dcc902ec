import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { editedPaths, editedState, editFields, planEdit } from '../edit-file.ts';
import { applyFileSet, undoFileSet } from '../file-set.ts';
import { editLine } from '../line-edit.ts';
import { flag, hostPath, ownership, text, withAliases } from '../params.ts';
import { editing } from '../writing-params.ts';

const params = withAliases(
  z
    .strictObject({
      path: hostPath.describe('The file. A symbolic link is followed.'),
      line: text
        // A block scalar of YAML ends in a newline that nobody means.
        .transform((value) => value.replace(/\r?\n$/, ''))
        .refine((value) => !/[\r\n]/.test(value), { error: 'must be one line; use blockinfile for more' })
        .optional()
        .describe(
          'The line that shall be there (or not). With backrefs, \\1 stands for what a group matched.',
        ),
      regexp: text
        .optional()
        .describe('The last line that matches is replaced; with state absent, all that match are removed.'),
      search_string: text.optional().describe('As regexp, but plain text that the line contains.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the line shall be there.'),
      backrefs: flag
        .default(false)
        .describe('Fill \\1 or \\g<name> in line from regexp; nothing happens where no line matches.'),
      insertafter: text
        .optional()
        .describe(
          'Where nothing matches regexp: put the line after the last line that matches this, or EOF.',
        ),
      insertbefore: text
        .optional()
        .describe('As insertafter: before the last line that matches this, or BOF.'),
      firstmatch: flag.default(false).describe('Use the first line that matches instead of the last.'),
      create: flag
        .default(false)
        .describe('Make the file, and the directories above it, where it is missing.'),
      ...ownership,
      ...editing,
    })
    .superRefine((params, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      const { state, line, regexp, search_string: searched } = params;
      if (state === 'present' && line === undefined) issue('line', 'is required with state: present');
      if (state === 'absent' && line === undefined && regexp === undefined && searched === undefined) {
        issue('line', ', regexp or search_string is required with state: absent');
      }
      if (regexp !== undefined && searched !== undefined) {
        issue('search_string', 'cannot be given together with regexp');
      }
      if (params.insertafter !== undefined && params.insertbefore !== undefined) {
        issue('insertbefore', 'cannot be given together with insertafter');
      }
      if (params.backrefs && regexp === undefined) issue('backrefs', 'needs regexp');
    }),
  { path: ['dest', 'destfile', 'name'], regexp: ['regex'], line: ['value'] },
);

export const lineinfile = defineModule({
  name: 'lineinfile',
  summary: 'Make sure that a line is in a file, or replace or remove it.',
  params,
  examples: [
    {
      title: 'Set an option',
      params: { path: '/etc/ssh/sshd_config', regexp: '^#?PermitRootLogin', line: 'PermitRootLogin no' },
    },
    {
      title: 'Keep what a group matched',
      params: { path: '/etc/default/grub', regexp: '^(GRUB_TIMEOUT=)', line: '\\g<1>1', backrefs: true },
    },
    { title: 'Remove lines', params: { path: '/etc/hosts', regexp: '\\sold-name$', state: 'absent' } },
  ],
  reads: (params) => ({ at: editedState(params) }),
  check: (params, { at }, view) => {
    if (params.state === 'absent' && !at.exists) return null;
    return planEdit(params, at, editLine(params), view);
  },
  apply: (change) => applyFileSet(change.data),
  expected: (change, params, { at }) => editedPaths(change, params, at),
  undo: (change) => undoFileSet(change.data),
  noUndo: 'The file that was replaced is too large to be kept.',
  result: (_params, { values, change, output }) => editFields(values.at, change, output),
});
