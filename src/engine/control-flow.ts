import type { TaskResult } from '../core/result.ts';

/** Thrown by meta tasks, caught by whoever walks the play: run the notified handlers now. */
export class FlushHandlers extends Error {
  override readonly name = 'FlushHandlers';
}

/** The play is over for every host, without failure. */
export class EndPlay extends Error {
  override readonly name = 'EndPlay';
}

/** The batch is over for every host in it, without failure; the next batch begins. */
export class EndBatch extends Error {
  override readonly name = 'EndBatch';
}

/** The play is over for this host, without failure. */
export class EndHost extends Error {
  override readonly name = 'EndHost';
}

/** A task failed on a host (or the host was lost): unwinds to the nearest rescue, else takes the host out of the play. */
export class HostFailed extends Error {
  override readonly name = 'HostFailed';
  readonly task: string;
  readonly result: TaskResult;
  readonly module: string;
  /** Where the host was lost: whether it answers again, once somebody has tried. */
  answersAgain: Promise<boolean> | undefined;
  /** It happened in the run that is continued: a host that was lost then may answer by now. */
  wasBefore = false;

  constructor(task: string, result: TaskResult, module: string) {
    super(result.msg ?? 'failed');
    this.task = task;
    this.result = result;
    this.module = module;
  }

  get unreachable(): boolean {
    return this.result.unreachable === true;
  }
}

/** The play was called off for all hosts (max_fail_percentage, meta end_play, a person). */
export class CalledOff extends Error {
  override readonly name = 'CalledOff';
}

/** Whoever looks ahead can see no further. */
export class EndOfWindow extends Error {
  override readonly name = 'EndOfWindow';
}

/** Nothing was done, because the host is no longer as it was when the task's reads were answered: it must be begun anew. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** True for what meta tasks throw to steer the play. */
export function isControlFlow(thrown: unknown): boolean {
  return [FlushHandlers, EndPlay, EndBatch, EndHost].some((kind) => thrown instanceof kind);
}
