import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunParts } from '../../src/engine/run.ts';
import { journalFile, listRuns } from '../../src/journal/directory.ts';
import { historyOf } from '../../src/journal/history.ts';
import { openJournal } from '../../src/journal/open.ts';
import { readJournal } from '../../src/journal/read.ts';
import type { JournalRecord } from '../../src/journal/record.ts';
import { createSealer, keyFile, opened } from '../../src/journal/seal.ts';

/** A directory of runs with a key of its own. */
export interface Recording {
  readonly directory: string;
  readonly runs: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly open: NonNullable<RunParts['openJournal']>;
  /** Records of the latest run. */
  readonly records: () => readonly JournalRecord[];
  /** The latest run as it stands, to go on with. */
  readonly resume: () => NonNullable<RunParts['resume']>;
  readonly file: () => string;
  readonly remove: () => void;
}

export function recording(): Recording {
  const directory = mkdtempSync(path.join(tmpdir(), 'hostwright-journal-'));
  const runs = path.join(directory, 'runs');
  const environment = { XDG_STATE_HOME: path.join(directory, 'state') };
  const file = () => journalFile(runs, listRuns(runs)[0] as string);
  return {
    directory,
    runs,
    environment,
    open: (runId, masker) => openJournal({ runs, environment, origin: {} }, runId, masker),
    resume: () => {
      const { begin, records } = readJournal(file());
      const sealer = createSealer(keyFile(environment));
      const history = historyOf(begin, records);
      return { runId: begin.runId, history, open: (kept) => opened(kept, sealer), inFlight: 'redo' };
    },
    records: () => readJournal(file()).records,
    file,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
