import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import {
  connectTo,
  eventually,
  leftOut,
  markOf,
  namespaceRefusal,
  outcomeOf,
  processesOf,
  type TestClient,
} from './client.ts';

const refusal = await namespaceRefusal();
if (refusal) leftOut('practice host in a namespace', refusal);
const modes = refusal ? (['directory'] as const) : (['namespace', 'directory'] as const);

describe.each(modes)('a practice host in a %s', (mode) => {
  let host: PracticeHost;
  let client: TestClient;

  beforeAll(async () => {
    host = await startPracticeHost({ mode });
    client = await connectTo(host);
  });
  afterAll(async () => {
    client.close();
    await host.close();
  });

  const endings = [
    { command: 'printf out; printf err >&2', code: 0, signal: undefined, stdout: 'out', stderr: 'err' },
    { command: 'exit 7', code: 7, signal: undefined, stdout: '', stderr: '' },
    { command: 'kill -9 $$', code: null, signal: 'SIGKILL', stdout: '', stderr: '' },
    { command: 'echo "$USER:$SHELL"', code: 0, signal: undefined, stdout: 'root:/bin/sh\n', stderr: '' },
    {
      command: '[ "$PWD" = "$HOME" ] && echo home',
      code: 0,
      signal: undefined,
      stdout: 'home\n',
      stderr: '',
    },
    { command: "printf '%s' 'it'\\''s $HOME'", code: 0, signal: undefined, stdout: "it's $HOME", stderr: '' },
    { command: 'sleep 0.05 & echo done', code: 0, signal: undefined, stdout: 'done\n', stderr: '' },
  ];
  test.each(endings)('runs $command', async ({ command, stdout, ...rest }) => {
    const outcome = await client.run(command);
    expect({ ...outcome, stdout: outcome.stdout.toString() }).toEqual({ stdout, ...rest });
  });

  test('gives standard input to a program, and its end', async () => {
    expect((await client.run('cat; echo end', 'some text ')).stdout.toString()).toBe('some text end\n');
  });

  test('serves a shell on a shell channel', async () => {
    const outcome = await outcomeOf(await client.shell(), 'echo "from the shell"; exit 4\n');
    expect(outcome.stdout.toString()).toBe('from the shell\n');
    expect(outcome.code).toBe(4);
  });

  test('carries 20 MB of any bytes in and out unharmed', async () => {
    const bytes = randomBytes(20_000_000);
    const outcome = await client.run('cat', bytes);
    expect(outcome.code).toBe(0);
    expect(sha256(outcome.stdout)).toBe(sha256(bytes));
  }, 60_000);

  test('copes with input that a program does not read', async () => {
    const outcome = await client.run('exit 3', randomBytes(5_000_000));
    expect(outcome.code).toBe(3);
  });

  test('does not let a slow reader fill the memory', async () => {
    const channel = await client.start('head -c 40000000 /dev/zero; echo done >&2');
    let finished = false;
    channel.stderr.on('data', () => {
      finished = true;
    });
    await sleep(500);
    expect(finished).toBe(false);
    let received = 0;
    channel.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    expect(await eventually(() => received === 40_000_000 && finished, 20_000)).toBe(true);
  });

  test('mixes nothing up where a slow reader holds up both outputs', async () => {
    // More than what is under way and waits on the reader's side, so that the end of one and the other wait side by side.
    const channel = await client.start(
      'head -c 5000000 /dev/zero; echo late >&2; head -c 5000000 /dev/zero >&2',
    );
    await sleep(500);
    const { stdout, stderr } = await outcomeOf(channel);
    expect([stdout.length, stderr.length, stderr.slice(0, 6)]).toEqual([5_000_000, 5_000_005, 'late\n\0']);
  });

  test('runs channels at the same time', async () => {
    const started = Date.now();
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((number) => client.run(`sleep 2; echo ${number}`)),
    );
    expect(outcomes.map((outcome) => outcome.stdout.toString().trim())).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ]);
    expect(Date.now() - started).toBeLessThan(9000);
  });

  test('sends signals to the whole process group', async () => {
    const channel = await client.start('sleep 60 & trap "kill %1; exit 9" TERM; echo ready; wait');
    await new Promise((resolve) => channel.once('data', resolve));
    channel.signal('TERM');
    expect((await outcomeOf(channel)).code).toBe(9);
  });

  test('hangs up on the processes of a channel that is closed', async () => {
    const channel = await client.start('echo $$; sleep 61 & sleep 62');
    const shell = String(await new Promise((resolve) => channel.once('data', resolve))).trim();
    channel.close();
    const gone = async () => (await client.run(`kill -0 ${shell} 2>&1`)).code !== 0;
    expect(await eventually(gone)).toBe(true);
  });

  test('hangs up on the processes of a connection that breaks', async () => {
    const other = await connectTo(host);
    const channel = await other.start('echo $$; sleep 63 & sleep 64');
    const shell = String(await new Promise((resolve) => channel.once('data', resolve))).trim();
    other.close();
    const gone = async () => (await client.run(`kill -0 ${shell} 2>&1`)).code !== 0;
    expect(await eventually(gone)).toBe(true);
  });

  test('keeps what was written from one connection to the next, below the path that it names', async () => {
    expect((await client.run(`echo kept >${host.root}/etc/motd`)).stderr).toBe('');
    const other = await connectTo(host);
    expect((await other.run(`cat ${host.root}/etc/motd`)).stdout.toString()).toBe('kept\n');
    other.close();
  });

  test('gives an inventory that leads to it', () => {
    expect(parse(host.inventory)).toEqual({
      practice: {
        hosts: {
          practice: {
            ansible_host: '127.0.0.1',
            ansible_port: host.port,
            ansible_user: 'root',
            ansible_ssh_private_key_file: host.privateKeyFile,
            connection: { known_hosts: host.knownHostsFile },
            practice_root: host.root,
            practice_network: host.network,
          },
        },
      },
    });
    expect(readFileSync(host.inventoryFile, 'utf8')).toBe(host.inventory);
  });
});

describe.each(modes)('closing a practice host in a %s', (mode) => {
  test.skipIf(process.platform !== 'linux')('leaves no process, no file and no connection', async () => {
    const host = await startPracticeHost({ mode });
    const client = await connectTo(host);
    const mark = await markOf(client);
    await client.run('setsid sleep 65 >/dev/null 2>&1 </dev/null &');
    await client.start('sleep 66');
    expect(processesOf(mark).length).toBeGreaterThanOrEqual(2);

    const before = Date.now();
    await host.close();
    expect(processesOf(mark)).toEqual([]);
    expect(existsSync(dirname(host.privateKeyFile))).toBe(false);
    await expect(once(connect(host.port, host.address), 'connect')).rejects.toThrow('ECONNREFUSED');
    expect(Date.now() - before).toBeLessThan(30_000);
    await host.close();
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
