import type { Read } from '../core/read.ts';
import {
  type AbsentPath,
  entrySubject,
  type PathState,
  type PresentPath,
  pathSubject,
} from '../facts/path-state.ts';
import type { FileStat, PathKind } from '../facts/stat-line.ts';

/** Stands for numbers that only a real run gives; no entry of a host has it as its inode. */
export const FORESEEN = -1;

/** True for what a check run foresees, which may lack what was not read: content, checksum, times. */
export function isForeseen(state: PresentPath): boolean {
  return state.inode === FORESEEN;
}

/** What is known of an entry after a change; the rest is as it is, or FORESEEN where it is new. */
export function foreseenEntry(
  state: PathState,
  kind: PathKind,
  known: Partial<FileStat & Pick<PresentPath, 'content' | 'sha256' | 'target'>>,
): PresentPath {
  const { path, realPath, nearest, umask } = state;
  const old = state.exists
    ? state
    : {
        uid: FORESEEN,
        gid: FORESEEN,
        owner: null,
        group: null,
        mode: 0,
        size: 0,
        links: 1,
        device: FORESEEN,
        blocks: 0,
        blockSize: 0,
        accessed: FORESEEN,
        modified: FORESEEN,
        statusChanged: FORESEEN,
        deviceType: 0,
        sha256: null,
        content: null,
        readable: true,
        target: state.target,
      };
  const base = {
    path,
    realPath,
    nearest,
    umask,
    parent: 'directory',
    wanted: { uid: undefined, gid: undefined },
  } as const;
  return { ...old, ...base, ...known, kind, exists: true, inode: FORESEEN };
}

export function foreseenAbsence(state: PathState): AbsentPath {
  const { path, realPath, parent, nearest, umask, wanted } = state;
  return {
    path,
    realPath,
    parent,
    nearest,
    umask,
    wanted,
    target: null,
    exists: false,
    kind: 'absent',
    sha256: null,
    content: null,
  };
}

/** Values of reads by their subjects. */
export type Foreseen = Record<string, PathState>;

/** The same value for all the names of an entry: as a task has it, as the host has it, and behind links. */
export function underAllNames(after: PathState): Foreseen {
  const { path, realPath } = after;
  const itself = path === realPath ? after : { ...after, path: realPath, target: null };
  return { [pathSubject(path)]: after, [pathSubject(realPath)]: itself, [entrySubject(realPath)]: itself };
}

/** A directory that a task makes on the way. */
export function foreseenDirectory(path: string, mode: number, umask: number): Foreseen {
  const nothing: AbsentPath = {
    path,
    realPath: path,
    target: null,
    parent: 'directory',
    nearest: path,
    umask,
    wanted: { uid: undefined, gid: undefined },
    exists: false,
    kind: 'absent',
    sha256: null,
    content: null,
  };
  return underAllNames(foreseenEntry(nothing, 'directory', { mode }));
}

/** What a module's own reads give afterwards: what is foreseen, and for what the change does not concern the value as it is. */
export function foreseenReads(
  reads: Readonly<Record<string, Read<unknown>>>,
  values: Readonly<Record<string, unknown>>,
  foreseen: Foreseen,
): Foreseen {
  const own: Foreseen = {};
  for (const [name, read] of Object.entries(reads)) {
    if (read.kind !== 'host' || read.subject === undefined) continue;
    const value = values[name] as PathState;
    const subject = read.subject.startsWith('entry:') ? entrySubject(value.path) : pathSubject(value.path);
    own[read.subject] = foreseen[subject] ?? value;
  }
  return { ...own, ...foreseen };
}
