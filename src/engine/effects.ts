import type { Intent, Journal } from '../journal/journal.ts';
import type { Job, JobOutcome } from '../shell/session.ts';

/** A job with what is written down before it goes out, where it changes something. */
export interface Work extends Job {
  readonly intent?: () => Intent;
  /** Several changes that one job makes: each with what is written down of it, and what became of it. */
  readonly together?: readonly {
    readonly intent: (() => Intent) | undefined;
    readonly outcome: (whole: JobOutcome) => JobOutcome;
  }[];
}

/** Effects that are written down and on their way: told of what became of each. */
export interface Announced {
  /** The outcome of the job at this place among those that were announced. */
  readonly ended: (index: number, outcome: JobOutcome) => void;
  /** Nothing went out. */
  readonly notSent: () => void;
  /** The link broke before the outcome came. */
  readonly lost: (index: number) => void;
}

const SILENT: Announced = { ended: () => {}, notSent: () => {}, lost: () => {} };

/** Bytes of output of an effect that the journal is given. */
const OUTPUT = 16_384;

/** Writes down what the jobs are about to change, all of it with one fsync; resolves when it is on the disk. */
export async function announceEffects(
  journal: Journal | undefined,
  jobs: readonly Work[],
): Promise<Announced> {
  const whole = (outcome: JobOutcome) => outcome;
  const places = jobs.flatMap(({ intent, together }, index) =>
    (together ?? [{ intent, outcome: whole }]).flatMap(({ intent, outcome }) =>
      intent ? [{ index, intent, outcome }] : [],
    ),
  );
  if (!journal || places.length === 0) return SILENT;
  const ids = await journal.intend(places.map(({ intent }) => intent()));
  const open = new Map<
    number,
    { readonly id: number; readonly outcome: (whole: JobOutcome) => JobOutcome }[]
  >();
  for (const [place, { index, outcome }] of places.entries()) {
    open.set(index, [...(open.get(index) ?? []), { id: ids[place] as number, outcome }]);
  }
  const close = (index: number, tell: (id: number, outcome: (whole: JobOutcome) => JobOutcome) => void) => {
    const effects = open.get(index) ?? [];
    open.delete(index);
    for (const { id, outcome } of effects) tell(id, outcome);
  };
  return {
    ended: (index, all) =>
      close(index, (id, part) => {
        const outcome = part(all);
        if (outcome === 'skipped') return journal.effect(id, { outcome: 'refused' });
        journal.effect(id, {
          outcome: 'done',
          rc: outcome.rc,
          durationMs: Math.round(outcome.durationMs),
          ...(outcome.timedOut ? { timedOut: true } : {}),
          stdout: textOf(outcome.stdout.bytes),
          stderr: textOf(outcome.stderr.bytes),
        });
      }),
    notSent: () => {
      for (const index of [...open.keys()]) close(index, (id) => journal.effect(id, { outcome: 'refused' }));
    },
    lost: (index) => close(index, (id) => journal.effect(id, { outcome: 'lost' })),
  };
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.length > OUTPUT ? bytes.subarray(bytes.length - OUTPUT) : bytes;
  return Buffer.from(end).toString('utf8');
}
