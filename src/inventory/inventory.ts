import type { Layer } from '../core/scope.ts';

/** Hosts, groups and their variables, from whatever source. Pure data after loading. */
export interface Inventory {
  /** Files and directories it came from; relative paths in it resolve against the first. */
  readonly sources: readonly string[];
  /** Host names in the order of the inventory. */
  readonly hosts: readonly string[];
  /** Group name to its hosts (with those of child groups), in order; always holds `all` and `ungrouped`. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Groups that a host is in, from `all` down to the deepest. */
  readonly groupsOf: (host: string) => readonly string[];
  /**
   * Variables of a host, lowest precedence first: group variables (`all`, then parents before children), host variables; inline ones
   * below group_vars/ and host_vars/ files. Values may hold Templates where they came from a file that a person wrote.
   */
  readonly layersOf: (host: string) => readonly Layer[];
  /** Hosts that a pattern selects, in inventory order; throws where a name in it matches nothing. */
  readonly select: (pattern: string) => readonly string[];
}
