import type { HostRead } from '../../core/read.ts';
import type { JobOutput } from '../../core/script.ts';
import type { Job } from '../../shell/session.ts';
import type { PlayContext, Rest } from '../context.ts';
import { Overtaken } from '../control-flow.ts';
import { type HostAccess, keyOfRoute, type Route } from '../host-access.ts';
import type { HostState } from '../host-state.ts';
import { type Chain, placeOfRun, sendChain } from './chain.ts';
import { type Plan, type Planned, planChanges } from './plan-changes.ts';
import { type ChangesSoFar, createReadCache, keyOfRead, type ReadCache, type Wanted } from './read-cache.ts';
import { scoutReads } from './scout-reads.ts';

/** Reads that go out in one write at most. */
const WIDEST = 250;

/** How often a task is begun anew; then it does what it found right, as without the pipeline. */
const MOST_OVERTAKEN = 3;

/** Hosts that could not make changes together: they lack a tool for it, or something stood in the way. */
const oneAtATime = new WeakSet<object>();

/** What a play knows ahead of its hosts. */
export interface Lookout {
  /** The host has come to a place of the play; `rest` walks what comes from there. */
  readonly moved: (host: HostState, rest: Rest) => void;
  /** The host, with what is known ahead. */
  readonly accessOf: (host: HostState) => HostAccess;
  /** True where the host has already done what comes next: it must be told, whatever became of the play. */
  readonly isCommitted: (host: string) => Promise<boolean>;
}

/** Without the pipeline everything goes out when it is asked for. */
export function createLookout(play: PlayContext): Lookout {
  if (play.run.options.pipeline === false) {
    return { moved: () => {}, accessOf: (host) => host.access, isCommitted: async () => false };
  }
  const hosts = new Map<string, Ahead>();
  const aheadOf = (host: HostState) => {
    const known = hosts.get(host.name);
    if (known) return known;
    const cache = createReadCache();
    const made: Ahead = {
      play,
      host,
      rest: undefined,
      atStart: false,
      cache,
      width: WIDEST,
      chain: undefined,
      overtaken: 0,
      left: undefined,
      leaves: undefined,
      caution: 1,
      patience: 0,
    };
    hosts.set(host.name, made);
    return made;
  };
  return {
    moved: (host, rest) => {
      Object.assign(aheadOf(host), { rest, atStart: true, overtaken: 0 });
    },
    accessOf: (host) => accessAhead(aheadOf(host)),
    isCommitted: async (host) => (await hosts.get(host)?.chain?.reaches()) ?? false,
  };
}

interface Ahead {
  readonly play: PlayContext;
  readonly host: HostState;
  readonly cache: ReadCache;
  rest: Rest | undefined;
  /** True until the task asks for something: later, a plan from its beginning is not what comes next. */
  atStart: boolean;
  /** How many reads go out at a time: fewer where what was read ahead turned out stale. */
  width: number;
  /** Changes that were sent ahead and are not asked for yet. */
  chain: Chain | undefined;
  /** Twice as much after each time that something was read in vain: reads that go out alone before more are tried again. */
  caution: number;
  patience: number;
  /**
   * What changes have left since everything was read, by the subjects of reads; undefined where one of them did not go as foreseen. Only of
   * hosts in step: alone, a host goes on within its plan.
   */
  left: ReadonlyMap<string, unknown> | undefined;
  /** The same after the changes that were sent ahead, if all of them come to be. */
  leaves: ReadonlyMap<string, unknown> | undefined;
  /** How often the current task was begun anew because somebody else had changed what it had read. */
  overtaken: number;
}

