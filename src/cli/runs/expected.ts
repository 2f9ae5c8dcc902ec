import { isDeepStrictEqual } from 'node:util';
import { journalFile, listRuns, runsDirectory } from '../../journal/directory.ts';
import { historyOf } from '../../journal/history.ts';
import { readJournal } from '../../journal/read.ts';
import { createSealer, keyFile, opened } from '../../journal/seal.ts';
import type { Expected } from '../../reporters/reporter.ts';
import type { KeptOrigin } from '../run-origin.ts';
import type { Terminal } from '../terminal.ts';

/** Runs that are looked at for one of the same playbooks. */
const LOOKED_AT = 10;

/** Milliseconds from which on one wants to know how long it usually takes. */
const LONG = 3000;

/** How long the latest whole run of the same playbooks took; undefined where there is none that can be read. */
export function expectedOf(
  files: readonly string[],
  check: boolean,
  { environment }: Terminal,
): Expected | undefined {
  const runs = runsDirectory(environment);
  if (runs === undefined) return undefined;
  const sealer = createSealer(keyFile(environment));
  for (const runId of listRuns(runs).slice(0, LOOKED_AT)) {
    try {
      const { begin, records } = readJournal(journalFile(runs, runId));
      if (begin.check !== check) continue;
      const origin = opened(begin.origin, sealer) as unknown as KeptOrigin;
      if (!isDeepStrictEqual(origin.files, files) || origin.directory !== process.cwd()) continue;
      const { end, results } = historyOf(begin, records);
      if (end?.exitCode !== 0 || records.some((record) => record.type === 'begin' && record.resumed))
        continue;
      const tasks = new Map<string, number>();
      for (const { play, task, item, durationMs } of results) {
        const key = `${play}\n${task}`;
        if (item === undefined) tasks.set(key, Math.max(tasks.get(key) ?? 0, durationMs));
      }
      return {
        run: end.durationMs,
        task: (play, task) => {
          const usual = tasks.get(`${play}\n${task}`);
          return usual !== undefined && usual >= LONG ? usual : undefined;
        },
      };
    } catch {
      // An estimate is no reason to fail.
    }
  }
  return undefined;
}
