import type { EngineRequest } from '../core/action.ts';
import type { Status, TaskResult } from '../core/result.ts';
import { keyOf } from './attempt.ts';
import type { Performance, PlayContext, Step } from './context.ts';
import type { HostState } from './host-state.ts';
import type { Ended } from './replay.ts';

/** How a task, or a round of its loop, ended on a host. */
export interface TaskEnd {
  readonly task: string;
  /** Of the loop, from 0; undefined for the task as a whole. */
  readonly round: number | undefined;
  readonly status: Status;
  /** A rescue section is there for its failure. */
  readonly rescued: boolean;
  readonly result: TaskResult;
  readonly requests: readonly EngineRequest[];
  /** Places of the handlers that it notified first. */
  readonly notified: readonly number[];
  readonly noLog: boolean;
}

/** How the task ended before, where a run is continued and the host has not come to work yet. */
export function replayed({ play, host, task, around, step }: Performance): Ended | undefined {
  const { replay, journal } = play.run;
  const key = keyOf({ play, host, step });
  return replay?.ended(key, around.lane, task.module, () => journal?.live(key, around.lane !== undefined));
}

/** Writes down that another host ran the task for this one. */
export function writeFollowed(performance: Performance, task: string, failed: boolean): void {
  const { rescued } = performance.around;
  const status = failed ? (rescued ? 'rescued' : 'failed') : 'ok';
  const result = { changed: false, ...(failed ? { failed } : {}) };
  const bare = { requests: [], notified: [], noLog: false };
  writeDone(performance, { task, round: undefined, status, rescued, result, ...bare });
}

/** Writes down what another process needs in order to go on after this task. */
export function writeDone(performance: Performance, end: TaskEnd): void {
  const { play, host, task, step } = performance;
  const { journal } = play.run;
  if (!journal || play.run.options.check) return;
  const { status, rescued, result, requests, notified, noLog } = end;
  const failed = status === 'failed' || status === 'unreachable' || status === 'rescued';
  const isWanted =
    task.register !== undefined || failed || (end.round !== undefined && task.loop !== undefined);
  journal.done({
    key: keyOf({ play, host, step, ...(end.round === undefined ? {} : { round: end.round }) }),
    task: end.task,
    module: task.module,
    status,
    ...(status === 'unreachable' && rescued ? { caught: true } : {}),
    ...(isWanted ? { result } : {}),
    ...(requests.length > 0 ? { requests } : {}),
    ...(notified.length > 0
      ? { notified: notified.map((index) => [index, play.handlers[index]?.name] as const) }
      : {}),
    noLog,
  });
}

/** Writes down that a person, or --start-at-task, left the task out. */
export function writeLeftOut(play: PlayContext, host: HostState, { node, order }: Step): void {
  const { journal, options } = play.run;
  if (options.check || play.ahead || node.kind === 'block') return;
  journal?.done({
    key: { part: play.part, host: host.name, place: order },
    task: String(node.name ?? ''),
    module: node.kind === 'task' ? node.module : `include_${node.what}`,
    status: 'skipped',
    noLog: false,
  });
}
