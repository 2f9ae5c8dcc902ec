import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A host of the benchmark: a network namespace with its own sshd, and a file system of its own at `bed.hostDirectory`. */
export interface BenchHost {
  readonly name: string;
  readonly address: string;
  /** Where `bed.hostDirectory` of this host is seen from here. */
  readonly files: string;
}

/** Hosts on a bridge of their own, and what is needed to log in to them as root. */
export interface Bed {
  readonly hosts: readonly BenchHost[];
  /** Path on every host under which the work is done; a tmpfs of that host alone. */
  readonly hostDirectory: string;
  /** Directory of this run on this machine. */
  readonly directory: string;
  readonly privateKey: string;
  readonly knownHosts: string;
  /** Puts a delay in front of a host, in both directions. Gives address and port to connect to. */
  readonly delayed: (host: BenchHost, roundTripMs: number) => Promise<{ address: string; port: number }>;
  readonly close: () => Promise<void>;
}

const STATE = '/run/hostwright-bench';
const FIRST_ADDRESS = 11;

/** Makes the hosts. Whatever becomes of this process, they are taken down again when it is gone. */
export async function makeBed(count: number): Promise<Bed> {
  execFileSync('bash', [script('down')]);
  const number = claimNumber();
  const directory = join(STATE, String(number));
  const keeper = spawn('sh', ['-c', 'cat > /dev/null; exec bash "$0" "$1"', script('down'), String(number)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const children: ChildProcess[] = [];
  const close = async () => {
    for (const child of children) child.kill();
    const gone = new Promise((resolve) => keeper.once('close', resolve));
    keeper.stdin?.end();
    await gone;
  };
  try {
    const hostDirectory = join(directory, 'host');
    mkdirSync(hostDirectory);
    const network = `10.88.${number}`;
    const privateKey = join(directory, 'login-key');
    const knownHosts = join(directory, 'known_hosts');
    makeKeys(directory);
    const hostKey = readFileSync(join(directory, 'host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(
      knownHosts,
      `${network}.* ${hostKey}\n${[...Array(16).keys()].map((index) => `[${network}.1]:${20_000 + index} ${hostKey}\n`).join('')}`,
    );
    const hosts = makeNetwork(number, network, count).map((name, index): BenchHost => {
      const sshd = startSshd(name, directory, hostDirectory);
      children.push(sshd);
      return {
        name: `host${index + 1}`,
        address: `${network}.${FIRST_ADDRESS + index}`,
        files: `/proc/${sshd.pid}/root${hostDirectory}`,
      };
    });
    await Promise.all(hosts.map(({ address }) => waitForServer(address, 22)));
    let port = 20_000;
    const delayed = async (host: BenchHost, roundTripMs: number) => {
      const words = [`${network}.1`, String(port), host.address, '22', String(roundTripMs / 2)];
      children.push(
        spawn(process.execPath, ['--import', 'jiti/register', script('delay.ts'), ...words], {
          stdio: 'inherit',
        }),
      );
      await waitForServer(`${network}.1`, port);
      return { address: `${network}.1`, port: port++ };
    };
    return { hosts, hostDirectory, directory, privateKey, knownHosts, delayed, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The number decides on names and addresses, so no two runs have the same. */
function claimNumber(): number {
  mkdirSync(STATE, { recursive: true });
  for (let number = 1; number < 255; number += 1) {
    if (readdirSync('/sys/class/net').includes(`hwb${number}`)) continue;
    try {
      mkdirSync(join(STATE, String(number)));
    } catch {
      continue;
    }
    writeFileSync(join(STATE, String(number), 'owner'), `${process.pid}\n`);
    return number;
  }
  throw new Error(`No number is free in ${STATE}.`);
}

function makeKeys(directory: string): void {
  for (const name of ['login-key', 'host-key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(directory, name)]);
  }
  writeFileSync(
    join(directory, 'sshd_config'),
    [
      'Port 22',
      `HostKey ${directory}/host-key`,
      `AuthorizedKeysFile ${directory}/login-key.pub`,
      'StrictModes no',
      'PermitRootLogin yes',
      'UsePAM no',
      'UseDNS no',
      'PidFile none',
      'PrintMotd no',
      'LogLevel QUIET',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  );
}

/** A bridge with this machine at .1, and the names of the namespaces on it. */
function makeNetwork(number: number, network: string, count: number): string[] {
  const bridge = `hwb${number}`;
  const names = [...Array(count).keys()].map((index) => `${bridge}-${index + 1}`);
  const batch = (lines: readonly string[], ...words: readonly string[]) =>
    execFileSync('ip', [...words, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  batch([
    `link add ${bridge} type bridge`,
    `addr add ${network}.1/24 dev ${bridge}`,
    `link set ${bridge} up`,
    ...names.flatMap((name) => [
      `netns add ${name}`,
      `link add ${name} type veth peer name eth0 netns ${name}`,
      `link set ${name} master ${bridge} up`,
    ]),
  ]);
  for (const [index, name] of names.entries()) {
    const address = `${network}.${FIRST_ADDRESS + index}/24`;
    batch([`addr add ${address} dev eth0`, 'link set eth0 up', 'link set lo up'], '-n', name);
  }
  return names;
}

function startSshd(name: string, directory: string, hostDirectory: string): ChildProcess {
  mkdirSync('/run/sshd', { recursive: true });
  // `ip netns exec` gives it mounts of its own, so that every host has its own files under one path, and an empty home: what the login shell
  // of this machine's root does first is none of the benchmark's business. It has its own processes, too.
  const start = `mount -t tmpfs -o mode=0755 host "$0" && mount -t tmpfs -o mode=0700 home "$2" &&
    exec unshare --pid --fork --kill-child --mount-proc /usr/sbin/sshd -D -e -f "$1"`;
  const words = [hostDirectory, join(directory, 'sshd_config'), userInfo().homedir];
  return spawn('ip', ['netns', 'exec', name, 'sh', '-c', start, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function waitForServer(host: string, port: number): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port });
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No SSH server answers at ${host}:${port}.`);
}

/** Empties what a host has and gives it these files. */
export function seedHost(host: BenchHost, files: Readonly<Record<string, string>>): void {
  for (const name of readdirSync(host.files))
    rmSync(join(host.files, name), { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(host.files, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content, { mode: 0o644 });
  }
}
