import type { GuardStep } from '../core/guard.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { TaskResult } from '../core/result.ts';
import type { Block, Include, Node, Task } from '../playbook/tree.ts';
import type { Rest, Walk } from './context.ts';
import { CalledOff, EndOfWindow, FlushHandlers, HostFailed } from './control-flow.ts';
import { mayBeFatal } from './fatal.ts';
import { walkGuarded } from './guard/block.ts';
import { isAsked } from './guard/settings.ts';
import { nextNotified } from './handlers.ts';
import { openInclude, reportNode } from './include.ts';
import { resultOfThrown } from './invoke.ts';
import type { Order } from './lockstep.ts';
import { expandLoop, type LoopItem } from './loop.ts';
import { canRun } from './lost-host.ts';
import { lanesOf, walkSideBySide } from './parallel.ts';
import { perform } from './perform.ts';
import { below, playSurroundings, type Surroundings, selectedByTags, tagsOf } from './surroundings.ts';
import { evaluating, type Viewpoint } from './viewpoint.ts';

/** Nothing comes any more. */
export const theEnd: Rest = async () => {};

/** Runs nodes in order on one host. Throws HostFailed where the host fails and nothing rescues it. */
export async function walkNodes(
  walk: Walk,
  nodes: readonly Node[],
  around: Surroundings,
  order: Order,
  first = 0,
): Promise<void> {
  for (let index = first; index < nodes.length; index++) {
    const node = nodes[index] as Node;
    const inside = below(around, node);
    const place = [...order, index];
    const restFrom = (from: number) => restOf(walk, nodes, around, order, from);
    if (node.kind === 'block') await walkBlock({ ...walk, rest: restFrom(index + 1) }, node, inside, place);
    else if (isSelected(walk, inside)) {
      const step = walk.play.step(place, node, inside, walk.handler);
      if (!(await walk.play.begins(walk.host, place, step, restFrom(index)))) continue;
      const here = { ...walk, rest: restFrom(index + 1) };
      if (node.kind === 'task') await walkTask(here, node, inside, place);
      else await walkInclude(here, node, inside, place);
    }
  }
}

/** The nodes from one of them on, and then what comes after all of them. */
function restOf(
  { handler, rest }: Walk,
  nodes: readonly Node[],
  around: Surroundings,
  order: Order,
  first: number,
): Rest {
  return async (walk) => {
    await walkNodes({ ...walk, handler }, nodes, around, order, first);
    await rest(walk);
  };
}

function isSelected({ play, handler }: Walk, around: Surroundings): boolean {
  const { tags, skipTags } = play.run.options;
  return handler || selectedByTags(tagsOf(around), tags, skipTags);
}

async function walkTask(walk: Walk, task: Task, around: Surroundings, place: Order): Promise<void> {
  const { play, host, handler } = walk;
  const step = play.step(place, task, around, handler);
  try {
    await (walk.perform ?? perform)({ play, host, task, around, step });
  } catch (thrown) {
    if (!(thrown instanceof FlushHandlers)) throw thrown;
    await flushHandlers(walk, [...place, 0]);
  } finally {
    host.itemsDone = 0;
  }
}

/** A block, once or for each item of its loop. */
async function walkBlock(walk: Walk, block: Block, around: Surroundings, place: Order): Promise<void> {
  if (block.loop === undefined) return walkBlockOnce(walk, block, around, place);
  const items = await itemsOf(walk, block, around);
  const once = (inner: Walk, round: number) => {
    const loopVars = { ...around.loopVars, ...items[round]?.names };
    return walkBlockOnce(inner, block, { ...around, loopVars }, [...place, round]);
  };
  await walkRounds(walk, items.length, once);
}

/** Walks round after round, each knowing what comes after it. */
async function walkRounds(
  walk: Walk,
  count: number,
  once: (walk: Walk, round: number) => Promise<void>,
  first = 0,
): Promise<void> {
  for (let round = first; round < count; round++) {
    const rest: Rest = async (other) => {
      await walkRounds({ ...other, handler: walk.handler, rest: theEnd }, count, once, round + 1);
      await walk.rest(other);
    };
    await once({ ...walk, rest }, round);
  }
}

