import type { LocalFile, Script } from './script.ts';

/** What a read's script printed, whole: a read whose output had to be cut is an error, never half a value. */
export interface ReadOutput {
  readonly rc: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** Something that can be read on a host without changing it: a script, and a parser of what it prints into a typed value. */
export interface HostRead<T> {
  readonly kind: 'host';
  /** For people: `state of /etc/motd`. */
  readonly name: string;
  readonly script: Script;
  /**
   * What the value is about, for example `path:/etc/motd`. In a check run the value that an earlier task would have left stands in for
   * the read; all reads of one subject therefore give the same kind of value.
   */
  readonly subject?: string;
  /**
   * Set where the script may run in one shell with others: it neither exits nor changes anything there but variables, and it takes what
   * many such reads can ask for together: `$hw_stat` for what `stat` says of this path, and with `$hw_later` it leaves a content to be
   * printed behind everything (see `lookAtPath`). A null path: there is none that could be known beforehand.
   */
  readonly sharesShell?: { readonly path: string | null };
  /** What the lines begin with that tell the time: no two reads print the same there, and nothing is meant by it. */
  readonly clock?: string;
  /** For the pipeline, which goes on from what tasks will have left; without it a read can only be compared with itself. */
  readonly foresight?: Foresight<T>;
  /**
   * A script that ends with 0 where the host still is as the value says, for whoever takes a change back later. Without it the read's own
   * output is compared, which a clock in it would never let be the same. (A method, as in Foresight.)
   */
  stands?(value: T): Script | undefined;
  /** Pure. Throws a HostwrightError when the output is not what the script can print. */
  readonly parse: (output: ReadOutput) => T;
}

/** What can be known of a read's value before it is read. Pure. (Methods, so that a read of something is a read of anything.) */
export interface Foresight<T> {
  /** The value as it will be, from the one before and what tasks will have left (by subject); undefined where that cannot be told. */
  foresee(before: T, predicted: ReadonlyMap<string, unknown>): T | undefined;
  /** The same value, where every field that `holds` does not compare throws NotKnownYet when it is looked at. */
  certain(value: T): T;
  /** A script that ends with 0 where the host is as the value says. Its output is thrown away. */
  holds(value: T): Script;
}

/**
 * A file beside the playbook, as `copy` needs it. A directory gives its files, each with its path below it; without a trailing slash the
 * paths begin with the directory's own name.
 */
export interface LocalSource {
  readonly file: LocalFile | null;
  readonly tree: readonly { readonly relativePath: string; readonly file: LocalFile | null }[] | null;
}

/** Something that the controller knows: a file beside the playbook, or a template rendered with the task's variables. */
export type ControllerRead<T> = {
  readonly kind: 'controller';
  readonly name: string;
  /** Never set; carries the type of what is read. */
  readonly type?: T;
} & (
  | {
      readonly source: 'file';
      readonly path: string;
      /** What is encrypted is read in clear, and is secret. */
      readonly decrypt?: boolean;
    }
  | {
      readonly source: 'template';
      readonly path: string;
      /** How interpolated values are escaped. */
      readonly escape: 'none' | 'xml';
    }
);

export type Read<T> = HostRead<T> | ControllerRead<T>;

/** The values of a record of reads. */
export type ReadValues<Reads extends Readonly<Record<string, Read<unknown>>>> = {
  readonly [Name in keyof Reads]: Reads[Name] extends Read<infer T> ? T : never;
};
