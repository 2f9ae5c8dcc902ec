import type { HostRead } from '../../core/read.ts';
import { type JobOutput, type LocalFile, partsOfInput, type Script } from '../../core/script.ts';
import type { Job, JobOutcome } from '../../shell/session.ts';
import { keyOfRoute, type Route, type Wire } from '../host-access.ts';
import { problems } from '../problems.ts';
import { allHold } from './guard.ts';
import { type HeldOutput, holdOutput } from './held-output.ts';
import type { Planned, PlannedRead, PlannedRun } from './plan-changes.ts';
import { batchReads } from './read-batch.ts';
import { keyOfRead, type Wanted } from './read-cache.ts';

/** Bytes of one frame of guards at most; more go into another. */
const FRAME_LIMIT = 100_000;

/**
 * Planned requests on their way: sent in one write, each running only where everything before it succeeded. Answers come in the order of
 * the plan; the first that did not come to be ends the chain, and who asked does it anew.
 */
export interface Chain {
  /** The values of the next planned read; undefined where the host is not as foreseen. */
  readonly read: (
    route: Route,
    reads: readonly HostRead<unknown>[],
  ) => Promise<readonly unknown[] | undefined>;
  /** What the next planned change gave; undefined where it was not made. `values` undefined: the proof is not foreseen. */
  readonly run: (
    route: Route,
    job: Job,
  ) => Promise<{ readonly output: JobOutput; readonly values: readonly unknown[] | undefined } | undefined>;
  /** Whether everything that was sent came to be, and was asked for. */
  readonly isComplete: () => boolean;
  /** Whether the host has done what comes next. */
  readonly reaches: () => Promise<boolean>;
  /** What was read behind the changes, where nothing broke. */
  readonly fresh: Promise<readonly (readonly [Wanted, JobOutput])[]>;
}

interface Link {
  readonly planned: Planned;
  /** Frames that must have succeeded, and how many of the guards in each. */
  readonly guards: { readonly frame: number; readonly count: number }[];
  job: number | undefined;
  readonly held: HeldOutput;
}

/** Sends a plan, and behind it reads for what comes after it. `first` is the first request that is still to be asked for. */
export async function sendChain(
  wire: Wire,
  plan: readonly Planned[],
  first: number,
  behind: readonly Wanted[],
): Promise<Chain> {
  const { jobs, links } = framesOf(plan);
  const route = (plan[0] as Planned).route;
  const batch = batchReads(behind.map(({ read }) => read));
  const { outcomes, over } = await wire.send(route, behind.length > 0 ? [...jobs, batch.job] : jobs);
  let next = first;
  let complete = true;

  const ended = (link: Link) => {
    next = links.length;
    complete = false;
    link.held.release(undefined);
    return undefined;
  };
  const take = (): Link | undefined => links[next++];
  const holds = async (link: Link): Promise<boolean> => {
    for (const { frame, count } of link.guards) {
      const outcome = (await outcomes[frame]) as JobOutcome;
      if (outcome === 'skipped' || outcome.stdout.bytes.length < count) return false;
    }
    return true;
  };

  return {
    read: async (asked, wanted) => {
      const link = take();
      if (!link) return undefined;
      const { planned } = link;
      if (planned.kind !== 'read' || keys(asked, wanted) !== keys(planned.route, planned.reads)) {
        throw problems.notAsForeseen(wanted.map((read) => read.name).join(', '));
      }
      return (await holds(link)) ? planned.values : ended(link);
    },
    run: async (asked, job) => {
      const link = take();
      if (!link) return undefined;
      const { planned } = link;
      if (
        planned.kind !== 'run' ||
        keyOfRoute(asked) !== keyOfRoute(planned.route) ||
        !isSameJob(planned.job, job)
      ) {
        throw problems.notAsForeseen(job.script.text.slice(0, 60));
      }
      link.held.release(job.onOutput);
      const output = await (outcomes[link.job as number] as Promise<JobOutcome>).catch((thrown: unknown) => {
        ended(link);
        throw thrown;
      });
      if (output === 'skipped') return ended(link);
      const proven =
        output.rc === 0 && !output.timedOut && planned.values !== undefined && (await holds(link));
      if (!proven) {
        next = links.length;
        complete = false;
      }
      return { output, values: proven ? planned.values : undefined };
    },
    isComplete: () => complete && next >= links.length,
    reaches: async () => {
      const link = links[next];
      if (!link) return false;
      try {
        return link.job === undefined ? await holds(link) : (await outcomes[link.job]) !== 'skipped';
      } catch {
        return false;
      }
    },
    fresh: over.then(async () => {
      const outcome = await outcomes[jobs.length]?.catch(() => undefined);
      const outputs = outcome && outcome !== 'skipped' ? batch.split(outcome) : undefined;
      return outputs?.map((output, index) => [behind[index] as Wanted, output] as const) ?? [];
    }),
  };
}

/** Guards that follow each other share frames; a change has one of its own. */
function framesOf(plan: readonly Planned[]): {
  readonly jobs: readonly Job[];
  readonly links: readonly Link[];
} {
  const jobs: Job[] = [];
  let open: Script[] = [];
  let size = 0;
  const push = (job: Job) => jobs.push(jobs.length === 0 ? job : { ...job, onlyAfterSuccess: true }) - 1;
  const close = () => {
    if (open.length > 0) push({ script: allHold(open), inline: true });
    open = [];
    size = 0;
  };
  const guard = (link: Link) => {
    for (const script of link.planned.guards) {
      if (size + script.text.length > FRAME_LIMIT) close();
      open.push(script);
      size += script.text.length;
      const last = link.guards.at(-1);
      if (last?.frame === jobs.length)
        link.guards[link.guards.length - 1] = { frame: jobs.length, count: open.length };
      else link.guards.push({ frame: jobs.length, count: open.length });
    }
  };
  const links = plan.map((planned): Link => {
    const link: Link = { planned, guards: [], job: undefined, held: holdOutput() };
    if (planned.kind === 'run') {
      close();
      link.job = push({ ...planned.job, onOutput: link.held.take });
    }
    guard(link);
    return link;
  });
  close();
  return { jobs, links };
}

function keys(route: Route, reads: readonly HostRead<unknown>[]): string {
  return reads.map((read) => keyOfRead({ route, read })).join('\0');
}

function isSameJob(a: Job, b: Job): boolean {
  return (
    a.script.text === b.script.text &&
    a.timeoutSeconds === b.timeoutSeconds &&
    JSON.stringify(a.environment) === JSON.stringify(b.environment) &&
    isSameInput(a.script.input, b.script.input)
  );
}

function isSameInput(a: Script['input'], b: Script['input']): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [ones, others] = [partsOfInput(a), partsOfInput(b)];
  return ones.length === others.length && ones.every((one, index) => isSamePart(one, others[index]));
}

function isSamePart(a: Uint8Array | LocalFile, b: Uint8Array | LocalFile | undefined): boolean {
  if (b === undefined) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  }
  return a.path === b.path && a.sha256 === b.sha256;
}

/** The place in a plan of the change that is asked for, where everything before it was asked for already. */
export function placeOfRun(plan: readonly Planned[], job: Job): number | undefined {
  const place = plan.findIndex((planned) => planned.kind === 'run');
  const planned = plan[place] as PlannedRun | PlannedRead | undefined;
  return planned?.kind === 'run' && isSameJob(planned.job, job) ? place : undefined;
}
