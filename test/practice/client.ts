import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import { parse } from 'yaml';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';

type Address = Pick<PracticeHost, 'address' | 'port' | 'user' | 'privateKeyFile' | 'knownHostsFile'>;

export interface Outcome {
  readonly code: number | null;
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface TestClient {
  readonly run: (command: string, input?: string | Uint8Array) => Promise<Outcome>;
  /** An open channel, with nothing listening to it yet. */
  readonly start: (command: string) => Promise<ClientChannel>;
  readonly shell: () => Promise<ClientChannel>;
  readonly close: () => void;
}

/** A plain ssh2 client: nothing of ours is between the test and the practice host. */
export async function connectTo(host: Address, config: ConnectConfig = {}): Promise<TestClient> {
  const client = new ssh2.Client();
  const ready = once(client, 'ready');
  client.connect({
    host: host.address,
    port: host.port,
    username: host.user,
    privateKey: readFileSync(host.privateKeyFile),
    hostVerifier: (key: Buffer) =>
      readFileSync(host.knownHostsFile, 'utf8').includes(` ssh-ed25519 ${key.toString('base64')}`),
    ...config,
  });
  client.setNoDelay(true);
  await ready;
  client.on('error', () => {});
  const opened = (open: (done: ssh2.ClientCallback) => void) =>
    new Promise<ClientChannel>((resolve, reject) => {
      open((error, channel) => {
        if (error) return reject(error);
        // Here and now: the end can be in the same packet as the beginning.
        ends.set(channel, endOf(channel));
        resolve(channel);
      });
    });
  const start = (command: string) => opened((done) => client.exec(command, done));
  return {
    start,
    run: async (command, input) => outcomeOf(await start(command), input),
    shell: () => opened((done) => client.shell(false, done)),
    close: () => client.end(),
  };
}

interface End {
  readonly code: number | null;
  readonly signal: string | undefined;
}

const ends = new WeakMap<ClientChannel, Promise<End>>();

function endOf(channel: ClientChannel): Promise<End> {
  let end: End = { code: null, signal: undefined };
  channel.on('exit', (code: number | null, signal?: string) => {
    end = { code, signal };
  });
  return new Promise((resolve) => channel.once('close', () => resolve(end)));
}

/** A client for every host of an inventory that a practice command wrote. */
export async function connectToVariables(inventoryFile: string): Promise<readonly [string, TestClient][]> {
  const { practice } = parse(readFileSync(inventoryFile, 'utf8'));
  const clients: [string, TestClient][] = [];
  for (const [name, variables] of Object.entries<Record<string, unknown>>(practice.hosts)) {
    const client = await connectTo({
      address: String(variables.ansible_host),
      port: Number(variables.ansible_port),
      user: String(variables.ansible_user),
      privateKeyFile: String(variables.ansible_ssh_private_key_file),
      knownHostsFile: String((variables.connection as { known_hosts: string }).known_hosts),
    });
    clients.push([name, client]);
  }
  return clients;
}

/** Sends the input, then waits for everything that comes and for the end. */
export async function outcomeOf(channel: ClientChannel, input: string | Uint8Array = ''): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const end = ends.get(channel) ?? endOf(channel);
  channel.end(input);
  // 'close' can come before the last 'data'.
  const read = Promise.all([once(channel, 'end'), once(channel.stderr, 'end')]);
  const ended = await end;
  await read;
  return { ...ended, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** Ids of the processes that carry a practice host's mark, seen from outside. */
export function processesOf(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/environ`, 'utf8')
          .split('\0')
          .includes(`HOSTWRIGHT_PRACTICE=${mark}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export async function markOf(client: TestClient): Promise<string> {
  const { stdout } = await client.run('echo "$HOSTWRIGHT_PRACTICE"');
  return stdout.toString().trim();
}

/** Waits until a condition holds; false when it does not within the time. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 3000,
): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    if (await holds()) return true;
    await sleep(10);
  }
  return holds();
}

/** Why this system gives no namespace, or undefined where it does. Asked once per test file. */
export async function namespaceRefusal(): Promise<string | undefined> {
  try {
    const host = await startPracticeHost({ mode: 'namespace' });
    await host.close();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Names a check that cannot run here, so that nobody takes silence for success. */
export function leftOut(what: string, why: string): void {
  process.stderr.write(`left out: ${what}: ${why}\n`);
}
