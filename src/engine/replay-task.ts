import type { Status, TaskResult } from '../core/result.ts';
import { searchPathOf } from './attempt.ts';
import type { Performance, PlayContext } from './context.ts';
import type { HostState } from './host-state.ts';
import { registerResult } from './registered.ts';
import type { Ended } from './replay.ts';
import { repeatRequests } from './run-action.ts';

/** Walks past a task that ended before: what it left in the run (registers, facts, handlers, hosts) is brought back. */
export async function replayTask(
  { play, host, task }: Performance,
  { result, status, requests, notified }: Ended,
  factsHosts: readonly HostState[],
): Promise<{ readonly result: TaskResult; readonly status: Status }> {
  if (task.register !== undefined) registerResult(host.learned, task.register, result);
  for (const [index, name] of notified) notifyAgain(play, host, index, name);
  // A rescue takes back what the loss of its host had counted.
  if (status === 'rescued' && result.unreachable) host.recap.unreachable++;
  await repeatRequests(requests, { play, host, factsHosts, search: searchPathOf(task, 'vars') });
  return { result, status };
}

/** Handlers are known by their place in the play's list, and by their name where includes came in another order. */
function notifyAgain(play: PlayContext, host: HostState, index: number, name: string | undefined): void {
  const there = play.handlers[index];
  const handler = there?.name === name ? there : play.handlers.find((one) => one.name === name);
  if (handler) host.notified.add(handler.index);
}
