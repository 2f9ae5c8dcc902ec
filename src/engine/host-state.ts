import type { Owed, Recap } from '../core/result.ts';
import type { Layer } from '../core/scope.ts';
import type { RoleContext } from '../playbook/tree.ts';
import type { Wire } from './host-access.ts';

/** Thrown by a scope when an expression refers to facts that have not been read; whoever evaluates reads them and tries again. */
export class FactsNeeded extends Error {
  override readonly name = 'FactsNeeded';
  readonly host: string;

  constructor(host: string) {
    super(`The facts of ${host} have not been read yet.`);
    this.host = host;
  }
}

/** How a host stands in the run. */
export type HostStanding = 'active' | 'failed' | 'unreachable';

/** Everything the run knows about one host; lives as long as the run, over all plays. */
export interface HostState {
  readonly name: string;
  /** Facts read from the system; undefined until something refers to them. */
  facts: Readonly<Record<string, unknown>> | undefined;
  /** Facts that a person added (set_fact with cacheable). */
  kept: Record<string, unknown>;
  /** set_fact and registered results: one layer, the later one wins. */
  learned: Record<string, unknown>;
  /** include_vars. */
  included: Record<string, unknown>;
  /** In a check run: what the reads of these subjects would give by now. */
  readonly predicted: Map<string, unknown>;
  /** In a check run: a task was not run, so what depends on its outcome (a rescue, what it sets) is not known. */
  uncertain: boolean;
  standing: HostStanding;
  /** A play had this host among its own. */
  played: boolean;
  /** Out of the current play without having failed (meta end_host). */
  ended: boolean;
  /** Notified handlers, by their place in the play's list, that have not run yet. */
  notified: Set<number>;
  /** What a failure kept from being done there. */
  readonly owed: Owed[];
  /** Roles whose inputs were found to be right on this host. */
  readonly checkedRoles: Set<RoleContext>;
  /** How many changes on this host were begun or ended so far. */
  changes: number;
  readonly access: Wire;
  /** Where the host answers since a change of its address was confirmed, and the key that it has there. */
  moved: { readonly from: string; readonly to: string; readonly pinned: string | undefined } | undefined;
  /** Rounds of the current task's loop that are over. */
  itemsDone: number;
  readonly recap: Recap[string];
}

/** Layers of what a run learned about a host, lowest precedence first. */
export function learnedLayers(host: HostState): readonly Layer[] {
  return [host.included, host.learned];
}
