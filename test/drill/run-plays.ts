import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { root } from '../integration/command.ts';
import { type Host, lab } from '../lab/lab.ts';

/** An event of the run, as its json reporter prints it. */
interface RunLine {
  readonly type: string;
  readonly step?: string;
  readonly module?: string;
  readonly host?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** What may be done to the process that makes a run. */
export interface Controller {
  /** As Ctrl-C does. */
  readonly interrupt: () => void;
  /** As a lid that is closed, and opened. */
  readonly sleep: () => void;
  readonly wake: () => void;
}

export interface RunOptions {
  /** Step of the guard after which the controller is killed. */
  readonly dieAt?: string | undefined;
  /** Told of each step of the guard as it comes. */
  readonly during?: ((step: string, controller: Controller, host: string) => void) | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly arguments?: readonly string[] | undefined;
}

/** A host as an inventory names it. */
export interface Entry {
  readonly host: Host;
  readonly name?: string;
  /** Where it is reached, if not at its own address. */
  readonly address?: string;
  readonly user?: 'root' | 'nopasswd';
  readonly vars?: Readonly<Record<string, unknown>>;
}

export interface Run {
  readonly code: number | null;
  /** Results of the modules that change networks under the guard, by the order in which they came. */
  readonly results: readonly Readonly<Record<string, unknown>>[];
  /** The same by host. */
  readonly byHost: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Of the first that went under the guard. */
  readonly outcome: string | undefined;
  readonly stderr: string;
}

let runs = 0;

/** Runs plays, and hears what becomes of them. */
export async function runPlays(
  entries: readonly Entry[],
  plays: readonly object[],
  options: RunOptions = {},
): Promise<Run> {
  runs += 1;
  const { dieAt, during, environment, arguments: more = [] } = options;
  const [file, inventory] = [`${lab.directory}/run-${runs}.yaml`, `${lab.directory}/run-${runs}-hosts.yaml`];
  await writeFile(file, JSON.stringify(plays));
  await writeFile(inventory, JSON.stringify(inventoryOf(entries)));
  const child = spawn(
    process.execPath,
    [`${root}/bin/hostwright.js`, 'run', file, '-i', inventory, '--reporter', 'json', ...more],
    {
      cwd: lab.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        ...(dieAt === undefined ? {} : { HOSTWRIGHT_GUARD_DIE_AT: dieAt }),
      },
    },
  );
  const lines: RunLine[] = [];
  const controller: Controller = {
    interrupt: () => void child.kill('SIGINT'),
    sleep: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as RunLine;
    lines.push(event);
    if (event.type === 'guardProgress' && event.step !== undefined)
      during?.(event.step, controller, event.host ?? '');
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const ended = lines.flatMap(({ type, module, host = '', result }) =>
    type === 'hostResult' && (module === 'host_bridge' || module === 'network_guard') && result
      ? [[host, result] as const]
      : [],
  );
  const results = ended.map(([, result]) => result);
  const guards = results.map(({ guard }) => (guard as { outcome?: string } | undefined)?.outcome);
  return {
    code,
    results,
    byHost: new Map(ended),
    outcome: guards.find((one) => one !== undefined),
    stderr,
  };
}

function inventoryOf(entries: readonly Entry[]): object {
  const hosts = entries.map(({ host, name = host.name, address = host.address, user = 'root', vars }) => [
    name,
    {
      ansible_host: address,
      ansible_user: user,
      ansible_ssh_private_key_file: host.privateKey,
      ansible_ssh_common_args: `-o ServerAliveInterval=2 -o ServerAliveCountMax=3${
        address === host.address ? '' : ` -o HostKeyAlias=${host.address}`
      }`,
      connection: { known_hosts: host.knownHosts },
      ...vars,
    },
  ]);
  return { all: { hosts: Object.fromEntries(hosts) } };
}
