/**
 * What a script does to paths, as data: a few of them can then be done by one script that costs the host a fraction of the processes.
 * Only what is the same both ways is said this way; everything else is in the script alone.
 */
export type PathEffect = NewDirectories | WrittenFile;

/** Directories that are not there yet, from the top down; the script prints the last one's `stat` as a record. */
export interface NewDirectories {
  readonly kind: 'directories';
  readonly paths: readonly string[];
  /** Permission bits; undefined: as the host's file creation mask has it. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** A file that is written whole; the script prints its `stat` as a record. */
export interface WrittenFile {
  readonly kind: 'file';
  /** Real path: no link. */
  readonly path: string;
  readonly text: string;
  /** Bytes of the text, and their checksum. */
  readonly size: number;
  readonly sha256: string;
  /** Permission bits of the file; undefined: those of the file that it replaces. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** The attributes of the file that is there stay, but for what is said here. */
  readonly replaces: boolean;
}

/** A guard about one path, as the body of a shell function that returns 0 where it holds. */
export interface PathGuard {
  /** Absolute, of one line. */
  readonly path: string;
  /** What must be there; null: nothing. */
  readonly expects: { readonly sha256: string | null } | null;
  /**
   * Takes `$hw_stat` and `$hw_sum`, what `stat` and `sha256sum` said of the path, and asks by itself where they are empty. Sets `$s` to
   * what `stat` said.
   */
  readonly body: string;
  /** The part of it that is not about the path: whether accounts have the numbers that they had. */
  readonly accounts: string;
}

/** Whether a path may stand in a list of which each line is one path. */
export function isPlainPath(path: string): boolean {
  return /^\/[^\n\\]*[^\n\\/]$/.test(path) && path.split('/').every((name) => name.length < 200);
}
