import { NotKnownYet } from '../../core/not-known.ts';
import type { HostRead } from '../../core/read.ts';
import { type JobOutput, partsOfInput, type Script } from '../../core/script.ts';
import type { Job } from '../../shell/session.ts';
import type { PlayContext, Rest } from '../context.ts';
import { EndOfWindow } from '../control-flow.ts';
import { type HostAccess, keyOfRoute, parseRead, type Route } from '../host-access.ts';
import type { HostState } from '../host-state.ts';
import { printsTheSame, rememberForeseen } from './guard.ts';
import type { ReadCache, Wanted } from './read-cache.ts';
import { walkAhead } from './walk-ahead.ts';

/** A request that the real walk will make, with what it will be told if the host is still as foreseen. */
export type Planned = PlannedRead | PlannedRun;

export interface PlannedRead {
  readonly kind: 'read';
  readonly route: Route;
  readonly reads: readonly HostRead<unknown>[];
  readonly values: readonly unknown[];
  /** Scripts that end with 0 where the host would give these values. */
  readonly guards: readonly Script[];
}

export interface PlannedRun {
  readonly kind: 'run';
  readonly route: Route;
  readonly job: Job;
  readonly reads: readonly HostRead<unknown>[];
  /** What the reads of the proof will give; undefined where that cannot be foreseen: then nothing comes after it. */
  readonly values: readonly unknown[] | undefined;
  readonly guards: readonly Script[];
}

export interface Plan {
  readonly planned: readonly Planned[];
  /** Reads for lack of which it goes no further. */
  readonly missing: readonly Wanted[];
  /** What all of it will have left, by the subjects of reads. */
  readonly left: ReadonlyMap<string, unknown>;
}

/** Requests of one chain at most, and bytes of what its jobs read from memory. */
const LONGEST = 400;
const HEAVIEST = 8 * 1024 * 1024;

/**
 * The requests that the walk of a host will make from here on, as far as every decision follows from what was read, from what was left since
 * then (`left`, by the subjects of reads), and from what tasks will have left. Ends before the first task of which anything is not known.
 */
export async function planChanges(
  play: PlayContext,
  host: HostState,
  rest: Rest,
  cache: ReadCache,
  oneTask: boolean,
  left: ReadonlyMap<string, unknown> = new Map(),
): Promise<Plan> {
  const planned: Planned[] = [];
  let missing: readonly Wanted[] = [];
  let settled = 0;
  let weight = 0;
  let route: Route | undefined;

  const follow = (next: Route) => {
    route ??= next;
    // Another user is another session: the order between two sessions is nobody's promise.
    if (keyOfRoute(next) !== keyOfRoute(route) || planned.length >= LONGEST) throw new EndOfWindow();
  };
  const access: HostAccess = {
    read: async (next, reads) => {
      follow(next);
      missing = reads.map((read) => ({ route: next, read })).filter((one) => !cache.output(one));
      const looks = reads.map((read) => foresee(next, read, cache, ahead.host.predicted));
      planned.push({
        kind: 'read',
        route: next,
        reads,
        values: looks.map((look) => look.value),
        guards: looks.map((look) => look.guard),
      });
      return looks.map((look) => look.certain);
    },
    runThenRead: async (next, job, reads) => {
      follow(next);
      // What goes before it may take several goes.
      if (job.script.staged) throw new EndOfWindow();
      for (const part of partsOfInput(job.script.input ?? [])) {
        if (part instanceof Uint8Array) weight += part.length;
      }
      if (weight > HEAVIEST) throw new EndOfWindow();
      const looks = foreseeAll(next, reads, cache, ahead.host.predicted);
      planned.push({
        kind: 'run',
        route: next,
        job,
        reads,
        values: looks?.map((look) => look.value),
        guards: looks?.map((look) => look.guard) ?? [],
      });
      settled = planned.length;
      if (!looks) throw new EndOfWindow();
      return { output: SUCCESS, values: looks.map((look) => look.certain) };
    },
  };
  const ahead = walkAhead(play, host, 'changes', access, () => {
    settled = planned.length;
    if (oneTask) throw new EndOfWindow();
  });
  for (const [subject, value] of left) ahead.host.predicted.set(subject, value);
  await ahead.walk(rest);
  return { planned: planned.slice(0, settled), missing, left: ahead.host.predicted };
}

interface Look {
  /** As the real walk will be told it. */
  readonly value: unknown;
  /** The same, where what is not certain says so when it is looked at. */
  readonly certain: unknown;
  readonly guard: Script;
}

function foresee(
  route: Route,
  read: HostRead<unknown>,
  cache: ReadCache,
  predicted: ReadonlyMap<string, unknown>,
): Look {
  const output = cache.output({ route, read });
  if (!output) throw new EndOfWindow();
  const before = parseRead(route, read, output);
  const value = read.foresight?.foresee(before, predicted);
  if (read.foresight && value !== undefined) {
    return foreseen({ value, certain: read.foresight.certain(value), guard: read.foresight.holds(value) });
  }
  if (predicted.has(read.subject ?? read.name)) throw new NotKnownYet(read.name);
  return { value: before, certain: before, guard: printsTheSame(read, output) };
}

/** Whoever is told a value that is foreseen can ask later how to see that it is so. */
function foreseen(look: Look): Look {
  rememberForeseen(look.certain, look.guard);
  rememberForeseen(look.value, look.guard);
  return look;
}

function foreseeAll(
  route: Route,
  reads: readonly HostRead<unknown>[],
  cache: ReadCache,
  predicted: ReadonlyMap<string, unknown>,
): readonly Look[] | undefined {
  try {
    return reads.map((read) => foresee(route, read, cache, predicted));
  } catch (thrown) {
    if (thrown instanceof NotKnownYet || thrown instanceof EndOfWindow) return undefined;
    throw thrown;
  }
}

const NOTHING = { bytes: new Uint8Array(), omitted: 0, gapAt: 0 };

/** What is taken for the output of a change that succeeds. Nobody decides by it: the result of the task is not known yet. */
const SUCCESS: JobOutput = { rc: 0, stdout: NOTHING, stderr: NOTHING, durationMs: 0, timedOut: false };
