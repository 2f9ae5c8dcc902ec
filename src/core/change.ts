/**
 * One side of a comparison: the text of a file, a set of attributes, or null for "does not exist".
 * Bytes that are no text are described instead, for example `{ size: 10, sha256: '…' }`.
 */
export type Side = string | Readonly<Record<string, unknown>> | null;

/** One thing that differs: `label` names it (a path, `mode of /etc/motd`, a network's XML). */
export interface Difference {
  readonly label: string;
  readonly before: Side;
  readonly after: Side;
}

/** What a task would do: what differs, for people, and what `apply` and `undo` need to know, for the module. */
export interface Change<Data = unknown> {
  /** None: `apply` runs although nothing will differ afterwards (`daemon_reload`); the task is then ok, not changed. */
  readonly differences: readonly Difference[];
  readonly data: Data;
  /** Things a person should know although they are no error. */
  readonly warnings?: readonly string[];
}
