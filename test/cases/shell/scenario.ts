import type { AnyModule } from '../../../src/core/module.ts';

/** An entry of a fixture: a file's text (or bytes) with its permissions, a directory, or a link. */
export type Entry =
  | string
  | Uint8Array
  | { readonly text?: string; readonly mode?: number; readonly link?: string; readonly directory?: true };

/** One task on a real shell: what is there before, what is asked, what is there afterwards. */
export interface Scenario {
  readonly title: string;
  readonly module: AnyModule;
  /** Entries below the host's directory. */
  readonly before?: Readonly<Record<string, Entry>>;
  /** Entries below the controller's directory. */
  readonly local?: Readonly<Record<string, Entry>>;
  readonly templates?: Readonly<Record<string, string>>;
  /** Parameters; `host` is the directory that stands for the host. */
  readonly params: (host: string) => Record<string, unknown>;
  /** Lines of the snapshot that are added or changed (null: gone); none: nothing to do. */
  readonly after?: Readonly<Record<string, string | null>>;
  /** Code of the error that the task ends with; nothing is touched then. */
  readonly error?: string;
  /** With `error`: a check run foresees a change instead, since an earlier task may mend it. */
  readonly foreseen?: true;
  /** Fields of the result. */
  readonly result?: (host: string) => Record<string, unknown>;
  /** Needs root: ownership. */
  readonly root?: true;
  /** The module says that it cannot be taken back. */
  readonly noUndo?: true;
}
