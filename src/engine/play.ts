import path from 'node:path';
import { errorsIn } from '../core/error.ts';
import type { Layer } from '../core/scope.ts';
import type { Inputs, Node, Play } from '../playbook/tree.ts';
import { announce } from './announce.ts';
import type { PlayContext, RunContext, SharedOutcome, Step, Walk } from './context.ts';
import { CalledOff, EndBatch, EndHost, EndPlay, HostFailed } from './control-flow.ts';
import { endsUnheard, fatalFor } from './fatal.ts';
import { gathering } from './gathering.ts';
import { numberHandlers } from './handlers.ts';
import type { HostState } from './host-state.ts';
import { reportNode } from './include.ts';
import { resultOfThrown } from './invoke.ts';
import { writeLeftOut } from './journal-task.ts';
import { toFlag, toNumber } from './keywords.ts';
import { createFreePace, createLockstep, type Order, type Pace, UNLIMITED } from './lockstep.ts';
import { oweHandlers } from './lost-host.ts';
import { createLookout } from './pipeline/lookout.ts';
import { MACHINE } from './planner.ts';
import { playNames } from './play-names.ts';
import { playValue } from './play-value.ts';
import { routeOf } from './route.ts';
import { playSurroundings } from './surroundings.ts';
import { evaluating } from './viewpoint.ts';
import { flushHandlers, theEnd, walkNodes } from './walk.ts';

/** What a play works with, found out before any host is contacted. */
export interface PreparedPlay {
  readonly play: Play;
  readonly name: string;
  /** Which of the run's plays it is, from 0. */
  readonly number: number;
  /** Hosts in the play's order, batch by batch. */
  readonly batches: readonly (readonly string[])[];
  /** Play variables and vars_files of a host, lowest precedence first. */
  readonly variableLayers: (host: string) => readonly Layer[];
  readonly inputs: Inputs;
  /** Hosts whose vars_files could not be read, with what was thrown. */
  readonly unprepared: ReadonlyMap<string, unknown>;
}

/** Runs a play, batch after batch. Returns true where the run must end here. */
export async function runPlay(run: RunContext, prepared: PreparedPlay): Promise<boolean> {
  const everyone = prepared.batches.flat();
  run.emit({
    type: 'playStart',
    play: prepared.name,
    hosts: everyone.filter((name) => run.hostState(name).standing === 'active'),
    taskCount: countTasks(prepared.play),
  });
  let calledOff = false;
  for (const [number, names] of prepared.batches.entries()) {
    const batch = names.map(run.hostState).filter((host) => host.standing === 'active');
    if (batch.length === 0) continue;
    const play = createPlay(run, prepared, batch, everyone, number);
    const pinned = prepared.play.strategy === 'host_pinned';
    await Promise.all(
      batch.map((host) => (pinned ? run.slots.use(() => runHost(play, host)) : runHost(play, host))),
    );
    // The last task of all is followed by no other that would notice.
    callOffWhereTooManyFailed(play);
    // As in Ansible, a batch that failed as a whole ends the run: what comes later counts on it.
    const isOver = endsUnheard(play) || batch.every((host) => host.standing !== 'active');
    calledOff = play.calledOff === 'failed' || isOver;
    if (calledOff || play.calledOff === 'ended') break;
  }
  run.emit({ type: 'playEnd', play: prepared.name });
  return calledOff;
}

/** The play on one batch of its hosts. */
export function createPlay(
  run: RunContext,
  prepared: PreparedPlay,
  batch: readonly HostState[],
  playHosts: readonly string[],
  number = 0,
): PlayContext {
  const { play } = prepared;
  const steps = new Map<string, Step>();
  const directory = path.dirname(path.resolve(play.file));
  const isOut = (host: string) =>
    fatalFor(context, host) !== undefined || (context.calledOff && !context.unwinding.has(host));
  // What the host has already done must be told, whatever became of the play.
  const mayBegin = async (host: string) => !isOut(host) || (await lookout.isCommitted(host));
  const throwWhereOut = async ({ name }: HostState) => {
    if (await mayBegin(name)) return;
    const fatal = fatalFor(context, name);
    fatal?.heard.add(name);
    throw fatal?.failure ?? new CalledOff();
  };
  const onStep = async (order: Order, hosts: readonly string[]) => {
    callOffWhereTooManyFailed(context);
    if (run.options.signal?.aborted || run.unrecorded.mustStop()) context.calledOff = 'failed';
    context.changesBefore = run.changes;
    const step = steps.get(order.join('.'));
    const going: string[] = [];
    for (const host of hosts) if (await mayBegin(host)) going.push(host);
    if (step && going.length > 0) await announce(context, step, going);
  };
  const names = batch.map((host) => host.name);
  const pace: Pace = play.strategy === 'linear' ? createLockstep(names, onStep) : createFreePace(onStep);
  const context: PlayContext = {
    run,
    play,
    name: prepared.name,
    part: `${prepared.number}.${number}`,
    directory,
    batch,
    playHosts,
    handlers: [...numberHandlers(play.handlers, 0)],
    pace,
    variableLayers: (host) => prepared.variableLayers(host.name),
    beginOn: async (host) => {
      const thrown = prepared.unprepared.get(host.name);
      if (thrown === undefined) return;
      const result = resultOfThrown(thrown);
      const names = {
        name: 'vars_files',
        module: 'include_vars',
        taskId: run.nextTaskId++,
        position: play.position,
      };
      run.emit({
        type: 'taskStart',
        play: prepared.name,
        task: names.name,
        taskId: names.taskId,
        module: names.module,
        hosts: [host.name],
      });
      reportNode(
        { play: context, host, handler: false, rest: theEnd },
        names,
        playSurroundings(play),
        result,
      );
      throw new HostFailed(names.name, result, names.module);
    },
    magic: (host, around) => playNames(context, prepared.inputs, host, around),
    inputs: prepared.inputs,
    ahead: undefined,
    changesBefore: run.changes,
    accessOf: (target, host) => (target === host ? lookout.accessOf(host) : target.access),
    step: (order, node, around, handler) => {
      const key = order.join('.');
      const known = steps.get(key);
      if (known) return known;
      const step: Step = {
        taskId: run.nextTaskId++,
        order,
        node,
        around,
        handler,
        leader: undefined,
        once: deferred<SharedOutcome>(),
        throttle: undefined,
        included: new Map(),
        failed: new Set(),
        announced: undefined,
        leftOut: false,
      };
      steps.set(key, step);
      return step;
    },
    begins: async (host, order, step, rest) => {
      const { lane } = step.around;
      await (lane === undefined ? pace.arrive(host.name, order) : onStep(order, [host.name]));
      await throwWhereOut(host);
      if (lane === undefined) lookout.moved(host, rest);
      if (step.leftOut) writeLeftOut(context, host, step);
      return !step.leftOut;
    },
    arrives: async (host, order) => {
      await pace.arrive(host.name, order);
      await throwWhereOut(host);
    },
    slots: play.strategy === 'host_pinned' ? UNLIMITED : run.slots,
    publicRoles: [],
    fatals: [],
    calledOff: undefined,
    unwinding: new Set(),
  };
  const lookout = createLookout(context);
  return context;
}

