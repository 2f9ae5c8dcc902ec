import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunParts } from '../../src/engine/run.ts';
import { journalFile, listRuns } from '../../src/journal/directory.ts';
import { openJournal } from '../../src/journal/open.ts';
import { readJournal } from '../../src/journal/read.ts';
import type { JournalRecord } from '../../src/journal/record.ts';

/** A directory of runs with a key of its own. */
export interface Recording {
  readonly directory: string;
  readonly runs: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly open: NonNullable<RunParts['openJournal']>;
  /** Records of the latest run. */
  readonly records: () => readonly JournalRecord[];
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
    records: () => readJournal(file()).records,
    file,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
