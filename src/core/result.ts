import type { SourcePosition } from './position.ts';

/** How a task ended on a host. */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'rescued' | 'ignored';

/**
 * What a task registers: Ansible's names where Ansible has them. Modules add fields of their own (`stat`, `rc`, `stdout`, …).
 */
export interface TaskResult {
  readonly changed: boolean;
  readonly failed?: boolean;
  readonly skipped?: boolean;
  readonly unreachable?: boolean;
  readonly msg?: string;
  /** With a loop: one result per item, each with its `item`. */
  readonly results?: readonly TaskResult[];
  readonly attempts?: number;
  readonly [field: string]: unknown;
}

/** Counts of one host over a whole run. */
export interface HostRecap {
  ok: number;
  changed: number;
  failed: number;
  skipped: number;
  unreachable: number;
  rescued: number;
  ignored: number;
}

export type Recap = Record<string, HostRecap>;

/** Something that should have been done on a host and was not, because the run failed there before. */
export interface Owed {
  readonly play: string;
  /** A notified handler, or a section of a block on a host that was lost. */
  readonly what: 'handler' | 'rescue' | 'always';
  /** Of the handler or the block. */
  readonly name: string;
  readonly position: SourcePosition | undefined;
}

/** What is owed, by host; hosts without debts are left out. */
export type OwedByHost = Readonly<Record<string, readonly Owed[]>>;

/** A recap with nothing counted. */
export function emptyRecap(): HostRecap {
  return { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0, rescued: 0, ignored: 0 };
}

/** Exit codes of the command line: ok, usage or own error, failed hosts, unreachable hosts. */
export type ExitCode = 0 | 1 | 2 | 4;

/** The exit code that a recap asks for; unreachable weighs more than failed. */
export function exitCodeOf(recap: Recap): ExitCode {
  const hosts = Object.values(recap);
  if (hosts.some((host) => host.unreachable > 0)) return 4;
  return hosts.some((host) => host.failed > 0) ? 2 : 0;
}
