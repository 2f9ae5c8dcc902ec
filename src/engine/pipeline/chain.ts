import type { HostRead } from '../../core/read.ts';
import { type JobOutput, type LocalFile, partsOfInput, type Script } from '../../core/script.ts';
import type { Job, JobOutcome } from '../../shell/session.ts';
import { keyOfRoute, type Route, type Wire } from '../host-access.ts';
import { problems } from '../problems.ts';
import { framesOf, type Link, type Part } from './frames.ts';
import type { Planned, PlannedRead, PlannedRun } from './plan-changes.ts';
import { batchReads } from './read-batch.ts';
import { keyOfRead, type Wanted } from './read-cache.ts';
import type { Together, TogetherPart } from './together.ts';

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
  /** Whether the host could not make changes together: then they are sent one at a time. */
  readonly refused: () => Promise<boolean>;
  /** What was read behind the changes, where nothing broke. */
  readonly fresh: Promise<readonly (readonly [Wanted, JobOutput])[]>;
}

/** Sends a plan, and behind it reads for what comes after it. `first` is the first request that is still to be asked for. */
export async function sendChain(
  wire: Wire,
  plan: readonly Planned[],
  first: number,
  behind: readonly Wanted[],
  together: boolean,
): Promise<Chain> {
  const { jobs, links, shared } = framesOf(plan, together);
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
  const partOf = async ({ frame, index }: Part) =>
    (shared.get(frame) as Together).split((await outcomes[frame]) as JobOutcome).parts[index] as TogetherPart;
  const holds = async ({ guards, part, planned }: Link): Promise<boolean> => {
    if (part) {
      const { done, proven } = await partOf(part);
      return planned.kind === 'read' ? done : proven;
    }
    for (const { frame, count } of guards) {
      const outcome = (await outcomes[frame]) as JobOutcome;
      if (outcome === 'skipped' || outcome.stdout.bytes.length < count) return false;
    }
    return true;
  };
  const ran = async ({ part, job }: Link): Promise<JobOutcome> => {
    if (!part) return (await outcomes[job as number]) as JobOutcome;
    const { done, output } = await partOf(part);
    return done ? output : 'skipped';
  };
  const reaches = async (): Promise<boolean> => {
    const link = links[next];
    if (!link) return false;
    try {
      return link.planned.kind === 'read' ? await holds(link) : (await ran(link)) !== 'skipped';
    } catch {
      return false;
    }
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
      const output = await ran(link).catch((thrown: unknown) => {
        ended(link);
        throw thrown;
      });
      if (output === 'skipped') return ended(link);
      const proven =
        output.rc === 0 && !output.timedOut && planned.values !== undefined && (await holds(link));
      if (!proven) {
        complete = false;
        // Of what was made together, the rest may have been made all the same.
        if (!link.part || !(await reaches())) next = links.length;
      }
      return { output, values: proven ? planned.values : undefined };
    },
    isComplete: () => complete && next >= links.length,
    reaches,
    refused: async () => {
      for (const [frame, { split }] of shared) {
        const outcome = await outcomes[frame]?.catch(() => undefined);
        if (outcome && split(outcome).refused) return true;
      }
      return false;
    },
    fresh: over.then(async () => {
      const outcome = await outcomes[jobs.length]?.catch(() => undefined);
      const outputs = outcome && outcome !== 'skipped' ? batch.split(outcome) : undefined;
      return outputs?.map((output, index) => [behind[index] as Wanted, output] as const) ?? [];
    }),
  };
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
