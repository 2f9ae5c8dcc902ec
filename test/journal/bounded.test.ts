import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cutData } from '../../src/journal/cut.ts';
import { listRuns, lockRun, makeRunDirectory, pruneRuns } from '../../src/journal/directory.ts';
import { playText } from '../engine/play.ts';
import { type Recording, recording } from './recording.ts';

let recorded: Recording;
beforeEach(() => {
  recorded = recording();
});
afterEach(() => recorded.remove());

describe('the journal is bounded', () => {
  test('whatever a command prints and a file holds, what nobody needs again is cut', async () => {
    const text = `
- hosts: all
  tasks:
    - {name: floods, shell: "yes 'a line that is repeated' | head -c 8000000"}
    - {name: fails loudly, shell: "yes 'and this one' | head -c 3000000 >&2; false", ignore_errors: true}
    - {name: large, shell: "yes large | head -c 900000 > '{{ playbook_dir }}/large'"}
    - {name: a line of it, lineinfile: {path: "{{ playbook_dir }}/large", line: the last}, diff: true}
`;
    const played = await playText(text, { openJournal: recorded.open, options: { diff: true } });
    expect(played.exitCode).toBe(0);
    const sizes = recorded
      .records()
      .map((record) => ({ type: record.type, size: JSON.stringify(record).length }));
    // Before-images are whole, since undo brings them back; all else is cut.
    const [largest] = sizes.filter(({ type }) => type === 'intent').toSorted((a, b) => b.size - a.size);
    expect(largest?.size).toBeLessThan(5_000_000);
    const others = sizes.filter(({ type }) => type !== 'intent' && type !== 'done');
    expect(Math.max(...others.map(({ size }) => size))).toBeLessThan(1_000_000);
    expect(statSync(recorded.file()).size).toBeLessThan(30_000_000);
  });

  test('a record says how much was left out', () => {
    const cut = cutData({ diff: 'x'.repeat(100_000), short: 'kept' });
    expect(cut.short).toBe('kept');
    expect(cut.diff.length).toBeLessThan(70_000);
    expect(cut.diff).toContain('… 34464 characters left out …');
    const many = cutData({ all: Array.from({ length: 500 }, () => 'y'.repeat(10_000)) });
    expect(JSON.stringify(many).length).toBeLessThan(500 * 700);
  });

  test('the oldest runs go, but none that somebody works on', () => {
    const ids = Array.from({ length: 6 }, (_, index) => `20250101-00000${index}-0000`);
    for (const id of ids) writeFileSync(path.join(makeRunDirectory(recorded.runs, id), 'journal.jsonl'), '');
    const unlock = lockRun(recorded.runs, ids[0] as string);
    mkdirSync(path.join(recorded.runs, 'not-a-run'));
    pruneRuns(recorded.runs, { HOSTWRIGHT_KEEP_RUNS: '2' });
    expect(listRuns(recorded.runs)).toEqual([ids[5], ids[4], ids[0]]);
    unlock();
    pruneRuns(recorded.runs, { HOSTWRIGHT_KEEP_RUNS: '2' });
    expect(listRuns(recorded.runs)).toEqual([ids[5], ids[4]]);
  });
});
