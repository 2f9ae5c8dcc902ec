import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loginEnvironment, loginScript } from './login-script.ts';
import { hostMark, type Login, type Place, type PracticeUser, type Program } from './place.ts';
import { type SudoKind, sudoStandIn } from './sudo.ts';

export interface DirectoryOptions {
  readonly id: string;
  /** An empty directory, removed by whoever made it. */
  readonly scratch: string;
  readonly users: readonly PracticeUser[];
  readonly sudo: SudoKind;
}

/** User and group that commands run as when this process is root: a playbook must not be able to write to the machine. */
const nobody = { uid: 65_534, gid: 65_534 };

/**
 * A plain `sh` with its home in a scratch directory, for systems without namespaces. Programs run as the user who started it (as `nobody`
 * where that is root) and see the whole machine.
 */
export function openDirectory(options: DirectoryOptions): Place {
  const identity = process.geteuid?.() === 0 ? nobody : undefined;
  const root = join(options.scratch, 'root');
  const home = join(options.scratch, 'home');
  const programs = join(options.scratch, 'bin');
  for (const directory of ['etc', 'opt', 'srv', 'var/lib', 'var/log']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  for (const directory of [home, programs]) mkdirSync(directory, { recursive: true });
  if (options.sudo !== 'none') {
    const file = join(programs, 'sudo');
    writeFileSync(file, `${sudoStandIn(options.users, options.sudo, undefined).text}\n`);
    chmodSync(file, 0o755);
  }
  if (identity) {
    for (const path of ['.', 'etc', 'opt', 'srv', 'var', 'var/lib', 'var/log'].map((name) =>
      join(root, name),
    ))
      chownSync(path, identity.uid, identity.gid);
    chownSync(home, identity.uid, identity.gid);
  }

  const path = `${programs}:${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const running = new Set<Program>();
  const start = (login: Login): Program => {
    const child = spawn('/bin/sh', ['-c', loginScript(login).text], {
      stdio: 'pipe',
      cwd: home,
      detached: true,
      ...identity,
      env: loginEnvironment(login, { home, path, mark: [hostMark, options.id] }),
    });
    const program: Program = {
      child,
      signal: (signal) => {
        if (child.pid !== undefined) kill(-child.pid, signal);
      },
    };
    running.add(program);
    return program;
  };
  const closeNow = () => {
    for (const program of running) program.signal('SIGKILL');
    for (const pid of markedProcesses(options.id)) kill(pid, 'SIGKILL');
  };
  return {
    mode: 'directory',
    root,
    network: false,
    separateUsers: false,
    notices: [
      'Commands run on this machine itself, in a scratch directory: /etc, packages and services are not for practice here.',
      'Interfaces and bridges cannot be made.',
    ],
    start,
    close: async () => {
      closeNow();
      for (let tries = 0; tries < 100 && markedProcesses(options.id).length > 0; tries += 1) {
        await sleep(10);
        closeNow();
      }
    },
    closeNow,
  };
}

/** Processes that left their process group (daemons), known by the mark in their environment. Only where /proc tells. */
function markedProcesses(id: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  const mark = `${hostMark}=${id}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(mark))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
