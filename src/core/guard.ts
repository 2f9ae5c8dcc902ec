import type { Script } from './script.ts';

/**
 * How a guarded change ended. CONFIRMED: it holds, proved over a fresh login. ROLLED_BACK: the host is as it was before. REFUSED: nothing
 * was touched. UNKNOWN: the host did not answer any more; it decides by itself, and the transaction's id says where to look.
 */
export type GuardOutcome = 'CONFIRMED' | 'ROLLED_BACK' | 'REFUSED' | 'UNKNOWN';

/** What a user says about the guard: `guard:` of host_bridge, `network_guard:` of a block. */
export interface GuardSettings {
  /** Seconds from arming until the host takes the change back by itself. */
  readonly timeout: number;
  /** Address or name at which the host answers afterwards, where the change moves it. */
  readonly connectTo?: string;
  /** Commands that must succeed on the host afterwards, where they did before. */
  readonly probe: readonly string[];
  /** Goes on where the host has no systemd, so that a restart in the middle leaves the new configuration. */
  readonly allowNoBootGuard?: boolean;
}

/** A change of a host's network as the guard needs it: what to keep, what to run, and how to take it back while it can be taken back. */
export interface GuardedChange {
  /** Who manages the network: `ifcfg`, `nmcli`, `ifupdown`, `netplan`, `networkd`. */
  readonly backend: string;
  /** Interfaces that carry the change, the one with the connection among them. */
  readonly interfaces: readonly string[];
  /** Interfaces that exist afterwards and did not before; a rollback removes them. */
  readonly newInterfaces: readonly string[];
  /** Files and directories that may change; kept whole before, and put back byte for byte. */
  readonly paths: readonly string[];
  /** Places files and activates them. Runs detached from the connection; exit status 0 is success. */
  readonly apply: Script;
  /** First step of a rollback, while the new files are still in place. */
  readonly tearDown: Script;
  /** Second step of a rollback, after the old files are back. */
  readonly restore: Script;
  /** At boot, after the old files are back and before any network service runs; null where files are enough. */
  readonly restoreAtBoot: Script | null;
  /** Seconds that `apply` may take before it counts as hanging. */
  readonly applySeconds: number;
  /** Seconds that a new bridge forwards nothing (twice the forward delay); part of the least window. */
  readonly forwardingSeconds: number;
}

/** What became of a guarded change: `guard` in the task's result. */
export interface GuardReport {
  readonly outcome: GuardOutcome;
  /** Names the transaction on the host; none where the guard was refused before it had one. */
  readonly transaction?: string;
  /** Why it was refused or taken back. */
  readonly reason?: string;
  /** Seconds that the host waited for the confirmation at most. */
  readonly timeout: number;
  /** Seconds from the start of the change until a fresh login succeeded. */
  readonly outage_seconds?: number;
  /** Where the host answers now, if that is another place than before. */
  readonly address?: string;
  /** The host's own tools did not bring the old network back, so that addresses and routes were put back by hand. */
  readonly degraded?: true;
  /** What a person should know although it is no error, for example guests that lost their link. */
  readonly warnings?: readonly string[];
}

/** Steps of a change under the guard, in the order in which they come. */
export type GuardStep =
  | 'preflight'
  | 'snapshot'
  | 'armed'
  | 'applying'
  | 'reconnecting'
  | 'verifying'
  | 'settling'
  | 'confirming'
  | 'rollingBack'
  | 'waiting';
