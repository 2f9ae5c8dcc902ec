import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { median } from './measure.ts';

/** Milliseconds from the start of the process. */
export interface Starts {
  readonly bare: number;
  readonly version: number;
  /** Until the TCP connection to the host is there, and until the first byte comes through it. */
  readonly connected: number;
  readonly firstByte: number;
  /** Version of Node. */
  readonly release: string;
}

const PLAYBOOK = [
  {
    hosts: 'all',
    tasks: [{ file: { path: '/tmp/a', state: 'directory' } }, { copy: { content: 'a', dest: '/tmp/b' } }],
  },
];

/** How long Hostwright takes to begin, with this Node, in medians of `runs` after one that does not count. */
export async function measureStarts(
  node: string,
  checkout: string,
  directory: string,
  runs: number,
): Promise<Starts> {
  const program = join(resolve(checkout), 'bin/hostwright.js');
  writeFileSync(join(directory, 'start.yaml'), JSON.stringify(PLAYBOOK));
  const found = {
    bare: [] as number[],
    version: [] as number[],
    connected: [] as number[],
    firstByte: [] as number[],
  };
  // To its end, once: that is when Node keeps what it has compiled.
  await ended(node, [program, 'run', 'start.yaml', '-i', 'localhost,', '-c', 'local', '--check'], directory);
  for (let run = 0; run <= runs; run += 1) {
    const bare = await ended(node, ['-e', '0'], directory);
    const version = await ended(node, [program, '--version'], directory);
    const { connected, firstByte } = await firstContact(node, program, directory);
    if (run === 0) continue;
    found.bare.push(bare);
    found.version.push(version);
    found.connected.push(connected);
    found.firstByte.push(firstByte);
  }
  return {
    bare: median(found.bare),
    version: median(found.version),
    connected: median(found.connected),
    firstByte: median(found.firstByte),
    release: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
  };
}

function ended(node: string, words: readonly string[], directory: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(node, words, { cwd: directory, stdio: 'ignore' });
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? settle(performance.now() - startedAt) : reject(new Error(`${words.join(' ')}: ${code}`)),
    );
  });
}

async function firstContact(node: string, program: string, directory: string) {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const startedAt = performance.now();
  const child = spawn(
    node,
    [program, 'run', 'start.yaml', '-i', `127.0.0.1:${port},`, '-u', 'nobody', '--reporter', 'plain'],
    { cwd: directory, stdio: 'ignore' },
  );
  const gone = new Promise((settle) => child.once('exit', settle));
  const times = await new Promise<{ connected: number; firstByte: number }>((settle, reject) => {
    child.once('exit', (code) => reject(new Error(`hostwright ended with ${code} before it sent anything`)));
    server.once('connection', (socket) => {
      const connected = performance.now() - startedAt;
      socket.once('data', () => settle({ connected, firstByte: performance.now() - startedAt }));
      socket.on('error', () => {});
    });
  });
  child.kill('SIGKILL');
  await gone;
  server.close();
  return times;
}
