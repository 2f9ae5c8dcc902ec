import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalFile, listRuns } from '../../src/journal/directory.ts';
import { readJournal } from '../../src/journal/read.ts';
import { hostwright, root } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

const TWENTY = join(root, 'test', 'journal', 'twenty-tasks.yaml');
/** More than there are processors: each waits a second for what a dead controller had sent. */
const WORKERS = 4;
let host: Host;
let inventory: string;

beforeAll(async () => {
  host = await lab.host({ name: 'night1' });
  inventory = join(lab.directory, 'night.yaml');
  await writeFile(inventory, lab.inventory([host], { user: 'nopasswd' }));
});
afterAll(() => lab.down());

/** A tree of the host to work in, and a directory of runs. */
function place(name: string) {
  const work = `/srv/${name}`;
  const runs = join(lab.directory, `runs-${name}`);
  const at = (more: Record<string, string> = {}) => ({
    cwd: lab.directory,
    environment: { HOSTWRIGHT_RUNS: runs, XDG_STATE_HOME: join(lab.directory, 'state'), ...more },
  });
  return {
    prepare: () => host.inside(`mkdir -p ${work}`),
    run: (more?: Record<string, string>) =>
      hostwright(['run', TWENTY, '-i', inventory, '-b', '-e', `lookup_root=${work}`], at(more)),
    resume: () => hostwright(['resume', 'latest', '--in-flight', 'redo'], at()),
    undo: (...words: string[]) => hostwright(['undo', 'latest', '--yes', ...words], at()),
    records: () =>
      readFileSync(journalFile(runs, listRuns(runs)[0] as string), 'utf8')
        .trim()
        .split('\n').length,
    left: async () => {
      const script = `cd ${work} && find . -printf '%P %y %m %u %l\\n' | sort; find . -type f | sort | xargs -r sha256sum`;
      return (await host.inside(script)).stdout.replaceAll(work, '');
    },
  };
}

test('a controller that is killed at any record leaves the host so that resume brings it to the same end', async () => {
  const whole = place('whole');
  await whole.prepare();
  expect((await whole.run()).code).toBe(0);
  const wanted = await whole.left();
  const records = whole.records();
  const numbers = Array.from({ length: records }, (_, index) => index + 1).filter(
    (number) => process.env.HOSTWRIGHT_EVERY_RECORD || number % 12 === 5,
  );
  expect(numbers.length).toBeGreaterThan(7);
  const ends: Record<number, string> = {};
  const work = async (number: number) => {
    const one = place(`at-${number}`);
    await one.prepare();
    const killed = await one.run({ HOSTWRIGHT_DIE_AFTER_RECORDS: String(number) });
    const resumed = await one.resume();
    const left = await one.left();
    if (killed.code !== undefined) ends[number] = `was not killed: ${killed.stderr}`;
    else if (resumed.code !== 0) ends[number] = `${resumed.code}: ${resumed.stdout}${resumed.stderr}`;
    else if (left !== wanted) ends[number] = left;
  };
  const worker = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) await work(number);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  expect(ends).toEqual({});
}, 3_600_000);

test('on a full disk the run stops with its host named, and goes on when there is room', async () => {
  const one = place('full');
  await one.prepare();
  const runs = join(lab.directory, 'runs-full');
  mkdirSync(runs);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'runs', runs]);
  try {
    const ran = await one.run();
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('cannot be written (ENOSPC), so nothing more is changed. The run stopped');
    expect(ran.stderr).toContain('on night1.');
    execFileSync('mount', ['-o', 'remount,size=8m', runs]);
    const resumed = await one.resume();
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    const undone = await one.undo();
    expect(undone.code, undone.stdout + undone.stderr).toBe(0);
  } finally {
    execFileSync('umount', [runs]);
  }
  expect(await one.left()).toMatch(/^ d 755 root \n(number|reloads)/);
});

test('a controller that is killed while a host restarts: resume waits for it, and restarts it no second time', async () => {
  const playbook = join(lab.directory, 'restart.yaml');
  await writeFile(
    playbook,
    `- hosts: all
  gather_facts: false
  tasks:
    - {name: before, copy: {content: x, dest: /srv/before, mode: '0644'}}
    - {name: restart, reboot: {reboot_timeout: 120, connect_timeout: 5}}
    - {name: after, copy: {content: "{{ inventory_hostname }}", dest: /srv/after, mode: '0644'}}
`,
  );
  const starts = () => host.console().match(/Startup finished|Welcome to/g)?.length ?? 0;
  const boots = async () => (await host.inside('stat -c %Y /proc/1; cat /run/started 2>/dev/null')).stdout;
  const runs = join(lab.directory, 'runs-restart');
  const at = (more: Record<string, string> = {}) => ({
    cwd: lab.directory,
    environment: { HOSTWRIGHT_RUNS: runs, XDG_STATE_HOME: join(lab.directory, 'state'), ...more },
  });
  const records = () => readJournal(journalFile(runs, listRuns(runs)[0] as string)).records;
  const run = (more?: Record<string, string>) =>
    hostwright(['run', playbook, '-i', inventory, '-b'], at(more));
  expect((await run()).code).toBe(0);
  // It is the record behind which the host was told, and the one behind which it had agreed.
  const intent = records().findIndex((record) => record.type === 'intent' && record.module === 'reboot') + 1;
  for (const [dies, agreed] of [
    [intent, false],
    [intent + 1, true],
  ] as const) {
    await host.inside('rm -f /srv/before /srv/after');
    await host.ready();
    const [marked, counted] = [await boots(), starts()];
    expect((await run({ HOSTWRIGHT_DIE_AFTER_RECORDS: String(dies) })).code).toBeUndefined();
    const shown = await hostwright(['runs', 'show', 'latest'], at());
    expect(shown.stdout).toMatch(agreed ? /restart/ : /in flight +0 4\.1 +restart \[reboot\]/);
    const resumed = await hostwright(['resume', 'latest'], at());
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(await boots()).not.toBe(marked);
    expect(starts() - counted).toBe(1);
    expect((await host.inside('cat /srv/after')).stdout).toBe('night1');
  }
  // There is nothing of a restart to take back, and nothing to ask.
  const undone = await hostwright(['undo', 'latest'], at());
  expect([undone.code, undone.stderr]).toEqual([0, '']);
}, 600_000);

test('undo brings the host back, and undo of the undo forward again', async () => {
  const one = place('undone');
  await one.prepare();
  const before = await one.left();
  expect((await one.run()).code).toBe(0);
  const forget = () => host.inside('rm -f /srv/undone/number /srv/undone/reloads');
  await forget();
  const after = await one.left();
  expect((await one.undo()).code).toBe(0);
  expect(await one.left()).toBe(before);
  expect((await one.undo()).code).toBe(0);
  expect(await one.left()).toBe(after);
});
