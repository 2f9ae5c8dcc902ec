import type { EngineRequest } from '../core/action.ts';
import type { Status, TaskResult } from '../core/result.ts';
import { keyOf } from './attempt.ts';
import type { Performance } from './context.ts';

/** How a task, or a round of its loop, ended on a host. */
export interface TaskEnd {
  readonly task: string;
  /** Of the loop, from 0; undefined for the task as a whole. */
  readonly round: number | undefined;
  readonly status: Status;
  readonly result: TaskResult;
  readonly requests: readonly EngineRequest[];
  /** Places of the handlers that it notified first. */
  readonly notified: readonly number[];
  readonly noLog: boolean;
}

/** Writes down what another process needs in order to go on after this task. */
export function writeDone(performance: Performance, end: TaskEnd): void {
  const { play, host, task, step } = performance;
  const { journal } = play.run;
  if (!journal || play.run.options.check) return;
  const { status, result, requests, notified, noLog } = end;
  const failed = status === 'failed' || status === 'unreachable' || status === 'rescued';
  const isWanted =
    task.register !== undefined || failed || (end.round !== undefined && task.loop !== undefined);
  journal.done({
    key: keyOf({ play, host, step, ...(end.round === undefined ? {} : { round: end.round }) }),
    task: end.task,
    module: task.module,
    status,
    ...(isWanted ? { result } : {}),
    ...(requests.length > 0 ? { requests } : {}),
    ...(notified.length > 0
      ? { notified: notified.map((index) => [index, play.handlers[index]?.name] as const) }
      : {}),
    noLog,
  });
}
