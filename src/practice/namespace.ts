import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keeperScript } from './keeper-script.ts';
import { loginEnvironment, loginScript } from './login-script.ts';
import { hostMark, type Login, type Place, type PracticeUser, type Program } from './place.ts';
import { type SudoKind, sudoStandIn } from './sudo.ts';

export interface NamespaceOptions {
  readonly id: string;
  readonly hostname: string;
  readonly users: readonly PracticeUser[];
  readonly sudo: SudoKind;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const environment = { PATH: path, LC_ALL: 'C' };
const startTimeoutMs = 15_000;

/** Ids of the users inside, where this process may map a range: far above what systems and container engines hand out. */
const firstOutsideId = 1_900_000_000;
const idCount = 65_536;

/**
 * Opens user, mount, network, process, host name and IPC namespaces that live as long as the returned place. Nothing is guessed about
 * the system: it is tried, and the error says what the system refused.
 */
export async function openNamespace(options: NamespaceOptions): Promise<Place> {
  if (process.platform !== 'linux') throw new Error('only Linux has namespaces');
  const { holder, ranged } = await holdUserNamespace();
  try {
    const keeper = await startKeeper(holder, ranged, options);
    return createPlace(keeper, ranged, options.id);
  } finally {
    holder.kill('SIGKILL');
  }
}

/** A process in a new user namespace, with its ids mapped; everything else is then made from inside. */
async function holdUserNamespace(): Promise<{ holder: ChildProcess; ranged: boolean }> {
  const holder = spawn('unshare', ['--user', 'cat'], { stdio: ['pipe', 'ignore', 'pipe'], env: environment });
  const failed = failureOf(holder, 'unshare --user');
  const ownNamespace = readlinkSync('/proc/self/ns/user');
  const separated = async () => {
    while (namespaceOf(holder.pid) === ownNamespace) await sleep(2);
  };
  await Promise.race([separated(), failed.then((reason) => Promise.reject(new Error(reason)))]);
  const directory = `/proc/${holder.pid}`;
  try {
    writeFileSync(`${directory}/uid_map`, `0 ${firstOutsideId} ${idCount}\n`);
    writeFileSync(`${directory}/gid_map`, `0 ${firstOutsideId} ${idCount}\n`);
    return { holder, ranged: true };
  } catch {
    // Only root may map a range; anybody may map himself.
  }
  try {
    writeFileSync(`${directory}/setgroups`, 'deny');
    writeFileSync(`${directory}/uid_map`, `0 ${process.geteuid?.()} 1\n`);
    writeFileSync(`${directory}/gid_map`, `0 ${process.getegid?.()} 1\n`);
    return { holder, ranged: false };
  } catch (error) {
    holder.kill('SIGKILL');
    throw new Error(`user ids cannot be mapped: ${error instanceof Error ? error.message : error}`);
  }
}

interface Keeper {
  readonly child: ChildProcess;
  /** The namespaces' first process, as seen from outside. */
  readonly pid: number;
  readonly network: boolean;
  readonly sysfs: boolean;
}

async function startKeeper(
  holder: ChildProcess,
  ranged: boolean,
  options: NamespaceOptions,
): Promise<Keeper> {
  const switcher = ranged ? '/usr/local/libexec/practice-setpriv' : undefined;
  const sudo = options.sudo === 'none' ? undefined : sudoStandIn(options.users, options.sudo, switcher).text;
  const script = keeperScript({ hostname: options.hostname, users: options.users, sudo, switcher });
  const child = spawn(
    'nsenter',
    [
      ...['--user', `--target=${holder.pid}`, ...credentials(ranged, 0), '--'],
      ...['unshare', '--mount', '--net', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--'],
      ...['/bin/sh', '-s', 'practice-host'],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/', env: { ...environment, [hostMark]: options.id } },
  );
  const failed = failureOf(child, 'unshare');
  // Left open: its end is the sign for the keeper that this process is gone.
  child.stdin.on('error', () => {});
  child.stdin.write(`${script.text}\n`);
  let said = '';
  const ready = new Promise<Keeper>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      const line = /^ready (\d+) (yes|no) (yes|no)\n/m.exec(said);
      if (!line) return;
      resolve({ child, pid: Number(line[1]), network: line[2] === 'yes', sysfs: line[3] === 'yes' });
    });
  });
  const timedOut = sleep(startTimeoutMs, `not ready after ${startTimeoutMs / 1000} seconds`, { ref: false });
  const outcome = await Promise.race([ready, failed, timedOut]);
  if (typeof outcome !== 'string') return outcome;
  child.kill('SIGKILL');
  throw new Error(outcome);
}

function createPlace(keeper: Keeper, ranged: boolean, id: string): Place {
  const ended = once(keeper.child, 'exit');
  const closeNow = () => {
    // Ending the first process ends all of them, and the kernel takes mounts and interfaces away with the last.
    if (keeper.child.exitCode === null && keeper.child.signalCode === null)
      process.kill(keeper.pid, 'SIGKILL');
  };
  const notices = [
    ...(keeper.network
      ? []
      : ['Interfaces and bridges cannot be made here (no `ip`, or no veth or bridge).']),
    ...(keeper.sysfs ? [] : ['/sys cannot be mounted here and is empty.']),
    ...(ranged ? [] : ['All users share one user id, because only root may map more of them.']),
  ];
  return {
    mode: 'namespace',
    root: '',
    network: keeper.network,
    separateUsers: ranged,
    notices,
    start: (login) => startInside(keeper.pid, ranged, login, id),
    close: async () => {
      closeNow();
      if (keeper.child.exitCode === null && keeper.child.signalCode === null) await ended;
    },
    closeNow,
  };
}

function startInside(keeperPid: number, ranged: boolean, login: Login, id: string): Program {
  const child = spawn(
    'nsenter',
    [
      ...['--user', '--mount', '--net', '--pid', '--uts', '--ipc', `--target=${keeperPid}`],
      ...[...credentials(ranged, login.user.uid), '--'],
      // A session of its own, so that a signal to its process group does not hit nsenter, which brings the exit status back.
      ...['setsid', '/bin/sh', '-c', loginScript(login).text],
    ],
    {
      stdio: 'pipe',
      cwd: '/',
      detached: true,
      env: loginEnvironment(login, { home: login.user.home, path, mark: [hostMark, id] }),
    },
  );
  const signal = (name: NodeJS.Signals) => {
    const inside = child.pid === undefined ? undefined : childOf(child.pid);
    for (const group of [inside, child.pid]) if (group !== undefined && sendToGroup(group, name)) return;
  };
  return { child, signal };
}

/** Which user to be inside. With one id mapped there is no choice, and changing groups is not allowed either. */
function credentials(ranged: boolean, uid: number): readonly string[] {
  return ranged ? [`--setuid=${uid}`, `--setgid=${uid}`] : ['--preserve-credentials'];
}

function namespaceOf(pid: number | undefined): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return undefined;
  }
}

/** The first process whose parent is `parent`. */
function childOf(parent: number): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // The name in parentheses may hold blanks; after it come the state and the parent.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      if (Number(fields[1]) === parent) return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  return undefined;
}

function sendToGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** Resolves with a reason when a process cannot be started or ends; for processes that should go on. */
function failureOf(child: ChildProcess, what: string): Promise<string> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`${what} cannot be started (${error.message})`));
    child.once('close', (code, signal) => {
      const lastLine = complaint.trim().split('\n').at(-1);
      resolve(lastLine || `${what} ended with ${signal ?? `status ${code}`}`);
    });
  });
}