function accessAhead(ahead: Ahead): HostAccess {
  const { cache, play } = ahead;
  return {
    read: async (route, reads) => {
      const { atStart } = ahead;
      ahead.atStart = false;
      for (const read of reads) cache.used({ route, read });
      const foreseen = await ahead.chain?.read(route, reads);
      if (foreseen) return foreseen;
      await endChain(ahead);
      const changes = upToDate(ahead);
      if (reads.some((read) => !cache.has({ route, read }, changes))) {
        const guessed = atStart ? await (await guess(ahead))?.read(route, reads) : undefined;
        if (guessed) return guessed;
        await endChain(ahead);
        await readAhead(ahead, route, reads);
      }
      return reads.map((read) => cache.value({ route, read }));
    },
    runThenRead: async (route, job, reads) => {
      ahead.atStart = false;
      const made = await ahead.chain?.run(route, job);
      if (made) return proven(ahead, route, reads, made);
      await endChain(ahead);
      for (;;) {
        const chain = ahead.overtaken < MOST_OVERTAKEN ? await changeAhead(ahead, job) : undefined;
        if (!chain) {
          ahead.left = undefined;
          return ahead.host.access.runThenRead(route, job, reads);
        }
        const first = await chain.run(route, job);
        if (first) return proven(ahead, route, reads, first);
        await endChain(ahead);
        // Once more, one at a time: then the host says why.
        if (!(await chain.refused())) break;
      }
      // Nothing was done, and what was read holds no more.
      play.run.changes++;
      ahead.overtaken++;
      throw new Overtaken();
    },
  };
}

/** Where the host could not tell by itself that the change is proven, it is read as without the pipeline. */
async function proven(
  ahead: Ahead,
  route: Route,
  reads: readonly HostRead<unknown>[],
  made: { readonly output: JobOutput; readonly values: readonly unknown[] | undefined },
) {
  const succeeded = made.output.rc === 0 && !made.output.timedOut;
  if (made.values || !succeeded || reads.length === 0) return made;
  // What was made together with it goes on as it went.
  if (!(await ahead.chain?.reaches())) await endChain(ahead);
  return { ...made, values: await ahead.host.access.read(route, reads) };
}

/**
 * A read stands while nothing was changed since: on the host itself, and by others. Of hosts in step with each other, what others did
 * counts since the step began, because what they do in one step they do at the same time.
 */
function upToDate({ play, host }: Ahead): ChangesSoFar {
  return { run: inStep(play) ? play.changesBefore : play.run.changes, host: host.changes };
}

function inStep(play: PlayContext): boolean {
  return play.play.strategy === 'linear' && play.batch.length > 1;
}

/** Reads what is asked for, and with it what the host will ask for next. */
async function readAhead(ahead: Ahead, route: Route, reads: readonly HostRead<unknown>[]): Promise<void> {
  const { play, host, cache, rest } = ahead;
  // On its way already while it is found out what else will be asked.
  const reached = host.access.reach(route);
  await reached?.begun;
  const changes = upToDate(ahead);
  // What was left since then was foreseen from what is forgotten here: that was not read in vain.
  const foresaw = ahead.left !== undefined && ahead.left.size > 0;
  widen(ahead, cache.forget(changes) && !foresaw);
  ahead.left = new Map();
  const looks = rest && ahead.width > 1 && isSure(play);
  const coming = looks ? await scoutReads(play, host, rest, cache, changes, ahead.width) : [];
  const wanted = new Map<string, Wanted>();
  for (const one of [...reads.map((read) => ({ route, read })), ...coming]) {
    if (!cache.has(one, changes)) wanted.set(keyOfRead(one), one);
  }
  await reached?.done;
  const now = { run: play.run.changes, host: host.changes };
  const send = async (list: readonly Wanted[]) => {
    const outputs = await host.access.readRaw(
      (list[0] as Wanted).route,
      list.map(({ read }) => read),
    );
    list.forEach((one, index) => {
      cache.set(one, outputs[index] as JobOutput, now);
    });
  };
  const asked = keyOfRoute(route);
  const all = byRoute([...wanted.values()]).map(([key, list]) =>
    // What nobody has asked for yet must not fail what was asked for.
    key === asked ? send(list) : send(list).catch(() => {}),
  );
  await Promise.all(all);
  if (looks) for (const read of reads) cache.used({ route, read });
}

/** Reading on while something changes all the time would be reading everything again and again. */
function widen(ahead: Ahead, wasted: boolean): void {
  if (wasted) {
    ahead.caution = Math.min(64, ahead.caution * 2);
    ahead.patience = ahead.caution;
    ahead.width = 1;
  } else if (ahead.patience > 0) ahead.patience--;
  else ahead.width = Math.min(WIDEST, ahead.width * 2);
}

