import { z } from 'zod';
import { defineModule, type Reads, type TaskView } from '../../core/module.ts';
import type { Read } from '../../core/read.ts';
import { directoryTree, diskUsage, type TreePath } from '../../facts/directory-tree.ts';
import { directoryName, joinPath, plainPath } from '../../facts/host-path.ts';
import { entrySubject, type PathState, pathState, pathSubject } from '../../facts/path-state.ts';
import { sequence, sh } from '../../shell/sh.ts';
import { planAttributes } from '../attributes.ts';
import { type Foreseen, foreseenEntry, foreseenReads, underAllNames } from '../expected-paths.ts';
import { type FileFields, pathFields } from '../file-change.ts';
import { flag, hostPath, ownership, withAliases } from '../params.ts';
import {
  attributesChange,
  directoryChange,
  type PathChange,
  removal,
  replacement,
  touching,
} from '../path-work.ts';
import { missingFile, missingLinkSource, notADirectory, notAFile, pathTaken } from '../problems.ts';
import { planTreeAttributes } from '../tree-attributes.ts';

const STATES = ['file', 'directory', 'absent', 'link', 'hard', 'touch'] as const;

const params = withAliases(
  z
    .strictObject({
      path: hostPath.transform(plainPath).describe('The entry to manage; for a link, the link itself.'),
      state: z
        .enum(STATES)
        .optional()
        .describe(
          'file: must exist, only its attributes are set. directory: made with all above it. absent: removed, with all in it. link, hard: a link to src. touch: an empty file, or new times. Default: as it is.',
        ),
      src: z
        .string()
        .min(1)
        .optional()
        .describe('What the link leads to; a relative one is relative to the directory of path.'),
      ...ownership,
      recurse: flag.default(false).describe('Give everything in the directory the same attributes.'),
      force: flag
        .default(false)
        .describe('Make a link although its source is missing, or in the place of a file.'),
      follow: flag
        .default(true)
        .describe('Set the attributes of what a symbolic link leads to, not of the link.'),
      modification_time: z
        .enum(['now', 'preserve'])
        .optional()
        .describe('With touch: whether the time of the last change becomes now (the default).'),
      access_time: z
        .enum(['now', 'preserve'])
        .optional()
        .describe('With touch: whether the time of the last access becomes now (the default).'),
    })
    .superRefine((params, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      const { state, src, recurse } = params;
      if (recurse && state !== undefined && state !== 'directory') issue('recurse', 'needs state: directory');
      if (src !== undefined && state !== 'link' && state !== 'hard')
        issue('src', 'needs state: link or hard');
      if (src === undefined && state === 'hard') issue('src', 'is required with state: hard');
      if (src === undefined && state === 'link') issue('src', 'is required with state: link');
    }),
  { path: ['dest', 'name'] },
);

type Params = z.output<typeof params>;

interface Values {
  readonly at: PathState;
  readonly source?: PathState;
  readonly tree?: readonly TreePath[];
  readonly kilobytes?: number;
}

export const file = defineModule({
  name: 'file',
  summary: 'Manage files, directories and links, and their attributes.',
  params,
  examples: [
    {
      title: 'A directory with its owner',
      params: { path: '/srv/vm', state: 'directory', owner: 'root', mode: '0750' },
    },
    { title: 'A link', params: { path: '/etc/localtime', src: '/usr/share/zoneinfo/UTC', state: 'link' } },
    { title: 'Remove a directory with all in it', params: { path: '/srv/old', state: 'absent' } },
    {
      title: 'Permissions of a whole tree',
      params: { path: '/srv/www', recurse: true, mode: 'u=rwX,g=rX,o=' },
    },
  ],
  reads: firstReads,
  moreReads: (params, { at }): Reads =>
    params.state === 'absent' && at.exists ? { kilobytes: diskUsage(params.path) } : {},
  check: (params, values, view) => checkState(params, values, view),
  apply: (change) => change.data.apply,
  proof: (change, params, values) => {
    if (!change.data.touches) return checkState(params, values, { checkMode: false, pendingChanges: false });
    const { at } = values;
    return at.exists
      ? attributesChange(at, planAttributes(params, at, { checkMode: false, pendingChanges: false }))
      : change;
  },
  expected: (change, params, values) => foreseenReads(firstReads(params), values, change.data.foreseen),
  undo: (change) => change.data.undo,
  noUndo: 'What was removed is larger than 256 MiB and was not kept.',
  result: (params, { values, output }): EntryResult => {
    const state = wantedState(params, values.at);
    const isLink = state === 'link' || state === 'hard';
    return {
      ...(isLink ? { dest: values.at.path, src: params.src } : { path: values.at.path }),
      ...(state === 'absent' ? { state } : pathFields(values.at, state, output)),
    };
  },
});

type EntryResult = FileFields & {
  readonly path?: string;
  /** Of links: the link, and what it leads to. */
  readonly dest?: string;
  readonly src?: string | undefined;
};

function firstReads(params: Params): Record<string, Read<unknown>> & { readonly at: Read<PathState> } {
  const { path, state, src, owner, group } = params;
  const itself = state === 'absent' || state === 'link' || state === 'hard';
  return {
    at: pathState(path, { follow: params.follow && !itself, owner, group }),
    ...(src === undefined
      ? {}
      : { source: pathState(linkSource(params, src), { follow: state === 'link' }) }),
    ...(params.recurse ? { tree: directoryTree(path) } : {}),
  };
}