/** The rounds of a block's loop; none where it cannot be worked out and the block would be skipped anyway. */
async function itemsOf(walk: Walk, block: Block, around: Surroundings): Promise<readonly LoopItem[]> {
  const { play, host } = walk;
  const { expressions } = play.run;
  const view: Viewpoint = { ...walk, around, local: {}, position: block.position };
  try {
    return await evaluating(view, (scope) => expandLoop(play.run, block, scope));
  } catch (thrown) {
    const result = resultOfThrown(thrown);
    const conditions = [...around.conditions, ...block.when];
    const wanted = await evaluating(view, (scope) => expressions.holds(conditions, scope)).catch(() => true);
    if (!wanted) return [];
    const taskId = play.run.nextTaskId++;
    const name = block.name === undefined || block.name === null ? 'block' : String(block.name);
    play.run.emit({
      type: 'taskStart',
      play: play.name,
      task: name,
      taskId,
      module: 'block',
      hosts: [host.name],
    });
    reportNode(walk, { name, module: 'block', taskId, position: block.position }, around, result);
    if (thrown instanceof NotKnownYet) return [];
    throw new HostFailed(name, result, 'block');
  }
}

async function walkBlockOnce(walk: Walk, block: Block, around: Surroundings, place: Order): Promise<void> {
  const inside: Surroundings = { ...around, conditions: [...around.conditions, ...block.when] };
  const { host, handler } = walk;
  const always: Rest = async (other) => {
    await walkNodes({ ...other, handler }, block.always, inside, [...place, 2]);
    await walk.rest(other);
  };
  // What comes after a guarded section waits until its guard is confirmed.
  const behind: Rest = async (other) => {
    if (isAsked(block.networkGuard) && other.play.ahead === 'changes') throw new EndOfWindow();
    await always(other);
  };
  let failure: HostFailed | CalledOff | undefined;
  try {
    const guarded = { ...inside, rescued: inside.rescued || block.rescue.length > 0 };
    await walkGuarded(
      walk,
      block,
      guarded,
      place,
      (within) => walkSection({ ...walk, rest: behind }, block, within, [...place, 0]),
      (name) => reportGuard(walk, name, block, guarded),
    );
    await hearOfOthers(walk, block, inside, [...place, 0, block.block.length]);
  } catch (thrown) {
    failure = unwinding(walk, thrown);
  }
  if (
    failure instanceof HostFailed &&
    block.rescue.length > 0 &&
    (await canRun(walk, failure, block, inside, 'rescue', [...place, 1]))
  ) {
    Object.assign(host.learned, {
      ansible_failed_task: { name: failure.task, action: failure.module },
      ansible_failed_result: failure.result,
    });
    // As Ansible counts: what is being rescued, whatever becomes of the rescue itself.
    host.recap.rescued++;
    if (failure.unreachable) host.recap.unreachable--;
    try {
      await walkNodes({ ...walk, rest: always }, block.rescue, inside, [...place, 1]);
      failure = undefined;
    } catch (thrown) {
      failure = unwinding(walk, thrown);
    }
  }
  if (block.always.length > 0 && (await canRun(walk, failure, block, inside, 'always', [...place, 2])))
    await walkNodes(failure ? { ...walk, rest: theEnd } : walk, block.always, inside, [...place, 2]);
  if (failure) throw failure;
}

/** Before a host leaves a block, it hears of failures in it that count for every host: they are for this block's rescue. */
async function hearOfOthers(walk: Walk, block: Block, around: Surroundings, end: Order): Promise<void> {
  const isWatched = block.rescue.length > 0 || block.always.length > 0;
  if (!isWatched || walk.play.ahead || around.lane !== undefined || !mayBeFatal(around, block)) return;
  await walk.play.arrives(walk.host, end);
}

