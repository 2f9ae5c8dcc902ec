import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import ssh2, { type ClientChannel } from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { type PracticeHost, type PracticeOptions, startPracticeHost } from '../../src/practice/host.ts';
import { generateKeyPair } from '../../src/practice/keys.ts';
import { connectTo, outcomeOf } from './client.ts';

const hosts: PracticeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

async function start(options: PracticeOptions = {}): Promise<PracticeHost> {
  const host = await startPracticeHost({ mode: 'directory', ...options });
  hosts.push(host);
  return host;
}

const refused = 'All configured authentication methods failed';

test('refuses another key', async () => {
  const { privateKey } = generateKeyPair('another');
  await expect(connectTo(await start(), { privateKey })).rejects.toThrow(refused);
});

test('refuses the right key of an unknown user', async () => {
  await expect(connectTo(await start(), { username: 'somebody' })).rejects.toThrow(refused);
});

test('refuses the right password where passwords are off', async () => {
  const host = await start();
  const login = { privateKey: '', password: host.password };
  await expect(connectTo(host, login)).rejects.toThrow(refused);
});

test('takes the right password, and only that, where passwords are on', async () => {
  const host = await start({ authentication: ['password'], password: 'right horse' });
  await expect(connectTo(host, { privateKey: '', password: 'wrong' })).rejects.toThrow(refused);
  const client = await connectTo(host, { privateKey: '', password: 'right horse' });
  expect((await client.run('echo in')).stdout.toString()).toBe('in\n');
  client.close();
});

test('asks for the password on the keyboard', async () => {
  const host = await start({ authentication: ['keyboard-interactive'] });
  const client = new ssh2.Client();
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) =>
    answer(prompts.map(({ prompt }) => (prompt === 'Password: ' ? host.password : ''))),
  );
  const ready = once(client, 'ready');
  client.connect({ host: host.address, port: host.port, username: 'root', tryKeyboard: true });
  await ready;
  client.end();
});

test('has a new host key each time, and tells the right one', async () => {
  const [first, second] = [await start(), await start()];
  const keys = [first, second].map((host) => readFileSync(host.knownHostsFile, 'utf8').trim());
  expect(keys[0]).toMatch(new RegExp(`^\\[127\\.0\\.0\\.1\\]:${first.port} ssh-ed25519 [A-Za-z0-9+/=]+$`));
  expect(keys[0]?.split(' ')[2]).not.toBe(keys[1]?.split(' ')[2]);
  const strange = { ...first, knownHostsFile: second.knownHostsFile };
  await expect(connectTo(strange)).rejects.toThrow('Host denied');
});

test('prints noise before everything else, where a test wants it', async () => {
  const client = await connectTo(await start({ loginNoise: 'Welcome!\n' }));
  expect((await client.run('echo out')).stdout.toString()).toBe('Welcome!\nout\n');
  client.close();
});

test('refuses one channel more than it may have open, and takes it again later', async () => {
  const client = await connectTo(await start({ maxSessions: 2 }));
  const channels = [await client.start('cat'), await client.start('cat')];
  await expect(client.start('cat')).rejects.toThrow('Channel open failure');
  await outcomeOf(channels[0] as ClientChannel);
  expect((await client.run('echo again')).stdout.toString()).toBe('again\n');
  client.close();
});

test('takes LANG from the client, and nothing else of its environment', async () => {
  const host = await start();
  const client = new ssh2.Client();
  const ready = once(client, 'ready');
  client.connect({
    ...{ host: host.address, port: host.port, username: 'root' },
    privateKey: readFileSync(host.privateKeyFile),
  });
  await ready;
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const options = { env: { LANG: 'zh_CN.UTF-8', EDITOR: 'ed' } };
    client.exec('echo "$LANG:$EDITOR:"', options, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  expect((await outcomeOf(channel)).stdout.toString()).toBe('zh_CN.UTF-8::\n');
  client.end();
});

test('holds bytes back in both directions without slowing the flow, and counts round trips', async () => {
  const host = await start({ delayMs: 40 });
  const client = await connectTo(host);
  const channel = await client.start('while read -r line; do echo "got $line"; done');
  host.resetTraffic();
  const started = performance.now();
  for (const word of ['one', 'two', 'three']) {
    channel.write(`${word}\n`);
    expect(String(await new Promise((resolve) => channel.once('data', resolve)))).toBe(`got ${word}\n`);
  }
  expect(performance.now() - started).toBeGreaterThan(3 * 2 * 40 - 10);
  expect(host.traffic()).toEqual({
    ...{ connections: 0, channels: 0, roundTrips: 3 },
    ...{ bytesFromClient: 14, bytesToClient: 26 },
  });
  const bytes = Buffer.alloc(4_000_000, 'x');
  const flow = performance.now();
  expect((await client.run('cat', bytes)).stdout.length).toBe(bytes.length);
  // Held back chunk by chunk it would be 10 s.
  expect(performance.now() - flow).toBeLessThan(8000);
  client.close();
});

test('gives a terminal to a person', async (context) => {
  const host = await start();
  const probe = await connectTo(host);
  const { code } = await probe.run('command -v script && command -v stty');
  probe.close();
  context.skip(code !== 0, 'there is no script or stty on this machine');
  const client = new ssh2.Client();
  const ready = once(client, 'ready');
  client.connect({
    ...{ host: host.address, port: host.port, username: 'root' },
    privateKey: readFileSync(host.privateKeyFile),
  });
  await ready;
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const window = { term: 'xterm', rows: 33, cols: 99 };
    client.shell(window, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const outcome = await outcomeOf(channel, 'stty size; echo "$TERM"; exit 5\n');
  expect(outcome.stdout.toString()).toContain('33 99\r\nxterm\r\n');
  expect(outcome.code).toBe(5);
  client.end();
});
