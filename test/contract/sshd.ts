import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../shell/shells.ts';

/** OpenSSH's own server, on a loopback port, for the user who runs the tests. */
export interface Sshd {
  readonly port: number;
  readonly keyFile: string;
  readonly knownHosts: string;
  /** Where its keys lie: `host`, `client`, each with `.pub`, and whatever a test puts there. */
  readonly directory: string;
  readonly user: string;
  readonly close: () => void;
}

/** Why it cannot be started here, or undefined. */
export function sshdMissing(): string | undefined {
  const missing = ['sshd', 'ssh', 'ssh-keygen'].filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`;
}

export async function startSshd(
  more: readonly string[] | ((directory: string) => readonly string[]) = [],
): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-sshd-'));
  const file = (name: string) => join(directory, name);
  for (const name of ['host', 'client'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  writeFileSync(file('authorized_keys'), readFileSync(file('client.pub')));
  chmodSync(file('authorized_keys'), 0o600);
  const port = await freePort();
  const options = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    ...(typeof more === 'function' ? more(directory) : more),
  ];
  writeFileSync(file('config'), `${options.join('\n')}\n`);
  const [, key] = readFileSync(file('host.pub'), 'utf8').split(' ');
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ssh-ed25519 ${key}\n`);
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(findProgram('sshd') as string, ['-D', '-f', file('config'), '-E', file('log')], {
    stdio: 'ignore',
  });
  await listening(port);
  return {
    port,
    keyFile: file('client'),
    knownHosts: file('known_hosts'),
    directory,
    user: userInfo().username,
    close: () => {
      child.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (there) return;
    if (attempt === 100) throw new Error('sshd does not listen');
    await sleep(20);
  }
}
