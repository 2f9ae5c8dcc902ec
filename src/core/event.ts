import type { Difference } from './change.ts';
import type { GuardStep } from './guard.ts';
import type { SourcePosition } from './position.ts';
import type { ExitCode, OwedByHost, Recap, Status, TaskResult } from './result.ts';

/** What every event carries. `time` is ISO 8601 with milliseconds, in UTC. */
interface EventBase {
  readonly time: string;
  /** Set on every event of a check run. */
  readonly check?: true;
}

/** Names of a task in the run. `taskId` tells two tasks of the same name apart. */
interface TaskNames {
  readonly play: string;
  readonly task: string;
  readonly taskId: number;
  readonly module: string;
}

export interface RunStart extends EventBase {
  readonly type: 'runStart';
  readonly runId: string;
  readonly playbooks: readonly string[];
}

export interface PlayStart extends EventBase {
  readonly type: 'playStart';
  readonly play: string;
  readonly hosts: readonly string[];
  /** Number of tasks in the play as written (a loop counts once), for progress; includes may add to it. */
  readonly taskCount: number;
}

/** A task is about to run on these hosts. */
export interface TaskStart extends EventBase, TaskNames {
  readonly type: 'taskStart';
  readonly handler?: true;
  readonly hosts: readonly string[];
  readonly position?: SourcePosition;
}

/** A host begins a task (or an item of its loop). */
export interface HostStart extends EventBase, TaskNames {
  readonly type: 'hostStart';
  readonly host: string;
  readonly item?: unknown;
}

/** Output of a running command, as it comes. Text of a host: hostile until cleaned for the terminal. */
export interface HostOutput extends EventBase, TaskNames {
  readonly type: 'hostOutput';
  readonly host: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A try of `until` that was not the last. */
export interface HostRetry extends EventBase, TaskNames {
  readonly type: 'hostRetry';
  readonly host: string;
  readonly item?: unknown;
  readonly attempt: number;
  readonly retriesLeft: number;
  readonly delaySeconds: number;
}

/** A change under the guard has come to a step on a host. */
export interface GuardProgress extends EventBase, TaskNames {
  readonly type: 'guardProgress';
  readonly host: string;
  readonly step: GuardStep;
  /** One sentence for people. */
  readonly message: string;
  /** Seconds until the host takes the change back by itself; once it is armed. */
  readonly secondsLeft?: number;
}

/** A host has finished a task, or one item of a task's loop (then `item` is set and the task's own result follows). */
export interface HostResult extends EventBase, TaskNames {
  readonly type: 'hostResult';
  readonly host: string;
  readonly item?: unknown;
  readonly status: Status;
  readonly result: TaskResult;
  /** Unified text; only with --diff. */
  readonly diff?: string;
  /** The same as data, for reporters that draw it themselves. Not printed as JSON. */
  readonly differences?: readonly Difference[];
  readonly durationMs: number;
  readonly position?: SourcePosition;
  /** Set where the task or its play said no_log: the result holds nothing but its status. */
  readonly noLog?: true;
}

/** Something a person should know that is no failure. */
export interface Warning extends EventBase {
  readonly type: 'warning';
  readonly message: string;
  readonly host?: string;
  readonly position?: SourcePosition;
}

export interface PlayEnd extends EventBase {
  readonly type: 'playEnd';
  readonly play: string;
}

/** Always the last event. */
export interface RunEnd extends EventBase {
  readonly type: 'runEnd';
  readonly runId: string;
  readonly exitCode: ExitCode;
  readonly recap: Recap;
  /** What a failure kept from being done; left out where nothing is owed. */
  readonly owed?: OwedByHost;
  readonly durationMs: number;
}

export type RunEvent =
  | RunStart
  | PlayStart
  | TaskStart
  | HostStart
  | HostOutput
  | HostRetry
  | GuardProgress
  | HostResult
  | Warning
  | PlayEnd
  | RunEnd;

/** Listens to a run. Called in order, one event at a time; what it throws ends the run, so it should not throw. */
export interface Reporter {
  readonly handle: (event: RunEvent) => void;
  /** Resolves when everything is written. */
  readonly close?: () => Promise<void>;
}
