import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule, type Reads } from '../../core/module.ts';
import type { Script } from '../../core/script.ts';
import { openPack, type PackSources, type PackState, packState, packTo } from '../../facts/pack-state.ts';
import { type PathState, pathState } from '../../facts/path-state.ts';
import { raw, sh } from '../../shell/sh.ts';
import { KEEP_LIMIT, keepCopy } from '../backup-area.ts';
import { applyFile, type FileChange, fileFields, planFile, undoFile } from '../file-change.ts';
import { flag, hostPath, listOf, ownership, text } from '../params.ts';
import { nothingToPack } from '../problems.ts';
import { writeFile } from '../write-file.ts';

const params = z
  .strictObject({
    path: listOf(hostPath).describe(
      'Files, directories and patterns of the host; a directory that ends in / gives what is in it.',
    ),
    dest: hostPath
      .optional()
      .describe('The archive. Default for one path: its name with .gz, .bz2, … behind.'),
    format: z
      .enum(['gz', 'bz2', 'xz', 'tar', 'zip'])
      .default('gz')
      .describe('gz, bz2 and xz are tar archives, compressed; one file alone is only compressed.'),
    force_archive: flag.default(false).describe('An archive also of one file.'),
    exclude_path: listOf(hostPath).default([]).describe('Paths and patterns that stay out.'),
    exclusion_patterns: listOf(text).default([]).describe('Patterns of names below that stay out: *.log.'),
    remove: flag.default(false).describe('Remove what has been archived.'),
    ...ownership,
  })
  .superRefine((values, context) => {
    const several = values.path.length > 1 || values.path.some((path) => /[*?[]/.test(path));
    if (values.dest === undefined && several)
      context.addIssue({ code: 'custom', path: ['dest'], message: 'is required for more than one path' });
  });

type Params = z.output<typeof params>;

export const archive = defineModule({
  name: 'archive',
  summary: 'Pack files of the host into an archive there.',
  params,
  examples: [
    { title: 'A directory', params: { path: '/srv/www', dest: '/var/backups/www.tar.gz' } },
    {
      title: 'Logs, which then go',
      params: { path: '/var/log/app/*.1', dest: '/var/backups/app.zip', format: 'zip', remove: true },
    },
  ],
  reads: (values): Reads => ({
    now: packState(sourcesOf(values)),
    at: pathState(destOf(values), { sha256: true, owner: values.owner, group: values.group }),
  }),
  check: (values, reads, view): Change<FileChange> | null => {
    const now = reads.now as PackState;
    const at = reads.at as PathState;
    if (now.names.length === 0 && !at.exists && !view.pendingChanges) throw nothingToPack(values.path);
    const options = { wanted: { mode: values.mode, owner: values.owner, group: values.group } };
    const removes = values.remove && now.files > 0;
    // Directories that were left because of what stays out must not take the archive's place.
    const current = now.names.length === 0 || now.same || (values.remove && now.files === 0 && at.exists);
    const next = {
      bytes: { from: 'host', path: sh`"$t/packed"` },
      size: 0,
      sha256: '',
      content: null,
    } as const;
    const change = planFile(current && !removes ? null : next, at, options, view);
    if (!change) return null;
    if (!change.data.write) return change;
    const [, ...others] = change.differences;
    const before = at.exists ? { size: at.size, sha256: at.sha256 } : null;
    const gone = removes
      ? now.expanded.map((path) => ({ label: path, before: { state: 'present' }, after: null }))
      : [];
    return {
      ...change,
      differences: [{ label: at.realPath, before, after: { archived: now.names } }, ...others, ...gone],
    };
  },
  apply: ({ data }, values) => (data.write ? pack(data, values) : applyFile(data)),
  undo: ({ data }, values) => (values.remove ? null : undoFile(data)),
  noUndo: 'what was archived was removed; the archive has it.',
  result: (values, { values: reads, change, output }) => {
    const { now, at } = reads as unknown as { now: PackState; at: PathState };
    const archived = now.names.map((name) => `${now.root}${name}`);
    return {
      dest: at.path,
      ...fileFields(at, (change?.data as FileChange | undefined) ?? null, output),
      dest_state: now.compressed ? 'compress' : now.missing.length > 0 ? 'incomplete' : 'archive',
      arcroot: now.root,
      archived,
      expanded_paths: now.expanded,
      expanded_exclude_paths: values.exclude_path,
      missing: now.missing,
    };
  },
});

function destOf({ dest, path: [path = ''], format }: Params): string {
  return dest ?? `${path.replace(/\/$/, '')}.${format}`;
}

function sourcesOf(values: Params): PackSources {
  return {
    paths: values.path,
    excluded: values.exclude_path,
    excludedNames: values.exclusion_patterns,
    dest: destOf(values),
    format: values.format,
    forced: values.force_archive,
  };
}

function pack(change: FileChange, values: Params): Script {
  const { old, set } = change;
  return sh`
    (
    ${openPack(sourcesOf(values))}
    ${packTo(values.format, sh`"$t/packed"`)}
    sum=$(sha256sum < "$t/packed"); packed=\${sum%% *}
    ${writeFile({
      path: change.path,
      bytes: { from: 'host', path: sh`"$t/packed"` },
      sha256: raw('"$packed"'),
      mode: change.mode,
      uid: set.uid,
      gid: set.gid,
      replaces: old !== null,
      ...(old && old.size <= KEEP_LIMIT ? { before: keepCopy(old) } : {}),
    })}
    ${values.remove ? REMOVE : raw(':')}
    ) || exit $?
  `;
}

/** Only what went in: what has come since then stays, with the directories above it. */
const REMOVE = sh`
  sort -r "$t/names" | while IFS= read -r e; do
    if [ -d "$root$e" ] && [ ! -L "$root$e" ]; then rmdir -- "$root$e" 2>/dev/null || :; else rm -f -- "$root$e" || exit 1; fi
  done || exit 1
`;