/** The guard of a block is told and counted as a task of its own. */
function reportGuard(walk: Walk, task: string, block: Block, around: Surroundings) {
  const { play, host } = walk;
  const taskId = play.run.nextTaskId++;
  const names = { play: play.name, task, taskId, module: 'network_guard' };
  let announced = false;
  const announce = () => {
    if (announced) return;
    announced = true;
    play.run.emit({ type: 'taskStart', ...names, hosts: [host.name] });
  };
  return {
    tell: (step: GuardStep, message: string, secondsLeft?: number) => {
      announce();
      const left = secondsLeft === undefined ? {} : { secondsLeft };
      play.run.emit({ type: 'guardProgress', ...names, host: host.name, step, message, ...left });
    },
    report: (result: TaskResult) => {
      announce();
      return reportNode(
        walk,
        { name: task, module: 'network_guard', taskId, position: block.position },
        around,
        result,
      );
    },
  };
}

/** The block's own tasks: one after the other, or side by side where it says `parallel`. */
async function walkSection(walk: Walk, block: Block, around: Surroundings, place: Order): Promise<void> {
  if (block.parallel === undefined) return walkNodes(walk, block.block, around, place);
  // What runs at the same time comes in no order that could be known ahead.
  if (walk.play.ahead) throw new EndOfWindow();
  const view: Viewpoint = { ...walk, around, local: {}, position: block.position };
  const lanes = await lanesOf(view, block);
  if (lanes === undefined) return walkNodes(walk, block.block, around, place);
  await walkSideBySide(walk, block, around, place, lanes, walkNodes);
}

/** What unwinds through a block past its `always`; anything else ends the host's play at once and is thrown on. */
function unwinding({ play, host }: Walk, thrown: unknown): HostFailed | CalledOff {
  // Who only looks ahead sees no further than a failure.
  if (play.ahead) throw thrown;
  if (thrown instanceof HostFailed) return thrown;
  if (!(thrown instanceof CalledOff) || play.calledOff !== 'failed') throw thrown;
  play.unwinding.add(host.name);
  return thrown;
}

/** An include brings its tasks when its host comes to it; its own condition decides whether, each round of its loop anew. */
async function walkInclude(walk: Walk, include: Include, around: Surroundings, place: Order): Promise<void> {
  const step = walk.play.step(place, include, around, walk.handler);
  const rounds = await openInclude(walk, include, around, step);
  await walkRounds(walk, rounds.length, async (inner, index) => {
    const round = rounds[index];
    if (round) await walkNodes(inner, round.nodes, round.around, [...place, index]);
  });
}

/** How far a flush has come. */
interface FlushPlace {
  readonly round: number;
  /** The handler that ran last in this round. */
  readonly last: number;
  readonly ran: ReadonlySet<number>;
}

/**
 * Runs the notified handlers in definition order, then those before them that handlers notified: each once. One that is notified again
 * after it ran waits for the next flush, so that handlers may notify each other; one that did not come to its end stays notified.
 */
export async function flushHandlers(
  walk: Walk,
  place: Order,
  from: FlushPlace = { round: 0, last: -1, ran: new Set() },
): Promise<void> {
  const { play, host } = walk;
  const inRound = nextNotified(play, host, from.last, from.ran);
  const handler = inRound ?? nextNotified(play, host, -1, from.ran);
  if (!handler) return;
  const { index } = handler;
  const round = inRound ? from.round : from.round + 1;
  const next: FlushPlace = { round, last: index, ran: new Set([...from.ran, index]) };
  const rest: Rest = async (other) => {
    await flushHandlers(other, place, next);
    await walk.rest(other);
  };
  host.notified.delete(index);
  try {
    const around = playSurroundings(play.play);
    await walkNodes({ ...walk, handler: true, rest }, [handler.node], around, [...place, round, index]);
  } catch (thrown) {
    if (thrown instanceof HostFailed || thrown instanceof CalledOff) host.notified.add(index);
    throw thrown;
  }
  await flushHandlers(walk, place, next);
}
