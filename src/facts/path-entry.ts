import type { WantedAccounts } from './accounts.ts';
import type { FileStat } from './stat-line.ts';

/** What is known of a path whether or not there is something. */
export interface PathBase {
  /** As asked for, `~` expanded. */
  readonly path: string;
  /** Where the path ends after all links; the same as `path` where it is no link or links are not followed. */
  readonly realPath: string;
  /** What the link at `path` holds; null where there is no link. */
  readonly target: string | null;
  /** What stands where the entry is or would be created. */
  readonly parent: 'directory' | 'absent' | 'other';
  /** The nearest ancestor that exists. */
  readonly nearest: string;
  /** The session's file creation mask. */
  readonly umask: number;
  readonly wanted: WantedAccounts;
}

export interface AbsentPath extends PathBase {
  readonly exists: false;
  readonly kind: 'absent';
  readonly sha256: null;
  readonly content: null;
}

export interface PresentPath extends PathBase, FileStat {
  readonly exists: true;
  /** Lower-case hexadecimal; null where not asked for, not a regular file, or not readable. */
  readonly sha256: string | null;
  /** Null where not asked for, not a regular file, too large, or not readable. */
  readonly content: Uint8Array | null;
  /** False where the session's user may not read it. */
  readonly readable: boolean;
}

export type PathState = AbsentPath | PresentPath;
