import type { Change, Difference, Side } from '../core/change.ts';
import { sha256 } from '../core/digest.ts';
import type { TaskView } from '../core/module.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { JobOutput, Script } from '../core/script.ts';
import type { PathState } from '../facts/path-state.ts';
import { parseRecords } from '../facts/records.ts';
import { type FileStat, parseStat } from '../facts/stat-line.ts';
import { raw, sequence, sh } from '../shell/sh.ts';
import {
  type AttributePlan,
  type AttributeSettings,
  defaultMode,
  planAttributes,
  setAttributes,
  type WantedAttributes,
} from './attributes.ts';
import { findKept, KEEP_LIMIT, keepCopy } from './backup-area.ts';
import { isForeseen } from './expected-paths.ts';
import { fileSide } from './file-text.ts';
import { formatMode } from './mode.ts';
import { closedToUser, missingDirectory, notAFile } from './problems.ts';
import { type FileBytes, type FileToWrite, reportStat, writeFile } from './write-file.ts';

/** What a file shall hold. */
export interface NewContent {
  readonly bytes: FileBytes;
  readonly size: number;
  readonly sha256: string;
  /** For the difference; null where too large. */
  readonly content: Uint8Array | null;
  /** Neither it nor what it replaces is shown. */
  readonly secret?: boolean;
}

export interface FileOptions {
  readonly wanted: WantedAttributes;
  readonly backup?: boolean;
  readonly validate?: string | undefined;
  readonly unsafe?: boolean;
  /** Missing directories are made by the task itself. */
  readonly makesDirectory?: boolean;
}

/** What differs about one file; `apply` and `undo` are made of it. */
export interface FileChange {
  /** Where the file is, after links. */
  readonly path: string;
  readonly write: NewContent | null;
  readonly set: AttributeSettings;
  readonly previous: AttributeSettings;
  /** Permission bits at the end. */
  readonly mode: number;
  /** What was read before. */
  readonly state: PathState;
  /** Owner and group afterwards, where the task says so. */
  readonly owners: AttributePlan['foreseen'];
  /** The file that is there now. */
  readonly old: OldFile | null;
  /** What the symbolic link held that the file takes the place of. */
  readonly link: string | null;
  readonly options: FileOptions;
}

interface OldFile {
  readonly realPath: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly size: number;
  readonly sha256: string | null;
  /** Null: too large to be held, and kept on the host instead. */
  readonly content: Uint8Array | null;
  readonly device: number;
  readonly inode: number;
  readonly statusChanged: number;
}

/**
 * Compares a file with what it shall hold and be. `next` null leaves the content alone. The state must have been read with a checksum
 * where there is content to compare; links are followed or not as it was read.
 */
export function planFile(
  next: NewContent | null,
  state: PathState,
  options: FileOptions,
  view: TaskView,
): Change<FileChange> | null {
  const warnings: string[] = [];
  if (state.exists && state.kind !== 'file' && state.kind !== 'link')
    throw notAFile(state.realPath, state.kind);
  if (state.parent !== 'directory' && !options.makesDirectory) {
    const problem = missingDirectory(state.realPath);
    if (!view.pendingChanges || state.parent === 'other') throw problem;
    warnings.push(`${problem.message} An earlier task must create it.`);
  }
  const old = state.exists && state.kind === 'file' ? state : null;
  if (next && old && old.sha256 === null) {
    if (isForeseen(old)) throw new NotKnownYet(`the content of ${state.realPath}`);
    throw closedToUser(state.realPath);
  }
  const writes = next !== null && old?.sha256 !== next.sha256;
  // A file that takes the place of a link starts from nothing.
  const base: PathState =
    state.exists && state.kind === 'link'
      ? { ...state, exists: false, kind: 'absent', sha256: null, content: null }
      : state;
  const attributes = planAttributes(options.wanted, base, view);
  if (!writes && attributes.differences.length === 0) return null;
  const differences: Difference[] = [];
  if (writes) {
    differences.push({
      label: state.realPath,
      before: old
        ? shownSide(next, old.content, old.size, old.sha256, 'old')
        : state.exists
          ? { state: 'link', src: state.target }
          : null,
      after: shownSide(next, next.content, next.size, next.sha256, 'new'),
    });
  }
  return {
    differences: [...differences, ...attributes.differences],
    warnings: [...warnings, ...attributes.warnings],
    data: {
      path: state.realPath,
      write: writes ? next : null,
      state,
      owners: attributes.foreseen,
      set: attributes.set,
      previous: attributes.previous,
      mode: attributes.set.mode ?? old?.mode ?? defaultMode('file', state.umask),
      old,
      link: state.exists && state.kind === 'link' ? state.target : null,
      options,
    },
  };
}

