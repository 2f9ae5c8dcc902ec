import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalFile, listRuns } from '../../src/journal/directory.ts';
import { hostwright, root } from './command.ts';

const PLAYBOOK = path.join(root, 'test', 'journal', 'twenty-tasks.yaml');
/** More than there are processors: each waits a second for what a dead controller had sent. */
const WORKERS = 4;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'hostwright-killed-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A place for one run: what it works on, its journal, and how it is started. */
function place(name: string) {
  const work = path.join(directory, name);
  mkdirSync(path.join(work, 'host'), { recursive: true });
  const at = (more: Record<string, string> = {}) => ({
    cwd: work,
    environment: {
      HOSTWRIGHT_RUNS: path.join(work, 'runs'),
      XDG_STATE_HOME: path.join(directory, 'state'),
      ...more,
    },
  });
  return {
    run: (more?: Record<string, string>) =>
      hostwright(['run', PLAYBOOK, '-c', 'local', '-i', 'a,', '-e', `lookup_root=${work}/host`], at(more)),
    resume: (more?: Record<string, string>) =>
      hostwright(['resume', 'latest', '--in-flight', 'redo'], at(more)),
    undo: () => hostwright(['undo', 'latest', '--yes'], at()),
    /** Removes what commands made: only their author can take that back. */
    forget: () => {
      for (const file of ['number', 'reloads']) rmSync(path.join(work, 'host', file), { force: true });
    },
    records: () => {
      const runs = path.join(work, 'runs');
      return readFileSync(journalFile(runs, listRuns(runs)[0] as string), 'utf8')
        .trim()
        .split('\n').length;
    },
    /** Everything that is there, with its content: what the work left behind. */
    left: () =>
      execFileSync(
        'sh',
        ['-c', 'find . -printf "%P %y %m %l\\n" | sort; find . -type f | sort | xargs sha256sum'],
        {
          cwd: path.join(work, 'host'),
          encoding: 'utf8',
        },
      ).replaceAll(work, ''),
  };
}

test('a controller that is killed at any record leaves what resume brings to the same end', async () => {
  const whole = place('whole');
  expect((await whole.run()).code).toBe(0);
  const records = whole.records();
  const wanted = whole.left();
  expect(records).toBeGreaterThan(100);
  const ends = await atRecords(
    records,
    async (number) => {
      const one = place(`at-${number}`);
      const killed = await one.run({ HOSTWRIGHT_DIE_AFTER_RECORDS: String(number) });
      if (killed.code !== undefined) return `was not killed: ${killed.stderr}`;
      const resumed = await one.resume();
      if (resumed.code !== 0) return `resume ended with ${resumed.code}: ${resumed.stdout}${resumed.stderr}`;
      return one.left() === wanted ? undefined : one.left();
    },
    3,
  );
  expect(ends).toEqual({});
}, 1_200_000);

test('what a controller had made that was killed at any record is taken back', async () => {
  const whole = place('whole-undone');
  const before = whole.left();
  expect((await whole.run()).code).toBe(0);
  const ends = await atRecords(
    whole.records(),
    async (number) => {
      const one = place(`undone-${number}`);
      const killed = await one.run({ HOSTWRIGHT_DIE_AFTER_RECORDS: String(number) });
      if (killed.code !== undefined) return `was not killed: ${killed.stderr}`;
      const undone = await one.undo();
      if (undone.code !== 0) return `undo ended with ${undone.code}: ${undone.stdout}${undone.stderr}`;
      one.forget();
      return one.left() === before ? undefined : one.left();
    },
    5,
  );
  expect(ends).toEqual({});
}, 1_200_000);

/** Does it at every `step`th record of a run, several at a time, and gives what went wrong by the record at which the controller died. */
async function atRecords(
  records: number,
  work: (number: number) => Promise<string | undefined>,
  step: number,
): Promise<Readonly<Record<number, string>>> {
  const ends: Record<number, string> = {};
  const numbers = Array.from({ length: records }, (_, index) => index + 1).filter(
    (number) => process.env.HOSTWRIGHT_EVERY_RECORD || number % step === 0 || number > records - 2,
  );
  const worker = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const problem = await work(number);
      if (problem !== undefined) ends[number] = problem;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return ends;
}

test('a run may be killed again and again while it is resumed', async () => {
  const whole = place('whole-again');
  await whole.run();
  const one = place('again');
  expect((await one.run({ HOSTWRIGHT_DIE_AFTER_RECORDS: '20' })).code).toBeUndefined();
  let times = 0;
  // Each time it comes a little further: a resumed run begins with a few records that tell no progress.
  while ((await one.resume({ HOSTWRIGHT_DIE_AFTER_RECORDS: '25' })).code === undefined) {
    expect(times++).toBeLessThan(20);
  }
  expect(times).toBeGreaterThan(3);
  expect(one.left()).toBe(whole.left());
}, 120_000);
