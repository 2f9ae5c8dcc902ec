import { hostname, userInfo } from 'node:os';
import type { Transport } from '../../core/connection.ts';
import type { GuardStep } from '../../core/guard.ts';
import type { RunContext } from '../context.ts';
import type { Route } from '../host-access.ts';
import type { HostState } from '../host-state.ts';

/** What the guard works with on a host. */
export interface GuardGround {
  readonly host: HostState;
  readonly route: Route;
  readonly transports: Readonly<Record<string, () => Promise<Transport>>>;
  /** Who changes the network, for the host's journal and for others who find it locked: `run ID by USER@MACHINE`. */
  readonly owner: string;
  /** Id of the run. */
  readonly run: string;
  /** The run goes on that another process began: what that one left behind is ours. */
  readonly resumed: boolean;
  /** Aborted when a person wants the run to stop: the change is taken back at once then. */
  readonly signal: AbortSignal | undefined;
  readonly tell: (step: GuardStep, message: string, secondsLeft?: number) => void;
  /** Told before and after whatever the guard changes on the host. */
  readonly onChange: () => void;
}

/** A transaction on a host, from the moment its watchdog runs. */
export interface Transaction {
  readonly id: string;
  readonly directory: string;
  readonly token: string;
  /** Where the host answered when it was armed. */
  readonly oldRoute: Route;
  /** Where it shall answer afterwards; the same where the change does not move it. */
  readonly newRoute: Route;
  /** Whether the change moves the host to another address. */
  readonly moves: boolean;
  /** Identity of the host: machine-id and boot_id. */
  readonly machineId: string;
  readonly bootId: string;
  /** Milliseconds of the controller's monotonic clock when the host takes the change back. */
  readonly deadline: number;
  readonly timeout: number;
}

export function secondsLeft({ deadline }: Transaction): number {
  return Math.max(0, Math.round((deadline - performance.now()) / 1000));
}

/** Steps after which the controller may be made to die at once (HOSTWRIGHT_GUARD_DIE_AT), for the drill. */
export type FaultPoint =
  | 'locked'
  | 'snapshot'
  | 'armed'
  | 'applying'
  | 'reconnected'
  | 'verified'
  | 'confirming'
  | 'confirmed';

/** Ends this process without a word, as a power cut would, where the drill asks for it. */
export function dieHere(point: FaultPoint): void {
  if (process.env.HOSTWRIGHT_GUARD_DIE_AT === point) process.kill(process.pid, 'SIGKILL');
}

/** Seconds after the deadline for which a silent host is asked how it ended; HOSTWRIGHT_GUARD_ASK_SECONDS says another number. */
export function askSeconds(): number {
  const asked = Number(process.env.HOSTWRIGHT_GUARD_ASK_SECONDS);
  return Number.isFinite(asked) && asked > 0 ? asked : 120;
}

/** What the guard works with on a host of a run. */
export function guardGround(
  run: RunContext,
  host: HostState,
  route: Route,
  tell: GuardGround['tell'],
): GuardGround {
  const { username } = userInfo();
  return {
    host,
    route,
    transports: run.parts.transports,
    owner: `run ${run.runId} by ${username}@${hostname()}`,
    run: run.runId,
    resumed: run.replay !== undefined,
    signal: run.options.signal,
    tell,
    onChange: () => {
      run.changes++;
      host.changes++;
    },
  };
}
