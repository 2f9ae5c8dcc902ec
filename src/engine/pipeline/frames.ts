import type { Script } from '../../core/script.ts';
import type { Work } from '../effects.ts';
import { allHold } from './guard.ts';
import { type HeldOutput, holdOutput } from './held-output.ts';
import type { Planned } from './plan-changes.ts';
import { type Gathering, gatherTogether, type Together } from './together.ts';

/** Bytes of one frame of guards at most; more go into another. */
const FRAME_LIMIT = 100_000;

/** A planned request, and where in the frames its answer is. */
export interface Link {
  readonly planned: Planned;
  /** Frames that must have succeeded, and how many of the guards in each. */
  readonly guards: { readonly frame: number; readonly count: number }[];
  job: number | undefined;
  /** Set where it is made together with others: all of its answer is there. */
  part: Part | undefined;
  readonly held: HeldOutput;
}

export interface Part {
  readonly frame: number;
  readonly index: number;
}

export interface Frames {
  readonly jobs: readonly Work[];
  readonly links: readonly Link[];
  /** Frames in which several changes are made together. */
  readonly shared: ReadonlyMap<number, Together>;
}

/** Guards that follow each other share frames; a change has one of its own, or is made together with those next to it. */
export function framesOf(plan: readonly Planned[], together: boolean): Frames {
  const jobs: Work[] = [];
  const shared = new Map<number, Together>();
  let open: Script[] = [];
  let size = 0;
  let gathering: Gathering | undefined;
  let gathered: Link[] = [];

  const push = (job: Work) => jobs.push(jobs.length === 0 ? job : { ...job, onlyAfterSuccess: true }) - 1;
  const closeGuards = () => {
    if (open.length > 0) push({ script: allHold(open), inline: true });
    open = [];
    size = 0;
  };
  const guard = (link: Link) => {
    for (const script of link.planned.guards) {
      if (size + script.text.length > FRAME_LIMIT) closeGuards();
      open.push(script);
      size += script.text.length;
      const last = link.guards.at(-1);
      if (last?.frame === jobs.length)
        link.guards[link.guards.length - 1] = { frame: jobs.length, count: open.length };
      else link.guards.push({ frame: jobs.length, count: open.length });
    }
  };
  const apart = (link: Link) => {
    const { planned } = link;
    if (planned.kind === 'run') {
      closeGuards();
      link.job = push({ ...planned.job, onOutput: link.held.take });
    }
    guard(link);
  };
  const closeTogether = () => {
    if (gathering?.changes()) {
      closeGuards();
      const all = gathering.close();
      const frame = push({ script: all.script, inline: true, together: effectsOf(gathered, all) });
      shared.set(frame, all);
      for (const [index, link] of gathered.entries()) link.part = { frame, index };
    } else gathered.forEach(apart);
    gathering = undefined;
    gathered = [];
  };
  const gather = (link: Link): boolean => {
    gathering ??= gatherTogether();
    if (!gathering.take(link.planned)) return false;
    gathered.push(link);
    return true;
  };

  const links = plan.map((planned): Link => {
    const link: Link = { planned, guards: [], job: undefined, part: undefined, held: holdOutput() };
    if (together) {
      if (gather(link)) return link;
      closeTogether();
      if (gather(link)) return link;
      closeTogether();
    }
    apart(link);
    return link;
  });
  closeTogether();
  closeGuards();
  return { jobs, links, shared };
}

/** What is written down of each change of a frame. */
function effectsOf(links: readonly Link[], { split }: Together): NonNullable<Work['together']> {
  return links.flatMap(({ planned }, index) => {
    if (planned.kind === 'read') return [];
    const { intent } = planned.job as Work;
    return [
      {
        intent,
        outcome: (whole) => {
          const part = split(whole).parts[index];
          return part?.done ? part.output : 'skipped';
        },
      },
    ];
  });
}