/**
 * Of hosts in step, what was read for a task is out of date when one of them has changed something in the task before. Where the host will
 * have to change something for this one as far as can be foreseen, that goes out at once, behind a guard, instead of another read.
 */
async function guess(ahead: Ahead): Promise<Chain | undefined> {
  const { play, host, cache, rest, left } = ahead;
  if (!rest || !left || !inStep(play) || !looksAhead(play) || ahead.overtaken > 0) return undefined;
  const plan = await planChanges(play, host, rest, cache, true, left);
  if (plan.planned[0]?.kind !== 'read' || plan.planned.every(({ kind }) => kind === 'read')) return undefined;
  return send(ahead, plan, 0, []);
}

/** Sends the change that is asked for, and with it all that follow from what is known. Undefined where that brings nothing. */
async function changeAhead(ahead: Ahead, job: Job): Promise<Chain | undefined> {
  const { play, host, cache, rest } = ahead;
  if (!rest || !looksAhead(play)) return undefined;
  // Hosts in step may only see to the end of the task.
  const plan = await planChanges(play, host, rest, cache, inStep(play), ahead.left);
  const place = placeOfRun(plan.planned, job);
  if (place === undefined) return undefined;
  const behind = inStep(play) ? [] : await readsBehind(ahead, plan.planned, place, plan.missing);
  return send(ahead, plan, place, behind);
}

async function send(ahead: Ahead, plan: Plan, first: number, behind: readonly Wanted[]): Promise<Chain> {
  const { play, host, cache } = ahead;
  const before = { run: play.run.changes, host: host.changes };
  const chain = await sendChain(host.access, plan.planned, first, behind, !oneAtATime.has(host.access));
  ahead.chain = chain;
  ahead.leaves = plan.left;
  const { forks } = play.run.options;
  if (play.batch.length > forks) await chain.fresh;
  void chain.fresh.then((fresh) => {
    // Two of ours: when it was sent and when it ended. More means that somebody else changed something as well.
    const own = play.run.changes - before.run <= 2;
    const since = own ? { run: play.run.changes, host: host.changes } : before;
    for (const [wanted, output] of fresh) cache.set(wanted, output, since);
  });
  return chain;
}

/** What comes after the plan, to be read behind it: then it is known when the walk is there. */
async function readsBehind(
  ahead: Ahead,
  plan: readonly Planned[],
  place: number,
  missing: readonly Wanted[],
): Promise<readonly Wanted[]> {
  const { play, host, cache, rest } = ahead;
  if (!rest || ahead.width < 2) return [];
  await scoutReads(play, host, rest, cache, upToDate(ahead), ahead.width);
  const readsOf = (some: readonly Planned[]) =>
    some.flatMap(({ kind, route, reads }) => (kind === 'read' ? reads.map((read) => ({ route, read })) : []));
  const asked = keyOfRoute((plan[place] as Planned).route);
  const coming = new Map<string, Wanted>();
  for (const one of [...missing, ...cache.expectedBesides(readsOf(plan))]) coming.set(keyOfRead(one), one);
  const behind = [...coming.values()].filter((one) => keyOfRoute(one.route) === asked);
  // These are asked for already.
  for (const one of readsOf(plan.slice(0, place))) cache.used(one);
  return behind.slice(0, ahead.width);
}

/** Waits until the host is done with what was sent ahead; what was read behind it is known then. */
async function endChain(ahead: Ahead): Promise<void> {
  const { chain } = ahead;
  if (!chain) return;
  ahead.chain = undefined;
  await chain.fresh;
  if (await chain.refused()) oneAtATime.add(ahead.host.access);
  if (inStep(ahead.play)) ahead.left = chain.isComplete() ? ahead.leaves : undefined;
}

function looksAhead(play: PlayContext): boolean {
  return !play.run.options.check && isSure(play);
}

/** With --step and before --start-at-task nobody knows what comes. */
function isSure({ run }: PlayContext): boolean {
  return run.reachedStart && !run.asking;
}

function byRoute(wanted: readonly Wanted[]): readonly (readonly [string, readonly Wanted[]])[] {
  const groups = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const key = keyOfRoute(one.route);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups];
}
