import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { hostwright, projectWith } from './command.ts';

const password = 'open sesame';

let practice: PracticeHost;
let project: ReturnType<typeof projectWith>;
let runtime: string;
let round = 0;

beforeAll(async () => {
  practice = await startPracticeHost({
    user: 'operator',
    password,
    authentication: ['publickey', 'password'],
    sudo: 'password',
  });
});
afterAll(() => practice.close());
beforeEach(() => {
  project = projectWith({});
  // One keeper for each test.
  runtime = join(project.directory, `runtime-${++round}`);
  mkdirSync(runtime, { mode: 0o700 });
  practice.resetTraffic();
});
afterEach(async () => {
  await allEnded();
  project.remove();
});

const sockets = () => {
  const directory = join(runtime, 'hostwright');
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
};
const keepers = () =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('keep-connections') && line.includes(runtime));

async function allEnded(): Promise<void> {
  for (let left = 100; left > 0 && keepers().length > 0; left -= 1) await sleep(100);
  expect(keepers()).toEqual([]);
  expect(sockets()).toEqual([]);
}

function exec(words: readonly string[], variables: Readonly<Record<string, unknown>> = {}) {
  const all = { ...practice.variables, ...variables };
  writeFileSync(join(project.directory, 'hosts.yaml'), stringify({ all: { hosts: { h: all } } }));
  return hostwright(['exec', 'all', '-i', 'hosts.yaml', '-m', 'command', ...words], {
    cwd: project.directory,
    environment: { XDG_RUNTIME_DIR: runtime },
  });
}

describe('a connection that is kept', () => {
  test('serves the next command without a login, in a place closed to others, and ends by itself', async () => {
    const words = ['-a', 'id -un', '--keep-connection', '3', '-v'];
    const first = await exec(words);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(practice.traffic().connections).toBe(1);
    const [socket = ''] = sockets();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(runtime, 'hostwright')).mode & 0o777).toBe(0o700);
    const second = await exec(words);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('operator');
    expect(practice.traffic().connections).toBe(1);
  });

  test('is not made unless it is asked for', async () => {
    expect(await exec(['-a', 'true'])).toMatchObject({ code: 0 });
    expect(await exec(['-a', 'true'])).toMatchObject({ code: 0 });
    expect(practice.traffic().connections).toBe(2);
    expect(sockets()).toEqual([]);
  });

  test('is for the same user and host only; each user that is become has a session of its own', async () => {
    const keep = { connection: { ...(practice.variables.connection as object), keep_connection: 3 } };
    const become = { ansible_become_password: password };
    expect((await exec(['-a', 'id -un', '-v'], { ...keep, ...become })).stdout).toContain('operator');
    expect((await exec(['-a', 'id -un', '-v', '-b'], { ...keep, ...become })).stdout).toContain('root');
    expect((await exec(['-a', 'id -un', '-v'], { ...keep, ...become })).stdout).toContain('operator');
    expect(practice.traffic().connections).toBe(1);
    expect((await exec(['-a', 'id -un', '-v'], { ...keep, ansible_user: 'root' })).stdout).toContain('root');
    expect(practice.traffic().connections).toBe(2);
  });

  test('asks the host for its key again where what is trusted has changed', async () => {
    const words = ['-a', 'true', '--keep-connection', '3'];
    expect(await exec(words)).toMatchObject({ code: 0 });
    writeFileSync(join(project.directory, 'known-empty'), '');
    const refused = await exec([...words, '--known-hosts', 'known-empty'], { connection: {} });
    expect(refused.code).toBe(4);
    expect(`${refused.stdout}${refused.stderr}`).toMatch(/host key/i);
  });

  test('leaves no secret in arguments or the environment of the keeper', async () => {
    const login = { ansible_ssh_private_key_file: undefined, ansible_password: password };
    expect(await exec(['-a', 'true', '--keep-connection', '3'], login)).toMatchObject({ code: 0 });
    const [line] = keepers();
    expect(line).not.toContain(password);
    const pids = execFileSync('pgrep', ['-f', `keep-connections ${runtime}`], { encoding: 'utf8' })
      .trim()
      .split('\n');
    for (const pid of pids) {
      const environment = execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8' });
      expect(environment).not.toContain(password);
      expect(environment).not.toContain('VITEST');
    }
  });

  test('is not what a run comes back over after it has reset its connection', async () => {
    const words = ['--keep-connection', '3'];
    expect((await hostwrightTasks([{ command: 'true' }], words)).code).toBe(0);
    expect(practice.traffic().connections).toBe(1);
    const reset = [{ command: 'true' }, { meta: 'reset_connection' }, { command: 'true' }];
    expect((await hostwrightTasks(reset, words)).code).toBe(0);
    expect(practice.traffic().connections).toBe(2);
  });

  test('carries much output, and input, and the exit of a program', async () => {
    const words = ['--keep-connection', '3'];
    const much = await hostwrightTasks(
      [{ shell: 'head -c 3000000 /dev/zero | tr "\\\\0" x; exit 5' }],
      words,
    );
    expect(much.code).toBe(2);
    expect(much.stdout).toContain('"rc":5');
    expect(much.stdout.match(/x{1000}/g)?.length).toBeGreaterThan(1000);
  });
});

function hostwrightTasks(tasks: readonly object[], words: readonly string[]) {
  writeFileSync(
    join(project.directory, 'hosts.yaml'),
    stringify({ all: { hosts: { h: practice.variables } } }),
  );
  writeFileSync(join(project.directory, 'site.yaml'), stringify([{ hosts: 'all', tasks }]));
  return hostwright(['run', 'site.yaml', '-i', 'hosts.yaml', '--reporter', 'json', ...words], {
    cwd: project.directory,
    environment: { XDG_RUNTIME_DIR: runtime },
  });
}
