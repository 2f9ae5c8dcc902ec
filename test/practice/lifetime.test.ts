import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PracticeHost } from '../../src/practice/host.ts';
import { bundlePracticeHost } from './bundle.ts';
import { connectTo, eventually, leftOut, markOf, namespaceRefusal, processesOf } from './client.ts';

const refusal = await namespaceRefusal();
if (refusal) leftOut('lifetime of namespaces', refusal);
const modes = refusal ? (['directory'] as const) : (['namespace', 'directory'] as const);

let bundle: Awaited<ReturnType<typeof bundlePracticeHost>>;
beforeAll(async () => {
  bundle = await bundlePracticeHost();
});
afterAll(() => bundle.remove());

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly host: PracticeHost;
}

const started: { kill: (signal: 'SIGKILL') => boolean }[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A practice host in a process of its own, which a test can then treat badly. */
async function startElsewhere(mode: string, wrapper: readonly string[] = []): Promise<Started> {
  const program = `
    const { startPracticeHost } = await import(${JSON.stringify(bundle.file)});
    const host = await startPracticeHost({ mode: ${JSON.stringify(mode)} });
    console.log(JSON.stringify(host));`;
  const words = [...wrapper, process.execPath, '--input-type=module', '--eval', program];
  const child = spawn(words[0] as string, words.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH ?? '', TMPDIR: join(bundle.directory, 'tmp') },
  });
  started.push(child);
  const said = once(createInterface(child.stdout), 'line');
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`)));
  const [line] = (await Promise.race([said, ended])) as [string];
  ended.catch(() => {});
  return { child, host: JSON.parse(line) as PracticeHost };
}

function scratchDirectories(): readonly string[] {
  return readdirSync(join(bundle.directory, 'tmp'));
}

describe.each(modes)('a practice host in a %s', (mode) => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('takes everything with it on %s', async (signal) => {
    const { child, host } = await startElsewhere(mode);
    const client = await connectTo(host);
    const mark = await markOf(client);
    await client.run('setsid sleep 70 >/dev/null 2>&1 </dev/null &');
    const exit = once(child, 'exit');
    child.kill(signal);
    expect(await exit).toEqual([null, signal]);
    expect(await eventually(() => processesOf(mark).length === 0)).toBe(true);
    expect(scratchDirectories()).toEqual([]);
  });
});

test.skipIf(refusal)(
  'the kernel ends a host whose process was killed outright; the next start tidies up',
  async () => {
    const { child, host } = await startElsewhere('namespace');
    const client = await connectTo(host);
    const mark = await markOf(client);
    await client.run('setsid sleep 71 >/dev/null 2>&1 </dev/null &');
    child.kill('SIGKILL');
    expect(await eventually(() => processesOf(mark).length === 0)).toBe(true);
    expect(scratchDirectories().length).toBe(1);
    const next = await startElsewhere('directory');
    expect(scratchDirectories().length).toBe(1);
    next.child.kill('SIGTERM');
    await once(next.child, 'exit');
    expect(scratchDirectories()).toEqual([]);
  },
);

describe('started by an ordinary user', () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const readable = () =>
    spawnSync(nobody[0] as string, [...nobody.slice(1), 'cat', bundle.file]).status === 0;

  test('has its namespaces and its network without root', async (context) => {
    const reason =
      process.geteuid?.() !== 0
        ? 'the tests run as an ordinary user already: see the other tests'
        : refusal || (readable() ? undefined : 'there is no setpriv, or nobody cannot read this directory');
    if (reason) leftOut('a practice host of an ordinary user', reason);
    context.skip(reason !== undefined, reason);
    const { child, host } = await startElsewhere('auto', nobody);
    if (host.mode !== 'namespace') leftOut('namespaces of an ordinary user', host.notices.join(' '));
    context.skip(host.mode !== 'namespace', host.notices.join(' '));
    expect({ network: host.network, separateUsers: host.separateUsers }).toEqual({
      network: true,
      separateUsers: false,
    });
    expect(host.notices).toEqual(['All users share one user id, because only root may map more of them.']);
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).toBe('65534');

    const client = await connectTo(host);
    const script =
      'id -u; echo text >/etc/motd && cat /etc/motd; ip link add br0 type bridge && ls /sys/class/net';
    const { stdout, stderr } = await client.run(script);
    expect(stdout.toString() + stderr).toBe('0\ntext\nbr0\neth0\nlo\n');
    const mark = await markOf(client);
    expect(processesOf(mark).length).toBeGreaterThan(0);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
    expect(await eventually(() => processesOf(mark).length === 0)).toBe(true);
  });
});
