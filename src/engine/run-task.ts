import type { Difference } from '../core/change.ts';
import { defineNotKnown, NotKnownYet } from '../core/not-known.ts';
import type { TaskResult } from '../core/result.ts';
import type { Layer } from '../core/scope.ts';
import type { Condition } from '../playbook/tree.ts';
import { type Attempt, attemptOnce, keyOf, resultAhead } from './attempt.ts';
import { EndOfWindow } from './control-flow.ts';
import { resultOfThrown } from './invoke.ts';
import { toNumber } from './keywords.ts';
import { expandLoop, type LoopItem } from './loop.ts';
import { overlaid, registerResult } from './registered.ts';
import { evaluating } from './viewpoint.ts';

export interface TaskOutcome {
  readonly result: TaskResult;
  readonly differences: readonly Difference[];
}

/** Told what happens while a task runs, for events. */
export interface TaskListener {
  /** Before a task, or an item of its loop, is judged by its condition; a result where it cannot run because its keywords are wrong. */
  readonly itemStarting: (attempt: Attempt, item: LoopItem | undefined) => Promise<TaskResult | undefined>;
  /** The outcome of a round that is behind us, where a run is continued. */
  readonly itemReplayed?: (attempt: Attempt, round: number) => Promise<TaskOutcome | undefined>;
  readonly itemDone: (item: LoopItem, outcome: TaskOutcome, durationMs: number, round: number) => void;
  readonly retrying: (
    item: LoopItem | undefined,
    attempt: number,
    retriesLeft: number,
    delay: number,
  ) => void;
}

/** A task on a host: its loop, its condition, its tries, and its own judgement of the result. */
export async function runTask(attempt: Attempt, listener: TaskListener): Promise<TaskOutcome> {
  const { task } = attempt;
  if (task.loop === undefined) return runItem(attempt, listener, undefined);
  let items: readonly LoopItem[];
  try {
    items = await evaluating(attempt, (scope) => expandLoop(attempt.play.run, task, scope));
  } catch (thrown) {
    // A loop that cannot be worked out does no harm where the task would be skipped anyway.
    const result = resultAhead(attempt, thrown);
    const skipped = await conditionSkips(attempt).catch(() => undefined);
    return { result: skipped ?? result, differences: [] };
  }
  const outcomes: TaskOutcome[] = [];
  const { host, play } = attempt;
  const previous: Record<string, unknown> = {};
  for (const [index, item] of items.entries()) {
    if (play.ahead && (index < host.itemsDone || isBehind(attempt, index))) continue;
    const paused =
      outcomes.length === 0 ? undefined : await pauseBetween(attempt, item).catch(resultOfThrown);
    if (paused) return withProblem(outcomes, paused);
    const started = performance.now();
    const local = overlaid(overlaid(attempt.local, previous), item.names);
    const here = { ...attempt, local, round: index, item: item.label ?? item.value };
    const behind = await listener.itemReplayed?.(here, index);
    const outcome = behind ?? (await runItem(here, listener, item));
    const tagged = { ...outcome, result: { ...outcome.result, ...taggedWith(task, item) } };
    // The next item sees under the registered name what this one gave.
    if (task.register) registerResult(previous, task.register, outcome.result);
    outcomes.push(tagged);
    if (!behind) listener.itemDone(item, tagged, performance.now() - started, index);
    host.itemsDone = index + 1;
    // Who cannot be reached for one item cannot be for the next; each try could take as long as a login may.
    if (outcome.result.unreachable) break;
    const ends = await breaks(attempt, item, outcome.result).catch(resultOfThrown);
    if (ends === true) break;
    if (ends) return withProblem(outcomes, ends);
  }
  return summarize(outcomes);
}

/** Whether a run that is continued has this round behind it. */
function isBehind(attempt: Attempt, round: number): boolean {
  return attempt.play.run.replay?.round(keyOf({ ...attempt, round })) !== undefined;
}

/** A loop that ended because one of its keywords was wrong. */
function withProblem(outcomes: readonly TaskOutcome[], problem: TaskResult): TaskOutcome {
  const { result, differences } = summarize(outcomes);
  return { result: { ...result, ...problem, changed: result.changed }, differences };
}

/** Which item a result belongs to, in Ansible's words. */
function taggedWith({ loopControl }: Attempt['task'], item: LoopItem): Layer {
  const { ansible_loop_var, ansible_loop, [loopControl.loopVar]: value, ...index } = item.names;
  return {
    [loopControl.loopVar]: value,
    ansible_loop_var,
    ...(ansible_loop === undefined ? {} : { ansible_loop }),
    ...index,
  };
}

/** One result over all items, as Ansible words it: any failure fails, any change changes, and all skipped is skipped. */
function summarize(outcomes: readonly TaskOutcome[]): TaskOutcome {
  const results = outcomes.map((outcome) => outcome.result);
  const failed = results.some((result) => result.failed);
  const unreachable = results.some((result) => result.unreachable);
  const skipped = results.every((result) => result.skipped);
  const msg = failed ? 'One or more items failed' : skipped ? 'All items skipped' : 'All items completed';
  const changed = results.some((result) => result.changed);
  const result: TaskResult = {
    results,
    changed,
    skipped,
    msg,
    failed,
    ...(unreachable ? { unreachable } : {}),
    ...(results.some((result) => result.known_after_apply) ? { known_after_apply: true } : {}),
    ...(results.some((result) => result.foreseen) ? { foreseen: true } : {}),
  };
  return { result, differences: outcomes.flatMap((outcome) => outcome.differences) };
}

