import type { Change } from '../core/change.ts';
import type { ResultFields, TaskView } from '../core/module.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { HostRead } from '../core/read.ts';
import type { JobOutput } from '../core/script.ts';
import { CONTENT_LIMIT, type PathState, pathState } from '../facts/path-state.ts';
import { planAttributes } from './attributes.ts';
import { bytesContent } from './copy-source.ts';
import { directoryDifference, missingDirectories } from './directories.ts';
import { type Foreseen, foreseenReads, isForeseen } from './expected-paths.ts';
import { fileFields, planFile } from './file-change.ts';
import { type FileSet, foreseenSet } from './file-set.ts';
import { type ByteText, bytesOf, byteText } from './file-text.ts';
import { closedToUser, missingFile, neverSettles, notAFile, tooLarge } from './problems.ts';

/** What the modules that edit a file in place share. */
export interface EditParams {
  readonly path: string;
  readonly create?: boolean | undefined;
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  readonly unsafe_writes: boolean;
}

/** The file with its text; links are followed, since an edit is about what a program will read. */
export function editedState(params: EditParams): HostRead<PathState> {
  return pathState(params.path, { content: true, sha256: true, owner: params.owner, group: params.group });
}

/** The file's text; null where there is none. Throws where it cannot be edited. */
export function editableText(state: PathState): ByteText | null {
  if (!state.exists) return null;
  if (state.kind !== 'file') throw notAFile(state.realPath, state.kind);
  if (!state.readable) throw closedToUser(state.realPath);
  if (state.content === null && isForeseen(state)) throw new NotKnownYet(`the content of ${state.realPath}`);
  if (state.content === null) throw tooLarge(state.realPath, state.size, CONTENT_LIMIT);
  return byteText(state.content);
}

/**
 * What an edit changes. `edit` is pure text in, text out; it is tried on its own outcome too, so that an edit which would change the file
 * on each run is found before anything is touched.
 */
export function planEdit(
  params: EditParams,
  state: PathState,
  edit: (text: ByteText) => ByteText,
  view: TaskView,
): Change<FileSet> | null {
  const text = editableText(state);
  const warnings: string[] = [];
  if (text === null && !params.create) {
    const problem = missingFile(state.realPath, 'Set create: true to make it, or correct the path.');
    if (!view.pendingChanges) throw problem;
    warnings.push(`${problem.message} An earlier task must create it; it is taken as empty.`);
  }
  const edited = edit(text ?? '');
  if (edit(edited) !== edited) throw neverSettles(state.realPath);
  const next = edited === text ? null : bytesContent(bytesOf(edited));
  const options = {
    wanted: { mode: params.mode, owner: params.owner, group: params.group },
    backup: params.backup,
    validate: params.validate,
    unsafe: params.unsafe_writes,
    makesDirectory: params.create ?? false,
  };
  // Nothing to be put into a file that is not there.
  if (text === null && edited === '') return null;
  const change = planFile(next, state, options, view);
  if (!change) return null;
  const directories = params.create ? missingDirectories(state).slice(0, -1) : [];
  const { set } = planAttributes({ owner: params.owner, group: params.group }, state, view, 'directory');
  return {
    differences: [...directories.map(directoryDifference), ...change.differences],
    warnings: [...warnings, ...(change.warnings ?? [])],
    data: { directories, directorySettings: state.exists ? {} : set, files: [change.data] },
  };
}

export function editFields(
  state: PathState,
  change: Change<FileSet> | null,
  output: JobOutput | null,
): ResultFields {
  return { path: state.path, ...fileFields(state, change?.data.files[0] ?? null, output) };
}

/** What the reads of the file give after the edit, for a check run. */
export function editedPaths(change: Change<FileSet>, params: EditParams, at: PathState): Foreseen {
  return foreseenReads({ at: editedState(params) }, { at }, foreseenSet(change.data, at.umask));
}
