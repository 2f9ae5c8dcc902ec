import type { EngineRequest } from '../core/action.ts';
import { renderDiff } from '../core/diff.ts';
import { withNotKnownShown } from '../core/not-known.ts';
import type { TaskResult } from '../core/result.ts';
import type { Task } from '../playbook/tree.ts';
import { type Attempt, keyOf, searchPathOf } from './attempt.ts';
import type { Performance } from './context.ts';
import { HostFailed, isControlFlow } from './control-flow.ts';
import { raiseFatal } from './fatal.ts';
import { notify } from './handlers.ts';
import type { HostState } from './host-state.ts';
import { resultOfThrown } from './invoke.ts';
import { replayed, writeDone, writeFollowed } from './journal-task.ts';
import { createSlots, type Slots, UNLIMITED } from './lockstep.ts';
import type { LoopItem } from './loop.ts';
import { registerResult } from './registered.ts';
import { replayTask } from './replay-task.ts';
import { repeatRequests } from './run-action.ts';
import { runTask, type TaskListener, type TaskOutcome } from './run-task.ts';
import { type ItemSettings, readItemSettings, readTaskSettings, type TaskSettings } from './settings.ts';
import { count, hidden, statusOf } from './verdict.ts';

/** Runs a task on a host, tells the reporters, registers, notifies; throws HostFailed where the host cannot go on as planned. */
export async function perform(performance_: Performance): Promise<void> {
  const { play, host, task, around, step } = performance_;
  const settings = await readTaskSettings({ play, host, around, local: {}, position: task.position }, task);
  const fail = (result: TaskResult) => {
    step.failed.add(host.name);
    return new HostFailed(settings.name, result, task.module);
  };
  const before = replayed(performance_);
  if (settings.runOnce && step.leader !== host.name) {
    const { result, failed } = await step.once.promise;
    register(host, task, result);
    if (!before) writeFollowed(performance_, settings.name, failed);
    if (failed) throw fail(result);
    return;
  }
  try {
    const { result, status } = before
      ? await replayTask(performance_, before, settings.runOnce ? play.batch : [host])
      : await performHere(performance_, settings);
    const failed = status === 'failed' || status === 'unreachable' || status === 'rescued';
    step.once.settle({ result, failed });
    if (!failed) return;
    const failure = fail(result);
    failure.wasBefore = before !== undefined;
    if (settings.anyErrorsFatal) raiseFatal(play, failure, step);
    throw failure;
  } catch (thrown) {
    // Whatever ended the leader must not leave the others waiting; a settled promise ignores this.
    step.once.settle({ result: { changed: false }, failed: false });
    throw thrown;
  }
}

