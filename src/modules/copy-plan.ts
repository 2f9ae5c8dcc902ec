import type { Change, Difference } from '../core/change.ts';
import type { TaskView } from '../core/module.ts';
import type { PathState } from '../facts/path-state.ts';
import { planAttributes } from './attributes.ts';
import { type CopyParams, type CopySource, localContent, type TreeEntry } from './copy-source.ts';
import { directoryDifference, missingDirectories } from './directories.ts';
import { type FileChange, planFile } from './file-change.ts';
import type { FileSet } from './file-set.ts';
import { fileSide } from './file-text.ts';
import { formatMode } from './mode.ts';
import { placeOptions } from './placed-file.ts';
import { missingSource, notADirectory, wrongChecksum } from './problems.ts';

/** What copying one file changes. */
export function planCopy(
  params: CopyParams,
  source: Exclude<CopySource, { kind: 'tree' }>,
  state: PathState,
  view: TaskView,
): Change<FileSet> | null {
  if (!params.force && state.exists) return null;
  if (source.kind === 'missing') return sourceToCome(source.path, state, view);
  const { content } = source;
  if (params.checksum !== undefined && params.checksum.toLowerCase() !== content.sha256) {
    throw wrongChecksum(params.src ?? 'content', params.checksum, content.sha256);
  }
  const mode = params.mode === 'preserve' ? source.mode : params.mode;
  const makesDirectory = params.dest.endsWith('/');
  const directories = makesDirectory ? missingDirectories(state).slice(0, -1) : [];
  const change = planFile(content, state, { ...placeOptions(params, mode), makesDirectory }, view);
  return combine(params, state, directories, change ? [change] : [], view);
}

/** What copying a directory changes; `states` are those of the entries, in their order. */
export function planTree(
  params: CopyParams,
  entries: readonly TreeEntry[],
  base: PathState,
  states: readonly PathState[],
  view: TaskView,
): Change<FileSet> | null {
  if (base.exists && base.kind !== 'directory') throw notADirectory(base.path, base.kind);
  const directories = [...missingDirectories(base)];
  const changes: Change<FileChange>[] = [];
  entries.forEach((entry, index) => {
    const state = states[index] as PathState;
    if (entry.file === null) {
      if (!state.exists) directories.push(state.realPath);
      else if (state.kind !== 'directory') throw notADirectory(state.path, state.kind);
      return;
    }
    if (!params.force && state.exists) return;
    const mode = params.mode === 'preserve' ? formatMode(entry.file.mode) : params.mode;
    const options = { ...placeOptions(params, mode), makesDirectory: true };
    const change = planFile(localContent(entry.file), state, options, view);
    if (change) changes.push(change);
  });
  return combine(params, base, directories, changes, view);
}

function combine(
  params: CopyParams,
  state: PathState,
  directories: readonly string[],
  changes: readonly Change<FileChange>[],
  view: TaskView,
): Change<FileSet> | null {
  if (directories.length === 0 && changes.length === 0) return null;
  const made: PathState = { ...state, exists: false, kind: 'absent', sha256: null, content: null };
  const { owner, group, directory_mode } = params;
  const { set } = planAttributes({ mode: directory_mode, owner, group }, made, view, 'directory');
  const differences: Difference[] = [
    ...directories.map(directoryDifference),
    ...changes.flatMap((change) => change.differences),
  ];
  return {
    differences,
    warnings: [...new Set(changes.flatMap((change) => change.warnings ?? []))],
    data: { directories, directorySettings: set, files: changes.map((change) => change.data) },
  };
}

/** In a check run, the source on the host may be what an earlier task would make. */
function sourceToCome(path: string, state: PathState, view: TaskView): Change<FileSet> {
  const problem = missingSource(path);
  if (!view.pendingChanges) throw problem;
  const before = state.exists ? fileSide(state.content, state.size, state.sha256) : null;
  return {
    differences: [{ label: state.realPath, before, after: { state: 'file', src: path } }],
    warnings: [`${problem.message} An earlier task must create it.`],
    data: { directories: [], directorySettings: {}, files: [] },
  };
}
