import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule, type Reads } from '../../core/module.ts';
import type { LocalSource } from '../../core/read.ts';
import { localSource } from '../../facts/controller.ts';
import { type PathState, pathState } from '../../facts/path-state.ts';
import { type UnpackState, unpackState } from '../../facts/unpack-state.ts';
import { type GuardState, guardReads, skipReason } from '../command-guards.ts';
import { guardParams } from '../command-run.ts';
import { statFields } from '../file-change.ts';
import { httpParams } from '../http-params.ts';
import { flag, hostPath, listOf, ownership, text, withAliases } from '../params.ts';
import { noDirectoryToUnpack } from '../problems.ts';
import { applyUnpack, type UnpackChange, undoUnpack, unpacking } from '../unpack.ts';

const params = withAliases(
  z
    .strictObject({
      src: text.describe(
        'The archive: tar (also compressed with gzip, bzip2, xz or zstd) or zip. Beside the playbook; with remote_src a file of the host or an address.',
      ),
      dest: hostPath.describe('Directory of the host that it is unpacked into; it must be there.'),
      remote_src: flag.default(false).describe('src is on the host, or an address that the host fetches.'),
      decrypt: flag
        .default(true)
        .describe('Unpack what is in an encrypted file (hostwright vault, age, ansible-vault).'),
      creates: guardParams.creates,
      list_files: flag.default(false).describe('Give the names of what is in the archive as files.'),
      include: listOf(text).default([]).describe('Only these files and directories of the archive.'),
      exclude: listOf(text).default([]).describe('Not these: names or patterns.'),
      keep_newer: flag.default(false).describe('Files of the host that are newer stay.'),
      extra_opts: listOf(text)
        .default([])
        .describe('Further options for tar or unzip, such as --strip-components=1.'),
      validate_certs: httpParams.validate_certs,
      ...ownership,
    })
    .superRefine((values, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (values.include.length > 0 && values.exclude.length > 0)
        issue('exclude', 'cannot be given together with include');
      if (
        values.remote_src &&
        !/^(https?|ftp):\/\/\S+$/.test(values.src) &&
        !hostPath.safeParse(values.src).success
      )
        issue('src', 'must be an absolute path on the host, or an address, where remote_src is true');
      if (!values.remote_src && /^(https?|ftp):\/\//.test(values.src))
        issue('src', 'is an address, which needs remote_src: true');
    }),
  {},
);

type Params = z.output<typeof params>;

export const unarchive = defineModule({
  name: 'unarchive',
  summary: 'Unpack an archive on the host.',
  params,
  examples: [
    {
      title: 'An archive beside the playbook',
      params: { src: 'site.tar.gz', dest: '/srv/www', owner: 'www-data' },
    },
    {
      title: 'From the web, without its outer directory',
      params: {
        src: 'https://files.example.net/tool-1.2.tar.gz',
        dest: '/opt/tool',
        remote_src: true,
        extra_opts: ['--strip-components=1'],
      },
    },
  ],
  reads: (values): Reads => ({
    ...guardReads({ creates: values.creates }),
    at: pathState(values.dest, { owner: values.owner, group: values.group }),
    ...(values.remote_src ? {} : { source: localSource(values.src, values.decrypt) }),
  }),
  moreReads: (values, reads): Reads => {
    const at = reads.at as PathState;
    if (skips(values, reads) || !at.exists || at.kind !== 'directory') return {};
    return { now: unpackState(values.src, unpacking(values, at, reads.source as LocalSource | undefined)) };
  },
  check: (values, reads, view): Change<UnpackChange> | null => {
    if (skips(values, reads)) return null;
    const at = reads.at as PathState;
    if (!at.exists || at.kind !== 'directory') {
      if (!view.pendingChanges || at.exists) throw noDirectoryToUnpack(values.dest);
      const difference = { label: values.dest, before: null, after: { unpacked: values.src } };
      return {
        differences: [difference],
        data: { at, source: reads.source as LocalSource | undefined, names: [], made: [] },
      };
    }
    const { differing, missing } = reads.now as UnpackState;
    if (differing.length + missing.length === 0) return null;
    return {
      differences: [
        ...missing.map((name) => ({ label: joined(at, name), before: null, after: { from: values.src } })),
        ...differing.map((name) => ({
          label: joined(at, name),
          before: { differs: true },
          after: { from: values.src },
        })),
      ],
      data: { at, source: reads.source as LocalSource | undefined, names: differing, made: missing },
    };
  },
  apply: ({ data }, values) => applyUnpack(data, values),
  undo: ({ data }) => undoUnpack(data),
  result: (values, { values: reads }) => {
    const guards = (reads as { guards?: GuardState }).guards;
    const at = (reads as { at: PathState }).at;
    const now = (reads as { now?: UnpackState }).now;
    if (guards?.creates)
      return {
        skipped: true,
        msg: `skipped, since ${values.creates} exists`,
        dest: values.dest,
        src: values.src,
      };
    return {
      src: values.src,
      dest: at.path,
      ...(at.exists ? statFields(at) : {}),
      ...(now ? { handler: now.handler } : {}),
      ...(now && values.list_files ? { files: now.files } : {}),
    };
  },
});

function skips(values: Params, reads: { readonly [name: string]: unknown }): boolean {
  return skipReason({ creates: values.creates }, reads.guards as GuardState | undefined) !== undefined;
}

function joined({ realPath }: PathState, name: string): string {
  return `${realPath === '/' ? '' : realPath}/${name}`;
}
