import type { Intent, Journal } from '../journal/journal.ts';
import type { Job, JobOutcome } from '../shell/session.ts';

/** A job with what is written down before it goes out, where it changes something. */
export interface Work extends Job {
  readonly intent?: () => Intent;
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
  const places = jobs.flatMap(({ intent }, index) => (intent ? [{ index, intent }] : []));
  if (!journal || places.length === 0) return SILENT;
  const ids = await journal.intend(places.map(({ intent }) => intent()));
  const open = new Map(places.map(({ index }, place) => [index, ids[place] as number]));
  const close = (index: number, tell: (id: number) => void) => {
    const id = open.get(index);
    if (id === undefined || !open.delete(index)) return;
    tell(id);
  };
  return {
    ended: (index, outcome) =>
      close(index, (id) => {
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
