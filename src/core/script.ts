import type { PathEffect, PathGuard } from './path-effect.ts';

/** A file on the controller whose bytes are streamed to a host; never held in memory whole. */
export interface LocalFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Permission bits, for example 0o644. */
  readonly mode: number;
  /** When its bytes or attributes last changed, in milliseconds since 1970: a later change while it is sent is noticed. */
  readonly changedMs?: number;
  /** The bytes, where the file is small enough (1 MiB) to be compared and shown as a diff. */
  readonly content?: Uint8Array;
  /** It lies here encrypted: its content is shown nowhere. */
  readonly secret?: boolean;
  /** Bytes at its beginning that are not sent, because the host has them. */
  readonly from?: number;
}

/** A large file that is sent before a script runs, and in several goes where the link breaks. */
export interface Staged {
  readonly file: LocalFile;
  /** Where the script finds it on the host: a file of the user's own with mode 0600, until the script has moved or removed it. */
  readonly at: string;
}

/**
 * A program for a POSIX `sh` on a host, with what it reads on standard input. Made by the `sh` template, which quotes whatever is
 * interpolated; never by concatenating strings.
 */
export interface Script {
  readonly text: string;
  readonly input?: Input;
  /** Files that must lie on the host when it begins. */
  readonly staged?: readonly Staged[];
  /** What it does, where that can be done together with others of its kind. */
  readonly effect?: PathEffect;
  /** What it asks, where that can be asked together with others of its kind. */
  readonly guard?: PathGuard;
}

/** Bytes at hand, a file of the controller, or several of them, one after the other. */
export type Input = Uint8Array | LocalFile | readonly (Uint8Array | LocalFile)[];

/** What an input is made of, in order. */
export function partsOfInput(input: Input): readonly (Uint8Array | LocalFile)[] {
  return isList(input) ? input : [input];
}

/** Bytes of an input. */
export function sizeOfInput(input: Input | undefined): number {
  if (input === undefined) return 0;
  return partsOfInput(input).reduce(
    (sum, part) => sum + ('size' in part ? part.size - (part.from ?? 0) : part.length),
    0,
  );
}

function isList(input: Input): input is readonly (Uint8Array | LocalFile)[] {
  return Array.isArray(input);
}

/** What came out of a script that ran on a host. */
export interface JobOutput {
  /** Exit status; 128 + n when signal n ended it. */
  readonly rc: number;
  readonly stdout: Captured;
  readonly stderr: Captured;
  readonly durationMs: number;
  /** True when the job was ended because its time was up. */
  readonly timedOut: boolean;
}

/** Output in bounded memory: all of it, or its beginning and its end with the number of bytes left out between. */
export interface Captured {
  readonly bytes: Uint8Array;
  /** Bytes left out in the middle; 0 when `bytes` is everything. */
  readonly omitted: number;
  /** Where in `bytes` the gap is. */
  readonly gapAt: number;
}
