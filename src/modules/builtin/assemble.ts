import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { LocalSource, Read } from '../../core/read.ts';
import { localSource } from '../../facts/controller.ts';
import { type Fragment, fragmentFiles } from '../../facts/fragments.ts';
import { baseName } from '../../facts/host-path.ts';
import { assembleFragments, localFragments } from '../assembled-text.ts';
import { bytesContent } from '../copy-source.ts';
import { foreseenReads } from '../expected-paths.ts';
import { applyFile, fileFields, type NewContent, planFile, undoFile } from '../file-change.ts';
import { foreseenFile } from '../file-set.ts';
import { flag, hostPath, localPath, ownership, text } from '../params.ts';
import { morePlaceState, placeOf, placeOptions, placeState } from '../placed-file.ts';
import { writing } from '../writing-params.ts';

const params = z
  .strictObject({
    src: localPath.describe(
      'Directory with the parts: on the host, or with remote_src: false beside the playbook.',
    ),
    dest: hostPath.describe('The file that is made of them.'),
    remote_src: flag.default(true).describe('The parts are on the host.'),
    regexp: text.optional().describe('Only parts whose names match.'),
    delimiter: text.optional().describe('A line between two parts.'),
    ignore_hidden: flag.default(false).describe('Leave out parts whose names begin with a dot.'),
    decrypt: flag
      .default(true)
      .describe(
        'Take what is in encrypted parts (hostwright vault, age, ansible-vault), and show none of it.',
      ),
    ...ownership,
    ...writing,
  })
  .superRefine((params, context) => {
    if (params.remote_src && !hostPath.safeParse(params.src).success) {
      context.addIssue({
        code: 'custom',
        path: ['src'],
        message: 'must be an absolute path on the host, or remote_src false for one beside the playbook',
      });
    }
  });

type Params = z.output<typeof params>;

export const assemble = defineModule({
  name: 'assemble',
  summary: 'Make a file of the parts in a directory, in the order of their names.',
  params,
  examples: [
    {
      title: 'A configuration of parts',
      params: { src: '/etc/app/conf.d', dest: '/etc/app/app.conf', delimiter: '# ---' },
    },
  ],
  reads: (params): { readonly parts: Read<unknown>; readonly at: ReturnType<typeof placeState> } => ({
    parts: params.remote_src ? fragmentFiles(params.src) : localSource(`${params.src}/`, params.decrypt),
    at: placeState(params, baseName(params.src)),
  }),
  moreReads: (params, { parts, at }) =>
    morePlaceState(params, baseName(params.src), at, content(params, parts).sha256),
  check: (params, values, view) =>
    planFile(content(params, values.parts), placeOf(values), placeOptions(params), view),
  apply: (change) => applyFile(change.data, true),
  expected: (change, params, { at }) =>
    foreseenReads({ at: placeState(params, baseName(params.src)) }, { at }, foreseenFile(change.data)),
  undo: (change) => undoFile(change.data),
  noUndo: 'The file that was replaced is larger than 256 MiB and was not kept.',
  result: (params, { values, change, output }) => {
    const state = placeOf(values);
    return {
      src: params.src,
      dest: state.path,
      ...fileFields(state, change?.data ?? null, output),
      checksum: content(params, values.parts).sha256,
    };
  },
});

function hasSecret({ file, tree }: LocalSource): boolean {
  return [file, ...(tree ?? []).map((entry) => entry.file)].some((one) => one?.secret);
}

function content(params: Params, parts: unknown): NewContent {
  const fragments = params.remote_src
    ? (parts as readonly Fragment[])
    : localFragments(params.src, parts as LocalSource);
  const secret = !params.remote_src && hasSecret(parts as LocalSource);
  return { ...bytesContent(assembleFragments(params, fragments)), ...(secret ? { secret } : {}) };
}
