import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { blockLines, blockMarkers, editBlock } from '../block-edit.ts';
import { editedPaths, editedState, editFields, planEdit } from '../edit-file.ts';
import { applyFileSet, undoFileSet } from '../file-set.ts';
import { flag, hostPath, ownership, text, withAliases } from '../params.ts';
import { editing } from '../writing-params.ts';

const params = withAliases(
  z
    .strictObject({
      path: hostPath.describe('The file. A symbolic link is followed.'),
      block: text.default('').describe('The lines between the markers. Without any, the block is removed.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the block shall be there.'),
      marker: z
        .string()
        .refine((value) => value.includes('{mark}') && !/[\r\n]/.test(value), {
          error: 'must be one line with {mark} in it, which becomes marker_begin and marker_end',
        })
        .default('# {mark} ANSIBLE MANAGED BLOCK')
        .describe('The line before and after the block, by which it is found again; {mark} differs.'),
      marker_begin: text.default('BEGIN').describe('What {mark} is in the line before the block.'),
      marker_end: text.default('END').describe('What {mark} is in the line after the block.'),
      insertafter: text
        .optional()
        .describe('Where a new block goes: after the last line that matches this expression, or EOF.'),
      insertbefore: text
        .optional()
        .describe('Where a new block goes: before the last line that matches this expression, or BOF.'),
      append_newline: flag.default(false).describe('Keep a blank line after the block.'),
      prepend_newline: flag.default(false).describe('Keep a blank line before the block.'),
      create: flag
        .default(false)
        .describe('Make the file, and the directories above it, where it is missing.'),
      ...ownership,
      ...editing,
    })
    .superRefine((params, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      const { begin, end } = blockMarkers(params);
      if (begin === end && params.marker.includes('{mark}'))
        issue('marker_end', 'must differ from marker_begin');
      if (blockLines(params.block).some((line) => line === begin || line === end)) {
        issue('block', 'must not hold a marker line');
      }
      if (params.insertafter !== undefined && params.insertbefore !== undefined) {
        issue('insertbefore', 'cannot be given together with insertafter');
      }
    }),
  { path: ['dest', 'destfile', 'name'], block: ['content'] },
);

export const blockinfile = defineModule({
  name: 'blockinfile',
  summary: 'Keep a block of lines between two marker lines in a file.',
  params,
  examples: [
    {
      title: 'Hosts of the lab',
      params: {
        path: '/etc/hosts',
        block: '192.0.2.10 kvm1\n192.0.2.11 kvm2\n',
        marker: '# {mark} lab hosts',
      },
    },
    {
      title: 'Remove the block again',
      params: { path: '/etc/hosts', marker: '# {mark} lab hosts', state: 'absent' },
    },
  ],
  reads: (params) => ({ at: editedState(params) }),
  check: (params, { at }, view) => {
    const removes = params.state === 'absent' || params.block === '';
    if (removes && !at.exists && !params.create) return null;
    return planEdit(params, at, editBlock(params), view);
  },
  apply: (change) => applyFileSet(change.data),
  expected: (change, params, { at }) => editedPaths(change, params, at),
  undo: (change) => undoFileSet(change.data),
  noUndo: 'The file that was replaced is too large to be kept.',
  result: (_params, { values, change, output }) => editFields(values.at, change, output),
});