function checkState(params: Params, values: Values, view: TaskView): PathChange | null {
  const { at } = values;
  switch (wantedState(params, at)) {
    case 'absent':
      return at.exists ? removal(at, values.kilobytes ?? 0) : null;
    case 'directory':
      return checkDirectory(params, at, values.tree ?? [], view);
    case 'touch': {
      if (at.exists && at.kind === 'link') throw notAFile(at.path, at.kind);
      const { access_time: access, modification_time: modification } = params;
      return touching(
        at,
        params,
        { access: access !== 'preserve', modification: modification !== 'preserve' },
        view,
      );
    }
    case 'link':
      return checkLink(params, at, values.source, view);
    case 'hard':
      return checkHardLink(params, at, values.source, view);
    default:
      return checkFile(params, at, view);
  }
}

function wantedState(params: Params, at: PathState): (typeof STATES)[number] {
  if (params.state !== undefined) return params.state;
  if (params.recurse) return 'directory';
  if (at.exists && at.kind === 'directory') return 'directory';
  return at.exists && at.kind === 'link' ? 'link' : 'file';
}

function checkFile(params: Params, at: PathState, view: TaskView): PathChange | null {
  if (at.exists) {
    if (at.kind === 'directory' || (at.kind === 'link' && params.follow)) throw notAFile(at.path, at.kind);
    return attributesChange(at, planAttributes(params, at, view));
  }
  const problem = missingFile(
    at.path,
    'Set state: touch to make it empty, or write it with copy or template.',
  );
  if (!view.pendingChanges) throw problem;
  const plan = planAttributes(params, at, view);
  return {
    differences: plan.differences,
    warnings: [...plan.warnings, `${problem.message} An earlier task must create it.`],
    data: { apply: { text: ':' }, undo: null, foreseen: {} },
  };
}

function checkDirectory(
  params: Params,
  at: PathState,
  tree: readonly TreePath[],
  view: TaskView,
): PathChange | null {
  if (!at.exists) return directoryChange(at, params, view);
  if (at.kind !== 'directory') throw notADirectory(at.path, at.kind);
  const own = attributesChange(at, planAttributes(params, at, view));
  const below = planTreeAttributes(params, at, tree, view);
  if (below.apply.length === 0) return own;
  return {
    differences: [...(own?.differences ?? []), ...below.differences],
    warnings: own?.warnings ?? [],
    data: {
      apply: sequence([...below.apply, ...(own ? [own.data.apply] : [])]),
      undo: sequence([...(own?.data.undo ? [own.data.undo] : []), ...below.undo]),
      foreseen: { ...own?.data.foreseen, ...below.foreseen },
    },
  };
}

function checkLink(
  params: Params,
  at: PathState,
  source: PathState | undefined,
  view: TaskView,
): PathChange | null {
  const { src, force } = params;
  if (at.exists && at.kind === 'link' && (src === undefined || at.target === src)) {
    return attributesChange(at, planAttributes(params, at, view));
  }
  if (src === undefined) throw notAFile(at.path, at.kind);
  if (at.exists && at.kind !== 'link' && (!force || at.kind === 'directory')) {
    throw pathTaken(at.path, at.kind, 'link');
  }
  const warnings = source?.exists || force ? [] : [sourceToCome(at.path, src, view)];
  const before = at.exists ? { state: at.kind, ...(at.target === null ? {} : { src: at.target }) } : null;
  const { set } = planAttributes({ owner: params.owner, group: params.group }, at, view);
  const owner =
    set.uid === undefined && set.gid === undefined
      ? sh`:`
      : sh`chown -h -- ${`${set.uid ?? ''}${set.gid === undefined ? '' : `:${set.gid}`}`} "$temporary/new"`;
  const change = replacement(
    at,
    sh`{ ln -s -- ${src} "$temporary/new" && ${owner}; }`,
    { label: at.path, before, after: { state: 'link', src } },
    foreseenLink(at, src, source),
    view,
  );
  return { ...change, warnings: [...(change.warnings ?? []), ...warnings] };
}

function checkHardLink(
  params: Params,
  at: PathState,
  source: PathState | undefined,
  view: TaskView,
): PathChange | null {
  const src = params.src ?? '';
  const same = at.exists && source?.exists && at.inode === source.inode && at.device === source.device;
  if (same) return attributesChange(at, planAttributes(params, at, view));
  if (at.exists && (!params.force || at.kind === 'directory')) throw pathTaken(at.path, at.kind, 'hard link');
  const warnings = source?.exists ? [] : [sourceToCome(at.path, src, view)];
  const change = replacement(
    at,
    sh`ln -- ${source?.realPath ?? src} "$temporary/new"`,
    { label: at.path, before: at.exists ? { state: at.kind } : null, after: { state: 'hard', src } },
    source?.exists
      ? underAllNames({ ...source, path: at.path, realPath: at.realPath, links: source.links + 1 })
      : {},
    view,
  );
  return { ...change, warnings: [...(change.warnings ?? []), ...warnings] };
}

function sourceToCome(path: string, src: string, view: TaskView): string {
  const problem = missingLinkSource(path, src);
  if (!view.pendingChanges) throw problem;
  return `${problem.message} An earlier task must create it.`;
}

function linkSource(params: Params, src: string): string {
  return src.startsWith('/') || src.startsWith('~') ? src : joinPath(directoryName(params.path), src);
}

/** Behind a new link stands what its source is; where there is none yet, nothing does. */
function foreseenLink(at: PathState, src: string, source: PathState | undefined): Foreseen {
  const link = foreseenEntry(at, 'link', { target: src, mode: 0o777, size: src.length });
  const behind: Foreseen = source
    ? { [pathSubject(at.path)]: { ...source, path: at.path, target: src } }
    : {};
  return { [entrySubject(at.path)]: link, ...behind };
}
