import { sha256 } from '../core/digest.ts';
import type { HostRead, ReadOutput } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import { accountLookup, parseAccounts, type WantedAccounts } from './accounts.ts';
import { pathWord } from './host-path.ts';
import type { PathBase, PathState } from './path-entry.ts';
import { pathForesight } from './path-foresight.ts';
import { lookAtPath } from './path-look.ts';
import { circularLink, pathNotVisible, unexpectedOutput } from './problems.ts';
import { parseBase64, parseRecords, type Records } from './records.ts';
import { parseStat } from './stat-line.ts';

export type { AbsentPath, PathState, PresentPath } from './path-entry.ts';

/** Files up to this many bytes are read whole, to be edited, compared as text and put back by undo. */
export const CONTENT_LIMIT = 1024 * 1024;

export interface PathStateOptions {
  /** Look at what a symbolic link leads to (the default) rather than at the link. */
  readonly follow?: boolean;
  /** The checksum; where the content is read too, it is made of that and costs the host nothing. */
  readonly sha256?: boolean;
  /** Read the content: `true` up to CONTENT_LIMIT, a number up to so many bytes. */
  readonly content?: boolean | number;
  /** Names whose numbers are wanted (`owner`, `group` parameters). */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What a read of a path is about where links are followed: what is at the end of them. */
export function pathSubject(path: string): string {
  return `path:${path}`;
}

/** What a read of a path is about where links are not followed: the entry itself. */
export function entrySubject(path: string): string {
  return `entry:${path}`;
}

/**
 * What stands at a path of the host. Costs one process for an entry without options, one more where content or checksum is wanted.
 * Throws where the path cannot be looked at (a directory above it is closed to the user).
 */
export function pathState(path: string, options: PathStateOptions = {}): HostRead<PathState> {
  const follow = options.follow ?? true;
  const subject = follow ? pathSubject(path) : entrySubject(path);
  return {
    kind: 'host',
    name: `state of ${path}`,
    subject,
    // The host alone knows what stands for a tilde, and a name of two lines would be two lines of `stat`.
    sharesShell: { path: /^\/[^\n]*$/.test(path) ? path : null },
    foresight: pathForesight({
      path,
      subject,
      follow,
      sha256: options.sha256 ?? false,
      contentLimit: contentLimit(options.content),
      owner: options.owner,
      group: options.group,
    }),
    script: sh`
      LC_ALL=C; export LC_ALL
      ${accountLookup(options.owner, options.group)}
      p=${pathWord(path)}
      ${lookAtPath({ ...lookOptions(options), encoding: 'raw' })}
      :
    `,
    parse: (output) => parsePathState(path, options, parseRecords(output.stdout), output),
  };
}

/** How `lookAtPath` is asked for these options. */
export function lookOptions(options: PathStateOptions) {
  const { follow = true, content = false } = options;
  return { follow, sha256: options.sha256 ?? false, contentLimit: contentLimit(content) };
}

/** Bytes up to which content is read; -1: none. */
export function contentLimit(content: boolean | number | undefined): number {
  if (typeof content === 'number') return content;
  return content ? CONTENT_LIMIT : -1;
}

/** The state that the records of `lookAtPath` tell. `accounts`: where the owners' numbers are, if elsewhere. */
export function parsePathState(
  path: string,
  options: PathStateOptions,
  records: Records,
  output: ReadOutput,
  accounts: Records = records,
): PathState {
  const stat = records.text('stat');
  // LC_ALL=C makes this the one wording of EACCES, for GNU and busybox alike.
  if (stat === undefined && new TextDecoder().decode(output.stderr).includes('Permission denied')) {
    throw pathNotVisible(path);
  }
  const base = parseBase(path, records, output, parseAccounts(accounts, options.owner, options.group));
  if (stat === undefined) return { ...base, exists: false, kind: 'absent', sha256: null, content: null };
  const entry = parseStat(stat, path);
  // Links have been followed to their end, so a link that is left leads to itself.
  if (entry.kind === 'link' && (options.follow ?? true)) throw circularLink(path);
  const content = contentOf(records, contentLimit(options.content));
  return {
    ...base,
    ...entry,
    exists: true,
    readable: records.text('readable') === '1',
    sha256: content ? sha256(content) : (records.text('sha256') ?? null),
    content,
  };
}

function contentOf(records: Records, limit: number): Uint8Array | null {
  const encoded = records.text('base64');
  const read = encoded === undefined ? records.content : parseBase64(encoded);
  return read && read.length <= limit ? read : null;
}

function parseBase(path: string, records: Records, output: ReadOutput, wanted: WantedAccounts): PathBase {
  const printed = records.text('path');
  const real = records.text('real');
  const umask = records.text('umask');
  if (printed === undefined || real === undefined || umask === undefined) {
    throw unexpectedOutput(`the state of ${path}`, output);
  }
  const parent = records.text('parent');
  return {
    path: printed,
    realPath: real === '' ? printed : real,
    target: records.text('target') ?? null,
    parent: parent === 'directory' || parent === 'other' ? parent : 'absent',
    nearest: records.text('nearest') || '/',
    umask: Number.parseInt(umask, 8),
    wanted,
  };
}
