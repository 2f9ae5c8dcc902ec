import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { events, hostwright, projectWith, root } from './command.ts';

const TWENTY = readFileSync(path.join(root, 'test', 'journal', 'twenty-tasks.yaml'), 'utf8');
let project: ReturnType<typeof projectWith>;
beforeEach(() => {
  project = projectWith({ 'site.yaml': TWENTY });
  mkdirSync(host());
});
afterEach(() => project.remove());

const host = (name = '') => path.join(project.directory, 'host', name);
const place = (more: Record<string, string> = {}) => ({
  cwd: project.directory,
  environment: {
    HOSTWRIGHT_RUNS: path.join(project.directory, 'runs'),
    XDG_STATE_HOME: path.join(project.directory, 'state'),
    ...more,
  },
});
const run = (more?: Record<string, string>) =>
  hostwright(['run', 'site.yaml', '-c', 'local', '-i', 'a,', '-e', `lookup_root=${host()}`], place(more));
const undo = (...words: string[]) => events(['undo', ...words], place());
/** Every entry below the host's directory with its mode, target and content. */
const tree = () =>
  execFileSync(
    'sh',
    ['-c', 'find . -printf "%P %y %m %l\\n" | sort; find . -type f | sort | xargs -r sha256sum'],
    {
      cwd: host(),
      encoding: 'utf8',
    },
  );
const statuses = (ran: Awaited<ReturnType<typeof undo>>) =>
  ran.events
    .filter((event) => event.type === 'hostResult' && event.status !== 'skipped')
    .map((event) => `${event.task} ${event.status}`);
/** Files that commands made; nobody but their author can take them back. */
const forget = () => {
  for (const name of ['number', 'reloads']) rmSync(host(name), { force: true });
};

describe('undo', () => {
  test('takes a whole run back, and the undo as well', async () => {
    writeFileSync(host('other'), 'not ours\n', { mode: 0o640 });
    const before = tree();
    await run();
    forget();
    const after = tree();
    const preview = await undo('latest', '--check', '--diff');
    expect(preview.code).toBe(0);
    expect(tree()).toBe(after);
    const undone = await undo('latest', '--yes');
    expect(undone.code).toBe(0);
    expect(tree()).toBe(before);
    expect(statuses(undone)).toEqual(statuses(preview));
    expect(statuses(undone).slice(0, 3)).toEqual([
      'Undo: last changed',
      'Undo: removed changed',
      'Undo: empty changed',
    ]);
    expect((await undo('latest')).code).toBe(0);
    expect(tree()).toBe(after);
  });

  test('asks before it leaves something undone', async () => {
    await run();
    const after = tree();
    const refused = await hostwright(['undo', 'latest'], place());
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('a  number (shell): Only the person who wrote the command knows');
    expect(refused.stderr).toContain('--yes');
    expect(tree()).toBe(after);
  });

  test('leaves alone what was changed since, and takes back the rest', async () => {
    await run();
    writeFileSync(host('etc/last'), 'changed by hand\n');
    const undone = await undo('latest', '--yes');
    expect(undone.code).toBe(2);
    expect(statuses(undone)).toContain('Undo: last ignored');
    // What stands in it keeps the directory.
    expect(statuses(undone)).toContain('Undo: directory ignored');
    expect(statuses(undone).at(-1)).toBe('What was not taken back failed');
    forget();
    expect(tree().split('\n').slice(0, 3)).toEqual([' d 755 ', 'etc d 755 ', 'etc/last f 644 ']);
    expect(readFileSync(host('etc/last'), 'utf8')).toBe('changed by hand\n');
    const forced = await undo(await firstRun(), '--yes', '--force');
    expect(forced.code).toBe(0);
    expect(tree()).toBe(' d 755 \n');
  });

  test('takes nothing back where a task said that it changed nothing, and asks nothing', async () => {
    const look = `- hosts: all
  tasks:
    - {name: look, command: "true", changed_when: false}
    - {name: in turn, shell: "test {{ item }} = b", loop: [a, b], changed_when: false, failed_when: false}
    - {name: made, copy: {content: x, dest: "${host('made')}", mode: '0644'}}
`;
    writeFileSync(path.join(project.directory, 'site.yaml'), look);
    await run();
    const undone = await undo('latest');
    expect([undone.code, undone.stderr, statuses(undone)]).toEqual([0, '', ['Undo: made changed']]);
    expect(tree()).toBe(' d 755 \n');
  });

  test('a single task without a playbook can be taken back', async () => {
    const words = [
      'exec',
      'a',
      '-i',
      'a,',
      '-c',
      'local',
      '-m',
      'copy',
      '-a',
      `dest=${host('one')} content=x`,
    ];
    expect((await hostwright(words, place())).code).toBe(0);
    expect((await undo('latest')).code).toBe(0);
    expect(tree()).toBe(' d 755 \n');
  });

  test('takes a run back on every host that it changed', async () => {
    const playbook = `- hosts: all\n  tasks: [{copy: {dest: '${host()}/{{ inventory_hostname }}', content: x}}]\n`;
    writeFileSync(path.join(project.directory, 'site.yaml'), playbook);
    const three = ['-c', 'local', '-i', 'a,b,c,'];
    expect((await hostwright(['run', 'site.yaml', ...three], place())).code).toBe(0);
    const undone = await undo('latest');
    expect([undone.code, statuses(undone)]).toEqual([
      0,
      Array.from({ length: 3 }, () => 'Undo: copy changed'),
    ]);
    expect(tree()).toBe(' d 755 \n');
  });

  test('has nothing to do for a run that changed nothing', async () => {
    writeFileSync(path.join(project.directory, 'site.yaml'), '- hosts: all\n  tasks: [{ping: {}}]\n');
    await run();
    const nothing = await hostwright(['undo', 'latest'], place());
    expect([nothing.code, nothing.stdout]).toEqual([0, expect.stringContaining('is left to take back')]);
    // Standard output is for events alone where a program reads it.
    const read = await undo('latest');
    expect([read.code, read.stdout, read.stderr]).toEqual([0, '', nothing.stdout]);
  });
});

async function firstRun(): Promise<string> {
  const { readdirSync } = await import('node:fs');
  return readdirSync(path.join(project.directory, 'runs'))
    .filter((name) => /^\d/.test(name))
    .toSorted()[0] as string;
}
