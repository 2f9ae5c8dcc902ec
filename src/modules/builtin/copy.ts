import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import type { Read } from '../../core/read.ts';
import { directoryName, joinPath, plainPath } from '../../facts/host-path.ts';
import { type PathState, pathState } from '../../facts/path-state.ts';
import { pathStates } from '../../facts/path-states.ts';
import { planCopy, planTree } from '../copy-plan.ts';
import { type CopyParams, copySource, sourceName, sourceReads, type TreeEntry } from '../copy-source.ts';
import { foreseenReads } from '../expected-paths.ts';
import { type FileFields, fileFields, statFields } from '../file-change.ts';
import { applyFileSet, foreseenSet, undoFileSet } from '../file-set.ts';
import {
  fileMode,
  fileModeOrPreserve,
  flag,
  hostPath,
  localPath,
  ownership,
  withAliases,
} from '../params.ts';
import { morePlaceState, placeOf, placeState } from '../placed-file.ts';
import { INLINE_LIMIT, writing } from '../writing-params.ts';

const params = withAliases(
  z
    .strictObject({
      src: localPath
        .optional()
        .describe(
          'File or directory beside the playbook (or in files/); with remote_src, a file on the host. A directory that ends in / gives what is in it, without / itself.',
        ),
      content: z
        .union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())])
        .optional()
        .describe('The text of the file instead of src; a map or a list becomes JSON.'),
      dest: hostPath.describe('File on the host, or the directory that a file (or a tree) goes into.'),
      ...ownership,
      mode: fileModeOrPreserve
        .optional()
        .describe("Permissions of the files, or preserve: as the source's. Kept where not given."),
      directory_mode: fileMode.optional().describe('Permissions of directories that are made on the way.'),
      ...writing,
      force: flag.default(true).describe('False: a file that exists is left as it is.'),
      decrypt: flag
        .default(true)
        .describe(
          'Copy what is in an encrypted file (hostwright vault, age, ansible-vault), and show none of it.',
        ),
      remote_src: flag.default(false).describe('The source is on the host.'),
      checksum: z
        .string()
        .regex(/^[0-9a-f]{64}$/i)
        .optional()
        .describe('SHA-256 that the source must have.'),
    })
    .superRefine((params, context) => {
      if ((params.src === undefined) === (params.content === undefined)) {
        context.addIssue({
          code: 'custom',
          path: ['src'],
          message: 'or content must be given, and not both',
        });
      }
      if (params.content !== undefined && params.dest.endsWith('/')) {
        context.addIssue({
          code: 'custom',
          path: ['dest'],
          message: 'must name the file (and not end in /) where content is given',
        });
      }
      if (params.content !== undefined && params.mode === 'preserve') {
        context.addIssue({
          code: 'custom',
          path: ['mode'],
          message: 'cannot be preserve where content is given',
        });
      }
    }),
  { directory_mode: ['local_directory_mode'] },
);

export const copy = defineModule({
  name: 'copy',
  summary: 'Copy files and directories to the host, or within it.',
  params,
  examples: [
    { title: 'A file with its permissions', params: { src: 'motd', dest: '/etc/motd', mode: '0644' } },
    {
      title: 'A short text',
      params: { content: 'net.ipv4.ip_forward=1\n', dest: '/etc/sysctl.d/90-forward.conf' },
    },
    { title: 'What is in a directory', params: { src: 'site/', dest: '/srv/www', mode: 'preserve' } },
    {
      title: 'A file of the host, kept under another name',
      params: { src: '/etc/hosts', dest: '/root/hosts', remote_src: true },
    },
  ],
  reads: firstReads,
  moreReads: (params, { source: read, at }): Reads => {
    const source = copySource(params, read);
    if (source.kind === 'missing') return {};
    if (source.kind === 'file') return morePlaceState(params, sourceName(params), at, source.content.sha256);
    const { follow, owner, group } = params;
    const target = plainPath(params.dest);
    if (isNowhere(at, target)) return {};
    const names = source.entries.map(({ relativePath, file }) => ({
      name: relativePath,
      sha256: file?.sha256,
    }));
    return {
      base: pathState(target, { owner, group }),
      entries: pathStates(target, names, { follow, owner, group, sha256: true, content: INLINE_LIMIT }),
    };
  },
  check: (params, values, view) => {
    const source = copySource(params, values.source);
    if (source.kind !== 'tree') return planCopy(params, source, placeOf(values), view);
    const { base, entries } = treeValues(values, params, source.entries);
    return planTree(params, source.entries, base, entries, view);
  },
  apply: (change) => applyFileSet(change.data),
  expected: (change, params, values) =>
    foreseenReads(firstReads(params), values, foreseenSet(change.data, values.at.umask)),
  undo: (change) => undoFileSet(change.data),
  noUndo: 'A file that was replaced is larger than 256 MiB and was not kept.',
  result: (params, { values, change, output }): CopyFields => {
    const source = copySource(params, values.source);
    const src = params.src === undefined ? {} : { src: params.src };
    if (source.kind === 'tree') {
      const { base } = treeValues(values, params, []);
      return { dest: base.path, ...src, ...(base.exists ? statFields(base) : { state: 'directory' }) };
    }
    const state = placeOf(values);
    return {
      dest: state.path,
      ...src,
      ...fileFields(state, change?.data.files[0] ?? null, output),
      ...(source.kind === 'file' ? { checksum: source.content.sha256 } : {}),
    };
  },
});

function firstReads(params: CopyParams): Record<string, Read<unknown>> & { readonly at: Read<PathState> } {
  return { ...sourceReads(params), at: placeState(params, sourceName(params)) };
}

type CopyFields = FileFields & {
  readonly dest: string;
  readonly src?: string;
  /** SHA-256 of what was copied. */
  readonly checksum?: string;
};

interface TreeValues {
  readonly base: PathState;
  readonly entries: readonly PathState[];
}

/** Where nothing is, nothing is below it: that need not be read. */
function isNowhere(at: PathState, target: string): boolean {
  if (at.exists || at.target !== null) return false;
  const above = at.nearest === '/' ? '/' : `${at.nearest}/`;
  return `${at.path}/`.startsWith(`${target}/`) && target.startsWith(above) && target !== at.nearest;
}

function treeValues(
  values: { readonly at: PathState },
  params: CopyParams,
  entries: readonly TreeEntry[],
): TreeValues {
  if ('base' in values) return values as unknown as TreeValues;
  const { at } = values;
  const nothing = { exists: false, kind: 'absent', sha256: null, content: null } as const;
  const absent = (path: string): PathState => ({
    ...at,
    ...nothing,
    path,
    realPath: path,
    parent: directoryName(path) === at.nearest ? 'directory' : 'absent',
  });
  const target = plainPath(params.dest);
  return {
    base: absent(target),
    entries: entries.map(({ relativePath }) => absent(joinPath(target, relativePath))),
  };
}