async function runItem(
  attempt: Attempt,
  listener: TaskListener,
  item: LoopItem | undefined,
): Promise<TaskOutcome> {
  const outcome = await runItemOnce(attempt, listener, item);
  // What comes after a failure depends on rescues and on the person's words; the real walk finds out.
  if (attempt.play.ahead === 'changes' && outcome.result.failed) throw new EndOfWindow();
  return outcome;
}

async function runItemOnce(
  attempt: Attempt,
  listener: TaskListener,
  item: LoopItem | undefined,
): Promise<TaskOutcome> {
  try {
    const problem = await listener.itemStarting(attempt, item);
    const skipped = await conditionSkips(attempt);
    if (skipped) return { result: skipped, differences: [] };
    if (attempt.play.run.replay?.isLeftOut(keyOf(attempt))) return { result: LEFT_OUT, differences: [] };
    if (problem) return { result: problem, differences: [] };
    return await tryUntil(attempt, listener, item);
  } catch (thrown) {
    return { result: resultAhead(attempt, thrown), differences: [] };
  }
}

/** A command that was in flight when its run was interrupted, where a person said that it is not to be run again. */
const LEFT_OUT: TaskResult = {
  changed: false,
  skipped: true,
  in_flight: true,
  msg: 'It was in flight when the run was interrupted, and is not run again.',
};

/** The skipped result where a condition does not hold, naming the one that did not; conditions are asked from the outside in. */
async function conditionSkips(attempt: Attempt): Promise<TaskResult | undefined> {
  for (const condition of [...attempt.around.conditions, ...attempt.task.when]) {
    if (await holds(attempt, [condition]).catch(assumed(attempt))) continue;
    return {
      changed: false,
      skipped: true,
      skip_reason: 'Conditional result was False',
      ...(typeof condition.expression === 'function' ? {} : { false_condition: condition.expression }),
    };
  }
  return undefined;
}

/** Who looks ahead takes for true what is not known yet: to look at what may not be needed does no harm. */
function assumed({ play }: Attempt): (thrown: unknown) => true {
  return (thrown) => {
    if (play.ahead === 'reads' && thrown instanceof NotKnownYet) return true;
    throw thrown;
  };
}

function holds(attempt: Attempt, conditions: readonly Condition[], more?: Layer): Promise<boolean> {
  return evaluating(attempt, (scope) => attempt.play.run.expressions.holds(conditions, scope), more);
}

/** Tries until the condition holds. `retries` counts all tries, as Ansible's documentation says. */
async function tryUntil(
  attempt: Attempt,
  listener: TaskListener,
  item: LoopItem | undefined,
): Promise<TaskOutcome> {
  const { task } = attempt;
  const { expressions } = attempt.play.run;
  const repeats = task.until.length > 0 || task.retries !== undefined;
  if (repeats && attempt.play.ahead === 'changes') throw new EndOfWindow();
  const settings = repeats
    ? await evaluating(attempt, (scope) => ({
        tries: Math.max(1, toNumber('retries', expressions.resolve(task.retries ?? 3, scope), task.position)),
        delay: toNumber('delay', expressions.resolve(task.delay ?? 5, scope), task.position),
      }))
    : { tries: 1, delay: 0 };
  for (let count = 1; ; count++) {
    const outcome = await attemptOnce(attempt);
    const judged = { ...outcome, result: await judge(attempt, outcome.result) };
    if (!repeats) return judged;
    const result: TaskResult = { ...judged.result, attempts: count };
    if (result.unreachable) return { ...judged, result };
    const done =
      task.until.length > 0 ? await holds(attempt, task.until, resultNames(attempt, result)) : !result.failed;
    if (done) return { ...judged, result };
    if (count >= settings.tries) {
      return {
        ...judged,
        result: { ...result, failed: true, msg: result.msg ?? `not done after ${count} tries` },
      };
    }
    listener.retrying(item, count, settings.tries - count, settings.delay);
    await attempt.play.run.sleep(settings.delay * 1000);
  }
}

/** changed_when, then failed_when, on the finished result; neither runs on a skipped one. */
async function judge(attempt: Attempt, result: TaskResult): Promise<TaskResult> {
  const { task } = attempt;
  if (result.skipped || result.unreachable) return result;
  let judged = result;
  if (task.changedWhen) {
    const changed = await holds(attempt, task.changedWhen, resultNames(attempt, judged));
    judged = { ...judged, changed };
  }
  if (task.failedWhen) {
    const failed = await holds(attempt, task.failedWhen, resultNames(attempt, judged));
    judged = { ...judged, failed, failed_when_result: failed };
  }
  return judged;
}

/** The names under which a result is seen before it is registered: its register, and `result`. */
function resultNames({ task }: Attempt, result: TaskResult): Layer {
  const names: Record<string, unknown> = {};
  for (const name of ['result', ...(task.register ? [task.register] : [])]) {
    if (result.foreseen) defineNotKnown(names, name);
    else registerResult(names, name, result);
  }
  return names;
}

async function breaks(attempt: Attempt, item: LoopItem, result: TaskResult): Promise<boolean> {
  const { breakWhen } = attempt.task.loopControl;
  if (breakWhen.length === 0) return false;
  try {
    return await holds(attempt, breakWhen, overlaid(item.names, resultNames(attempt, result)));
  } catch (thrown) {
    if (!(thrown instanceof NotKnownYet)) throw thrown;
    if (attempt.play.ahead === 'changes') throw new EndOfWindow();
    // In a check run all items are gone through.
    return false;
  }
}

async function pauseBetween(attempt: Attempt, item: LoopItem): Promise<void> {
  const { pause } = attempt.task.loopControl;
  if (pause === undefined) return;
  const seconds = await evaluating(
    attempt,
    (scope) => attempt.play.run.expressions.resolve(pause, scope),
    item.names,
  );
  await attempt.play.run.sleep(toNumber('pause', seconds, attempt.task.position) * 1000);
}