async function performHere(performance_: Performance, settings: TaskSettings) {
  const { play, host, task, around, step } = performance_;
  const { run } = play;
  const names = { play: play.name, task: settings.name, taskId: step.taskId, module: task.module };
  const position = task.position ? { position: task.position } : {};
  // Of the item that runs just now; a task without a loop has one.
  let own = NOTHING_SAID;
  const items: { readonly view: Attempt; readonly said: ItemSettings }[] = [];
  const itemOf = (item: LoopItem | undefined) =>
    item === undefined
      ? {}
      : { item: own.noLog ? '(hidden)' : run.masker.data(withNotKnownShown(item.label ?? item.value)) };
  const requested: EngineRequest[] = [];
  const ofRounds: EngineRequest[] = [];
  const before = new Set(host.notified);
  const report = (
    outcome: TaskOutcome,
    said: ItemSettings,
    durationMs: number,
    item?: LoopItem,
    round?: number,
  ) => {
    const status = statusOf(outcome.result, said, around);
    const requests = requested.splice(0);
    ofRounds.push(...requests);
    run.parts.planner?.ended(keyOf({ play, host, step, ...(round === undefined ? {} : { round }) }), {
      task: settings.name,
      module: task.module,
      status,
      unknown: Boolean(outcome.result.known_after_apply || outcome.result.not_run_in_check_mode),
      ...itemOf(item),
    });
    writeDone(performance_, {
      task: settings.name,
      round,
      status,
      rescued: around.rescued,
      result: outcome.result,
      requests: item ? requests : ofRounds,
      notified: item ? [] : [...host.notified].filter((index) => !before.has(index)),
      noLog: said.noLog,
    });
    const visible = said.diff && !said.noLog && outcome.differences.length > 0;
    const differences = visible ? run.masker.data(outcome.differences) : [];
    run.emit({
      type: 'hostResult',
      ...names,
      host: host.name,
      ...itemOf(item),
      status,
      result: said.noLog
        ? hidden(outcome.result)
        : run.masker.data(withNotKnownShown(outcome.result) as TaskResult),
      ...(visible ? { diff: renderDiff(differences), differences } : {}),
      durationMs: Math.round(durationMs),
      ...position,
      ...(said.noLog ? { noLog: true as const } : {}),
    });
  };
  const attempt: Attempt = {
    ...performance_,
    local: {},
    position: task.position,
    factsHosts: settings.runOnce ? play.batch : [host],
    requested,
    onOutput: (stream, chunk) => {
      if (own.noLog) return;
      const text = run.masker.text(Buffer.from(chunk).toString('utf8'));
      run.emit({ type: 'hostOutput', ...names, host: host.name, stream, text });
    },
    onGuard: (step, message, secondsLeft) =>
      run.emit({
        type: 'guardProgress',
        ...names,
        host: host.name,
        step,
        message: own.noLog ? '(hidden)' : run.masker.text(message),
        ...(secondsLeft === undefined ? {} : { secondsLeft }),
      }),
  };
  const listener: TaskListener = {
    itemStarting: async (view, item) => {
      own = await readItemSettings(view);
      items.push({ view, said: own });
      if (item) run.emit({ type: 'hostStart', ...names, host: host.name, ...itemOf(item) });
      return own.problem;
    },
    itemReplayed: async (view, round) => {
      const ended = run.replay?.round(keyOf({ play, host, step, round }));
      if (!ended) return undefined;
      own = await readItemSettings(view);
      items.push({ view, said: own });
      const search = searchPathOf(task, 'vars');
      await repeatRequests(ended.requests, { play, host, factsHosts: attempt.factsHosts, search });
      ofRounds.push(...ended.requests);
      return { result: ended.result, differences: [] };
    },
    itemDone: (item, outcome, durationMs, round) => report(outcome, own, durationMs, item, round),
    retrying: (item, count, retriesLeft, delaySeconds) =>
      run.emit({
        type: 'hostRetry',
        ...names,
        host: host.name,
        ...itemOf(item),
        attempt: count,
        retriesLeft,
        delaySeconds,
      }),
  };
  const work = async (): Promise<TaskOutcome> =>
    settings.problem ? { result: settings.problem, differences: [] } : runTask(attempt, listener);
  if (settings.throttle) step.throttle ??= createSlots(settings.throttle);
  const throttled = step.throttle;
  const started = { at: 0 };
  let steering: unknown;
  const outcome: TaskOutcome = await slotsOf(performance_)
    .use(() => {
      started.at = performance.now();
      run.emit({ type: 'hostStart', ...names, host: host.name });
      return throttled ? throttled.use(work) : work();
    })
    .catch((thrown: unknown) => {
      if (!isControlFlow(thrown)) throw thrown;
      steering = thrown;
      return { result: { changed: false }, differences: [] };
    });
  const views = items.length > 0 ? items.map(({ view }) => view) : [attempt];
  const result = await resultAfterNotifying(views, outcome.result);
  const said =
    items.length > 0
      ? together(
          items.map((item) => item.said),
          result,
        )
      : await readItemSettings(attempt);
  const status = statusOf(result, said, around);
  register(host, task, result);
  if (result.known_after_apply || result.not_run_in_check_mode) host.uncertain = true;
  // What steers the play is no work on the host.
  if (task.module !== 'meta') count(host, status, result);
  // A loop's differences were shown item by item.
  const differences = task.loop === undefined ? outcome.differences : [];
  report({ result, differences }, said, performance.now() - started.at);
  if (steering) throw steering;
  return { result, status };
}

const NOTHING_SAID: ItemSettings = {
  noLog: false,
  diff: false,
  ignoreErrors: false,
  ignoreUnreachable: false,
  problem: undefined,
};

/** What the items' keywords say of the loop as a whole: one secret hides it, one failure that is not ignored fails it. */
function together(items: readonly ItemSettings[], { results }: TaskResult): ItemSettings {
  const [first] = items;
  if (!results || !first) return first ?? NOTHING_SAID;
  const ignoresAll = (what: 'failed' | 'unreachable', keyword: 'ignoreErrors' | 'ignoreUnreachable') => {
    const bad = items.filter((_, index) => results[index]?.[what]);
    return (bad.length > 0 ? bad : [first]).every((item) => item[keyword]);
  };
  return {
    ...first,
    noLog: items.some((item) => item.noLog),
    ignoreErrors: ignoresAll('failed', 'ignoreErrors'),
    ignoreUnreachable: ignoresAll('unreachable', 'ignoreUnreachable'),
  };
}

/** A changed, not failed, task notifies its handlers (in a loop: each item that changed); one that does not exist makes it fail. */
async function resultAfterNotifying(views: readonly Attempt[], result: TaskResult): Promise<TaskResult> {
  if (!result.changed || result.failed || result.unreachable) return result;
  try {
    for (const [index, view] of views.entries())
      if (result.results?.[index]?.changed ?? true) await notify(view);
    return result;
  } catch (thrown) {
    return { ...result, ...resultOfThrown(thrown), changed: result.changed };
  }
}

/** Tasks beside each other on one host share its slot, and with host_pinned a host keeps it for the whole play. */
function slotsOf({ play, around }: Performance): Slots {
  return around.lane === undefined ? play.slots : UNLIMITED;
}

/** Keeps the result under its name; where a check run cannot know it, looking at it says so. */
export function register(host: HostState, task: Task, result: TaskResult): void {
  if (task.register !== undefined) registerResult(host.learned, task.register, result);
}
