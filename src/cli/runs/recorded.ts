import { setTimeout as sleep } from 'node:timers/promises';
import type { RunOptions } from '../../engine/options.ts';
import { findRun, journalFile, listRuns, ownerOf, runsDirectory } from '../../journal/directory.ts';
import { type History, historyOf } from '../../journal/history.ts';
import { readJournal } from '../../journal/read.ts';
import type { Kept } from '../../journal/record.ts';
import { createSealer, keyFile, opened } from '../../journal/seal.ts';
import { noJournal } from '../problems.ts';
import type { KeptOrigin } from '../run-origin.ts';
import type { Terminal } from '../terminal.ts';

/** A run as it stands in the journal. */
export interface Recorded {
  readonly runId: string;
  readonly history: History;
  /** Opens what is encrypted. */
  readonly open: <T>(kept: Kept<T>) => T;
  /** The process that works on it; undefined where none does. */
  readonly owner: number | undefined;
}

/** The directory of runs; throws where recording is turned off. */
export function runsOf({ environment }: Terminal): string {
  const runs = runsDirectory(environment);
  if (runs === undefined) throw noJournal();
  return runs;
}

/** Reads the run that an id, its beginning or `latest` means. Throws HostwrightError. */
export function recordedRun(wanted: string, terminal: Terminal): Recorded {
  const runs = runsOf(terminal);
  const runId = wanted === 'latest' ? latestRun(runs) : findRun(runs, wanted);
  const { begin, records } = readJournal(journalFile(runs, runId));
  const sealer = createSealer(keyFile(terminal.environment));
  return {
    runId,
    history: historyOf(begin, records),
    open: (kept) => opened(kept, sealer),
    owner: ownerOf(runs, runId),
  };
}

/** The latest run that was no check run. */
function latestRun(runs: string): string {
  const isReal = (runId: string) => {
    try {
      return !readJournal(journalFile(runs, runId)).begin.check;
    } catch {
      return false;
    }
  };
  return listRuns(runs).find(isReal) ?? findRun(runs, 'latest');
}

/** What the command line of the run was. */
export function originOfRun({ history, open }: Recorded): KeptOrigin {
  return open(history.begin.origin) as unknown as KeptOrigin;
}

/** Settings that were given now; what was not given stays as it was. */
export function definedOf(connection: RunOptions['connection']): Partial<RunOptions['connection']> {
  const given = Object.entries(connection).filter(([, value]) => value !== undefined && value !== false);
  return Object.fromEntries(given);
}

/** Seconds in which a host whose controller has died ends what it was doing for it: its next word finds no listener. */
const NOTICE = 1;

/** Waits where a run was interrupted just now: what was on its way to the hosts may still be carried out. */
export async function untilHostsNoticed({ history }: Recorded): Promise<void> {
  const last = history.records.at(-1);
  if (history.end || !last) return;
  const left = Date.parse(last.time) + NOTICE * 1000 - Date.now();
  if (left > 0) await sleep(Math.min(left, NOTICE * 1000));
}