function shownSide(
  { secret }: NewContent,
  content: Uint8Array | null,
  size: number,
  sum: string | null,
  which: 'old' | 'new',
): Side {
  return secret ? { content: `${which}, not shown: the source is encrypted` } : fileSide(content, size, sum);
}

/** `alone`: see `writeFile`. */
export function applyFile(change: FileChange, alone = false): Script {
  const { path, write, old, set, options } = change;
  if (!write) {
    return sh`
      ${setAttributes(sh`${path}`, set)} || exit 1
      ${reportStat(raw(sh`${path}`.text))}
    `;
  }
  const file: FileToWrite = {
    path,
    bytes: write.bytes,
    secret: write.secret ?? false,
    sha256: write.sha256,
    mode: change.mode,
    uid: set.uid,
    gid: set.gid,
    replaces: old !== null,
    keepsMode: set.mode === undefined,
    ...(old && old.content === null && old.size <= KEEP_LIMIT ? { before: keepCopy(old) } : {}),
    backup: options.backup ?? false,
    validate: options.validate,
    unsafe: options.unsafe ?? false,
    nearest: change.state.parent === 'directory' ? undefined : change.state.nearest,
  };
  return writeFile(file, alone);
}

/** Puts the file back as it was; null where the old content was too large to be kept. */
export function undoFile(change: FileChange): Script | null {
  const { path, write, old, previous, options } = change;
  if (change.link !== null) return placeLink(path, change.link);
  if (!old) return sh`rm -f -- ${path}`;
  if (!write) return setAttributes(sh`${path}`, previous);
  if (old.content === null && old.size > KEEP_LIMIT) return null;
  const back = {
    path,
    sha256: old.sha256 ?? (old.content ? sha256(old.content) : ''),
    mode: old.mode,
    uid: previous.uid,
    gid: previous.gid,
    replaces: true,
    unsafe: options.unsafe ?? false,
  };
  if (old.content !== null) return writeFile({ ...back, bytes: { from: 'input', bytes: old.content } });
  return sequence([
    findKept(old),
    writeFile({ ...back, bytes: { from: 'host', path: sh`"$kept"` } }),
    sh`rm -f -- "$kept"`,
  ]);
}

/** A symbolic link in place of whatever entry (but a directory) is there, in one step. */
export function placeLink(path: string, target: string): Script {
  return sh`
    (
    path=${path}
    directory=\${path%/*}/
    temporary=$(mktemp -d -- "$directory.hostwright.XXXXXXXXXX") || exit 1
    trap 'rm -rf -- "$temporary"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    ln -s -- ${target} "$temporary/link" && mv -fT -- "$temporary/link" "$path"
    ) || exit $?
  `;
}

/** What is said of a file that was written or looked at. */
export type FileFields = Partial<StatFields> & {
  readonly state: string;
  /** Where the old content was kept, with `backup`. */
  readonly backup_file?: string;
};

type StatFields = ReturnType<typeof statFields>;

/** The result fields that Ansible has for a file: as it is now, or as far as known as it will be in a check run. */
export function fileFields(
  state: PathState,
  change: FileChange | null,
  output: JobOutput | null,
): FileFields {
  const records = output ? parseRecords(output.stdout.bytes) : undefined;
  const printed = records?.text('stat');
  const backup = records?.text('backup_file');
  const now = printed ? parseStat(printed, state.realPath) : state.exists ? state : undefined;
  const set = change?.set ?? {};
  return {
    ...(now ? statFields(now) : { state: 'file' }),
    ...(change && !printed
      ? {
          mode: formatMode(change.mode),
          ...(set.uid === undefined ? {} : { uid: set.uid }),
          ...(set.gid === undefined ? {} : { gid: set.gid }),
          ...(change.write ? { size: change.write.size } : {}),
        }
      : {}),
    ...(backup === undefined ? {} : { backup_file: backup }),
  };
}

/** `mode`, `owner`, `group`, `uid`, `gid`, `size` and `state` of an entry. */
export function statFields(stat: FileStat) {
  return {
    mode: formatMode(stat.mode),
    uid: stat.uid,
    gid: stat.gid,
    owner: stat.owner ?? String(stat.uid),
    group: stat.group ?? String(stat.gid),
    size: stat.size,
    state: stat.kind as string,
  };
}

/** The same for an entry of any kind; `state` is what a check run says that it will be. */
export function pathFields(state: PathState, wanted: string, output: JobOutput | null): FileFields {
  const printed = output ? parseRecords(output.stdout.bytes).text('stat') : undefined;
  const now = printed ? parseStat(printed, state.realPath) : state.exists ? state : undefined;
  return now ? { ...statFields(now), ...(wanted === 'hard' ? { state: 'hard' } : {}) } : { state: wanted };
}
