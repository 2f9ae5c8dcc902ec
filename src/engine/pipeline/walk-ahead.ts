import { defineNotKnown, NotKnownYet } from '../../core/not-known.ts';
import type { Performance, PlayContext, Rest } from '../context.ts';
import { EndOfWindow, HostFailed, isControlFlow } from '../control-flow.ts';
import { notify } from '../handlers.ts';
import type { HostAccess } from '../host-access.ts';
import type { HostState } from '../host-state.ts';
import { keywordReader } from '../keywords.ts';
import { register } from '../perform.ts';
import { runTask, type TaskListener } from '../run-task.ts';
import { evaluating } from '../viewpoint.ts';
import { theEnd } from '../walk.ts';
import { aheadOf } from './look-ahead.ts';

/** A walk that only looks: on a copy of the host, with an access that does nothing. */
export function walkAhead(
  play: PlayContext,
  host: HostState,
  mode: 'reads' | 'changes',
  access: HostAccess,
  onTaskOver: () => void = () => {},
): { readonly host: HostState; readonly walk: (rest: Rest) => Promise<void> } {
  const ahead = aheadOf(play, host, mode, access);
  const perform = mode === 'reads' ? look : (performance: Performance) => foresee(performance, onTaskOver);
  return {
    host: ahead.host,
    walk: async (rest) => {
      try {
        await rest({ ...ahead, handler: false, rest: theEnd, perform });
      } catch (thrown) {
        if (!isEndOfSight(thrown)) throw thrown;
      }
    },
  };
}

const silent: TaskListener = { itemStarting: async () => undefined, itemDone: () => {}, retrying: () => {} };
const ignore = () => {};

/** Runs a task as far as what is known goes. What it gives is registered where it is known; a failure may not come to be. */
async function look(performance: Performance): Promise<void> {
  await takeTurns();
  const { host, task } = performance;
  const shared = await isShared(performance).catch(() => true);
  const begun = host.itemsDone > 0;
  const attempt = attemptOf(performance);
  const result = shared ? NOT_LOOKED_AT : (await runTask(attempt, silent)).result;
  register(host, task, result.failed || begun ? NOT_LOOKED_AT : result);
}

/** Milliseconds of looking ahead after which whatever has come from hosts meanwhile is heard: logins go on beside it. */
const TURN = 4;

let turnBegan = 0;

async function takeTurns(): Promise<void> {
  const now = globalThis.performance.now();
  if (now - turnBegan < TURN) return;
  await new Promise((resolve) => setImmediate(resolve));
  turnBegan = globalThis.performance.now();
}

const NOT_LOOKED_AT = { changed: false, failed: false, known_after_apply: true };

/** Runs a task as it will run if nothing surprises; ends the walk where that cannot be told. */
async function foresee(performance: Performance, onTaskOver: () => void): Promise<void> {
  const { host, task } = performance;
  if (await isShared(performance).catch(() => true)) throw new EndOfWindow();
  const attempt = attemptOf(performance);
  const begun = host.itemsDone > 0;
  const { result } = await runTask(attempt, silent);
  if (result.known_after_apply || result.failed || begun) throw new EndOfWindow();
  if (!result.foreseen) register(host, task, result);
  else if (task.register !== undefined) defineNotKnown(host.learned, task.register);
  // What cannot be notified makes the task fail, which the real walk finds out.
  if (result.changed)
    await notify(attempt).catch(() => {
      throw new EndOfWindow();
    });
  onTaskOver();
}

function attemptOf(performance: Performance) {
  const { task, host } = performance;
  return {
    ...performance,
    local: {},
    position: task.position,
    factsHosts: [host],
    onOutput: ignore,
    onGuard: ignore,
  };
}

/** True where one host acts for several, or hosts wait for each other. */
async function isShared({ play, host, task, around }: Performance): Promise<boolean> {
  if (play.batch.length === 1) return false;
  const view = { play, host, around, local: {}, position: task.position };
  return evaluating(view, (scope) => {
    const keywords = keywordReader(play.run.expressions, around, scope, task.position);
    return keywords.flag('runOnce', false) || keywords.number('throttle') !== undefined;
  });
}

function isEndOfSight(thrown: unknown): boolean {
  return (
    [EndOfWindow, HostFailed, NotKnownYet].some((kind) => thrown instanceof kind) || isControlFlow(thrown)
  );
}
