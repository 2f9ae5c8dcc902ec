import type { Masker } from '../core/secret.ts';
import { journalFile, lockRun, makeRunDirectory, pruneRuns } from './directory.ts';
import { createJournal, type Journal } from './journal.ts';
import { openLogFile } from './log-file.ts';
import { createSealer, keyFile } from './seal.ts';

export interface JournalPlace {
  /** The directory of runs. */
  readonly runs: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly origin: Readonly<Record<string, unknown>>;
}

/** Opens the journal of a new run, or of one that goes on after `intents` of them. Throws where it cannot be written. */
export function openJournal(
  { runs, environment, origin }: JournalPlace,
  runId: string,
  masker: Masker,
  intents = 0,
): Journal {
  const sealer = createSealer(keyFile(environment));
  // Without a key nothing could be written down later, when it would stop a change.
  sealer.seal('');
  makeRunDirectory(runs, runId);
  const unlock = lockRun(runs, runId);
  pruneRuns(runs, environment);
  const dieAfter = Number(environment.HOSTWRIGHT_DIE_AFTER_RECORDS) || undefined;
  return createJournal({
    file: openLogFile(journalFile(runs, runId), dieAfter),
    masker,
    sealer,
    origin,
    intents,
    onClose: unlock,
  });
}
