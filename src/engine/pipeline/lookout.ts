import type { HostRead } from '../../core/read.ts';
import type { JobOutput } from '../../core/script.ts';
import type { Node } from '../../playbook/tree.ts';
import type { Job } from '../../shell/session.ts';
import type { PlayContext, Rest } from '../context.ts';
import { Overtaken } from '../control-flow.ts';
import { type HostAccess, keyOfRoute, type Route } from '../host-access.ts';
import type { HostState } from '../host-state.ts';
import { type Chain, placeOfRun, sendChain } from './chain.ts';
import { type Planned, planChanges } from './plan-changes.ts';
import { type ChangesSoFar, createReadCache, keyOfRead, type ReadCache, type Wanted } from './read-cache.ts';
import { scoutReads } from './scout-reads.ts';

/** Reads that go out in one write at most. */
const WIDEST = 250;

/** How often a task is begun anew; then it does what it found right, as without the pipeline. */
const MOST_OVERTAKEN = 3;

/** What a play knows ahead of its hosts. */
export interface Lookout {
  /** The host has come to a place of the play; `rest` walks what comes from there. */
  readonly moved: (host: HostState, rest: Rest, node: Node) => void;
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
      cache,
      width: WIDEST,
      chain: undefined,
      overtaken: 0,
      loops: false,
      caution: 1,
      patience: 0,
    };
    hosts.set(host.name, made);
    return made;
  };
  return {
    moved: (host, rest, node) => {
      Object.assign(aheadOf(host), {
        rest,
        overtaken: 0,
        loops: node.kind === 'task' && node.loop !== undefined,
      });
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
  /** How many reads go out at a time: fewer where what was read ahead turned out stale. */
  width: number;
  /** Changes that were sent ahead and are not asked for yet. */
  chain: Chain | undefined;
  /** Twice as much after each time that something was read in vain: reads that go out alone before more are tried again. */
  caution: number;
  patience: number;
  /** Whether the current task has a loop. */
  loops: boolean;
  /** How often the current task was begun anew because somebody else had changed what it had read. */
  overtaken: number;
}

function accessAhead(ahead: Ahead): HostAccess {
  const { cache, play } = ahead;
  return {
    read: async (route, reads) => {
      for (const read of reads) cache.used({ route, read });
      const foreseen = await ahead.chain?.read(route, reads);
      if (foreseen) return foreseen;
      await endChain(ahead);
      const changes = upToDate(ahead);
      if (reads.some((read) => !cache.has({ route, read }, changes))) await readAhead(ahead, route, reads);
      return reads.map((read) => cache.value({ route, read }));
    },
    runThenRead: async (route, job, reads) => {
      const made = await ahead.chain?.run(route, job);
      if (made) return proven(ahead, route, reads, made);
      await endChain(ahead);
      const chain = ahead.overtaken < MOST_OVERTAKEN ? await changeAhead(ahead, job) : undefined;
      if (!chain) return ahead.host.access.runThenRead(route, job, reads);
      const first = await chain.run(route, job);
      if (first) return proven(ahead, route, reads, first);
      await endChain(ahead);
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
  await endChain(ahead);
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
  const changes = upToDate(ahead);
  widen(ahead, cache.forget(changes));
  const looks = rest && ahead.width > 1 && isSure(play);
  const coming = looks ? await scoutReads(play, host, rest, cache, changes, ahead.width) : [];
  const wanted = new Map<string, Wanted>();
  for (const one of [...reads.map((read) => ({ route, read })), ...coming]) {
    if (!cache.has(one, changes)) wanted.set(keyOfRead(one), one);
  }
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

/** Sends the change that is asked for, and with it all that follow from what is known. Undefined where that brings nothing. */
async function changeAhead(ahead: Ahead, job: Job): Promise<Chain | undefined> {
  const { play, host, cache, rest } = ahead;
  // Hosts in step may only see to the end of the task, which is further than here where it has a loop.
  if (!rest || play.run.options.check || !isSure(play) || (inStep(play) && !ahead.loops)) return undefined;
  const { planned: plan, missing } = await planChanges(play, host, rest, cache, inStep(play));
  const place = placeOfRun(plan, job);
  if (place === undefined || (inStep(play) && plan.length < place + 2)) return undefined;
  const behind = inStep(play) ? [] : await readsBehind(ahead, plan, place, missing);
  const before = { run: play.run.changes, host: host.changes };
  const chain = await sendChain(host.access, plan, place, behind);
  ahead.chain = chain;
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
