import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { editedPaths, editedState, editFields, planEdit } from '../edit-file.ts';
import { applyFileSet, undoFileSet } from '../file-set.ts';
import { hostPath, ownership, text, withAliases } from '../params.ts';
import { replaceText } from '../replace-edit.ts';
import { editing } from '../writing-params.ts';

const params = withAliases(
  z.strictObject({
    path: hostPath.describe('The file. A symbolic link is followed.'),
    regexp: text.describe('What is replaced, wherever it matches; ^ and $ match at every line.'),
    replace: text.default('').describe('What comes in its place; \\1 or \\g<name> is what a group matched.'),
    after: text.optional().describe('Only what follows this expression is replaced.'),
    before: text.optional().describe('Only what precedes this expression is replaced.'),
    ...ownership,
    ...editing,
  }),
  { path: ['dest', 'destfile', 'name'] },
);

export const replace = defineModule({
  name: 'replace',
  summary: 'Replace all that matches an expression in a file.',
  params,
  examples: [
    {
      title: 'A new name in every line',
      params: { path: '/etc/hosts', regexp: '(\\s)old\\.example(\\s|$)', replace: '\\1new.example\\2' },
    },
    {
      title: 'Only in one section',
      params: {
        path: '/etc/app.ini',
        after: '\\[net\\]',
        before: '\\[disk\\]',
        regexp: '^mtu=.*$',
        replace: 'mtu=9000',
      },
    },
  ],
  reads: (params) => ({ at: editedState(params) }),
  check: (params, { at }, view) => planEdit(params, at, replaceText(params), view),
  apply: (change) => applyFileSet(change.data),
  expected: (change, params, { at }) => editedPaths(change, params, at),
  undo: (change) => undoFileSet(change.data),
  noUndo: 'The file that was replaced is too large to be kept.',
  result: (_params, { values, change, output }) => editFields(values.at, change, output),
});
