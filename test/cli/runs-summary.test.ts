import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/cli/runs/summary.ts';
import { historyOf } from '../../src/journal/history.ts';
import type { BeginRecord, JournalRecord, Kept } from '../../src/journal/record.ts';

const FILE = path.join(import.meta.dirname, '..', 'journal', 'format-1', 'journal.jsonl');
const RECORDS = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as JournalRecord);
const TASKS = ['directory', 'files', 'look', 'token', 'fails on b', 'last'];

/** What `runs show` says where the controller died behind this record. */
function shown(records: readonly JournalRecord[]) {
  const history = historyOf(records[0] as BeginRecord, records);
  const open = <T>(_kept: Kept<T>) => ({ command: 'run', files: ['site.yaml'] }) as T;
  return summarize({ runId: 'r', history, open, owner: undefined });
}

describe('whatever record is the last one', () => {
  test.each(RECORDS.map((_, index) => index + 1))(
    'what is done, in flight and not begun behind %d of them',
    (count) => {
      const records = RECORDS.slice(0, count);
      const summary = shown(records);
      const isOver = records.some(({ type }) => type === 'end');
      expect(summary.state).toBe(isOver ? 'failed' : 'interrupted');
      const began = records.some((record) => record.type === 'event' && record.event.type === 'playStart');
      expect(summary.hosts.map(({ host }) => host)).toEqual(began ? ['a', 'b'] : []);
      for (const { host, tasks } of summary.hosts) {
        const ofHost = <T extends 'intent' | 'done'>(type: T) =>
          records.flatMap((record) =>
            record.type === type && record.key.host === host
              ? [record as Extract<JournalRecord, { type: T }>]
              : [],
          );
        const done = ofHost('done').filter(({ key }) => key.round === undefined);
        const doneAt = new Set(ofHost('done').map(({ key }) => JSON.stringify(key)));
        const open = ofHost('intent').filter(({ key }) => !doneAt.has(JSON.stringify(key)));
        const named = (status: string) =>
          tasks.filter((row) => row.status === status && !row.place.includes('#')).map(({ task }) => task);
        expect(tasks.filter(({ status }) => status === 'in flight').map(({ task }) => task)).toEqual(
          open.map(({ task }) => task),
        );
        for (const status of ['ok', 'changed', 'failed', 'skipped']) {
          expect(named(status)).toEqual(done.filter((one) => one.status === status).map(({ task }) => task));
        }
        // Every task is one of the three; of a loop that has begun its rounds tell.
        const begun = new Set([...done, ...ofHost('done'), ...ofHost('intent')].map(({ task }) => task));
        expect(named('not begun')).toEqual(TASKS.filter((task) => !begun.has(task)));
      }
    },
  );
});