function callOffWhereTooManyFailed(context: PlayContext): void {
  const { play, batch } = context;
  if (play.maxFailPercentage === undefined || context.calledOff) return;
  const limit = playValue(context, batch[0] as HostState, play.maxFailPercentage);
  const failed = batch.filter((host) => host.standing !== 'active').length;
  const percentage = (failed / batch.length) * 100;
  if (percentage > toNumber('max_fail_percentage', limit, play.position)) context.calledOff = 'failed';
}

/** Sections in their fixed order, whatever the file's: pre_tasks, roles and tasks, post_tasks, with the handlers after each. */
async function runHost(play: PlayContext, host: HostState): Promise<void> {
  const walk: Walk = { play, host, handler: false, rest: theEnd };
  host.played = true;
  host.ended = false;
  host.notified.clear();
  try {
    await play.beginOn(host);
    await identify(play, host);
    await walkSections(walk);
  } catch (thrown) {
    await leavePlay(walk, thrown);
  } finally {
    play.pace.leave(host.name);
  }
}

/** For a plan: which machine answers under the host's name. One that does not answer is found out by its first task. */
async function identify(play: PlayContext, host: HostState): Promise<void> {
  const { planner } = play.run.parts;
  if (!planner || !play.run.options.check) return;
  const around = playSurroundings(play.play);
  const view = { play, host, around, local: {}, position: undefined };
  try {
    const route = await evaluating(view, (scope) => routeOf(play.run, host, around, scope, undefined));
    const [machine] = await host.access.read(route, [MACHINE]);
    planner.identity(host.name, String(machine));
  } catch (thrown) {
    errorsIn(thrown);
  }
}

async function walkSections(walk: Walk, first = 0): Promise<void> {
  const { play } = walk.play;
  const around = playSurroundings(play);
  const nodes = (section: number, list: readonly Node[]) => (inner: Walk) =>
    walkNodes(inner, list, around, [section]);
  const flush = (section: number) => (inner: Walk) => flushHandlers(inner, [section]);
  const sections = [
    (inner: Walk) => walkNodes(inner, gathering(inner), around, [0]),
    nodes(1, play.preTasks),
    flush(2),
    nodes(
      3,
      play.roles.map((use) => use.block),
    ),
    nodes(4, play.tasks),
    flush(5),
    nodes(6, play.postTasks),
    flush(7),
  ];
  for (let index = first; index < sections.length; index++) {
    await sections[index]?.({ ...walk, rest: (other) => walkSections(other, index + 1) });
  }
}

async function leavePlay(walk: Walk, thrown: unknown): Promise<void> {
  const { play, host } = walk;
  if (thrown instanceof EndHost) host.ended = true;
  else if (thrown instanceof EndPlay) play.calledOff ??= 'ended';
  else if (thrown instanceof EndBatch) play.calledOff ??= 'batchEnded';
  else if (thrown instanceof HostFailed || (thrown instanceof CalledOff && play.calledOff === 'failed')) {
    const lost = thrown instanceof HostFailed && thrown.unreachable;
    host.standing = lost ? 'unreachable' : 'failed';
    play.unwinding.add(host.name);
    if (!lost && !play.run.options.signal?.aborted && forcesHandlers(play, host)) {
      await flushHandlers(walk, [8]).catch((again) => {
        if (!(again instanceof HostFailed) && !(again instanceof CalledOff)) throw again;
      });
    }
    oweHandlers(walk);
  } else if (!(thrown instanceof CalledOff)) throw thrown;
}

function forcesHandlers(play: PlayContext, host: HostState): boolean {
  const { forceHandlers, position } = play.play;
  if (forceHandlers === undefined) return play.run.options.forceHandlers;
  return toFlag('force_handlers', playValue(play, host, forceHandlers), position);
}

function countTasks(play: Play): number {
  const count = (nodes: readonly Node[]): number =>
    nodes.reduce((sum, node) => sum + (node.kind === 'block' ? count(node.block) : 1), 0);
  return (
    count(play.preTasks) +
    count(play.roles.map((use) => use.block)) +
    count(play.tasks) +
    count(play.postTasks)
  );
}

function deferred<T>() {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
