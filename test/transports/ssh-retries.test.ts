import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ConnectionTarget } from '../../src/core/connection.ts';
import { ssh } from '../../src/transports/ssh.ts';
import { type PracticeServer, startServer } from '../contract/ssh-server.ts';
import { freePort } from '../contract/sshd.ts';
import { scratchDirectory } from '../shell/shells.ts';
import { targetOf } from './targets.ts';

const scratch = scratchDirectory();
const closing: (() => unknown)[] = [];

beforeAll(() => {
  vi.stubEnv('HOME', scratch.path);
  vi.stubEnv('SSH_AUTH_SOCK', undefined);
});
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.();
});
afterAll(() => {
  vi.unstubAllEnvs();
  scratch.remove();
});

/** Stands in front of a server, and hangs up on the first connections, as sshd does beyond MaxStartups. */
async function doorkeeper(
  server: PracticeServer,
  turnedAway: number,
): Promise<{ port: number; came: () => number }> {
  let came = 0;
  const door: Server = createServer((socket) => {
    socket.on('error', () => {});
    came += 1;
    if (came <= turnedAway) return void socket.end('Exceeded MaxStartups\r\n');
    const way = connect(server.port, '127.0.0.1');
    way.on('error', () => {});
    socket.pipe(way).pipe(socket);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => door.listen(port, '127.0.0.1', resolve));
  closing.push(() => door.close());
  return { port, came: () => came };
}

async function server(): Promise<{ server: PracticeServer; target: ConnectionTarget }> {
  const started = await startServer();
  closing.push(() => started.close());
  return { server: started, target: targetOf(started, scratch.path) };
}

test('a host that has too many logins under way is tried again, with pauses', async () => {
  const { server: practice, target } = await server();
  const door = await doorkeeper(practice, 1);
  const pinned = practice.hostKeys[0]?.line as string;
  const hostKeys = { ...target.hostKeys, pinned };
  const started = performance.now();
  const connection = await ssh.open({ ...target, port: door.port, hostKeys });
  await connection.close();
  expect(door.came()).toBe(2);
  expect(performance.now() - started).toBeGreaterThan(900);
});

test('not beyond the time for the login', async () => {
  const { server: practice, target } = await server();
  const door = await doorkeeper(practice, 99);
  await expect(ssh.open({ ...target, port: door.port, connectTimeoutSeconds: 2 })).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('closed the connection before the login'),
  });
  expect(door.came()).toBe(2);
});

test('a login that was refused is not tried again', async () => {
  const { server: practice, target } = await server();
  const other = await startServer();
  closing.push(() => other.close());
  const key = targetOf(other, scratch.path).privateKeyFile as string;
  const refused = ssh.open({ ...target, privateKeyFile: key, sshOptions: { connectionattempts: '5' } });
  await expect(refused).rejects.toMatchObject({ code: 'authentication-failed' });
  expect(practice.logins.length).toBeLessThanOrEqual(2);
});

test('a host that is not there is tried as often as ConnectionAttempts says', async () => {
  const { server: practice, target } = await server();
  const port = await freePort();
  const hostKeys = { ...target.hostKeys, pinned: practice.hostKeys[0]?.line as string };
  const opening = ssh.open({ ...target, port, hostKeys, sshOptions: { connectionattempts: '3' } });
  const late = createServer((socket) => socket.pipe(connect(practice.port, '127.0.0.1')).pipe(socket));
  closing.push(() => late.close());
  setTimeout(() => late.listen(port, '127.0.0.1'), 500);
  await (await opening).close();
  await expect(
    ssh.open({ ...target, port: await freePort(), sshOptions: { connectionattempts: '1' } }),
  ).rejects.toMatchObject({ code: 'unreachable' });
});
