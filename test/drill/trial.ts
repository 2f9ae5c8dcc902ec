import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { root } from '../integration/command.ts';
import { type Backend, type Host, lab } from '../lab/lab.ts';
import { type Meter, openMeter } from './meter.ts';
import { stateOf } from './state.ts';

/** An event of the run, as its json reporter prints it. */
export interface RunLine {
  readonly type: string;
  readonly step?: string;
  readonly module?: string;
  readonly status?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** What a scenario sets in motion, on a host of its own. */
export interface Trial {
  readonly host: Host;
  readonly backend: Backend;
  /** Runs host_bridge; `during` is told of each step of the guard as it comes. */
  readonly bridge: (params: Readonly<Record<string, unknown>>, options?: BridgeOptions) => Promise<BridgeRun>;
  /** Waits until the host's last transaction is over, without any network, and gives what it says. */
  readonly settled: () => Promise<Readonly<Record<string, string>>>;
  /** State of the network now. */
  readonly state: () => Promise<string>;
  readonly sleep: (seconds: number) => Promise<void>;
}

export interface BridgeOptions {
  readonly timeout?: number;
  readonly connectTo?: string;
  readonly probe?: readonly string[];
  /** Step of the guard after which the controller is killed. */
  readonly dieAt?: string;
  readonly during?: (step: string, controller: { readonly interrupt: () => void }) => void;
  /** Names under which the host stands in the inventory. */
  readonly names?: readonly string[];
}

export interface BridgeRun {
  readonly code: number | null;
  /** Results of host_bridge, by the order in which they came. */
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly outcome: string | undefined;
  readonly stderr: string;
}

/** The least window that every backend accepts. */
export const WINDOW = 75;

export function createTrial(host: Host, backend: Backend, meters: Meter[]): Trial {
  let runs = 0;
  const trial: Trial = {
    host,
    backend,
    bridge: async (params, options = {}) => {
      runs += 1;
      const { timeout = WINDOW, connectTo, probe, dieAt, during, names = [host.name] } = options;
      const guard = {
        timeout,
        ...(connectTo === undefined ? {} : { connect_to: connectTo }),
        ...(probe === undefined ? {} : { probe }),
      };
      const file = `${lab.directory}/${host.name}-${runs}.yaml`;
      const inventory = `${lab.directory}/${host.name}-${runs}-hosts.yaml`;
      const play = [
        { hosts: 'all', tasks: [{ name: 'Bridge', host_bridge: { name: 'br0', ...params, guard } }] },
      ];
      await writeFile(file, JSON.stringify(play));
      const one = {
        ansible_host: host.address,
        ansible_user: 'root',
        ansible_ssh_private_key_file: host.privateKey,
        ansible_ssh_common_args: '-o ServerAliveInterval=2 -o ServerAliveCountMax=3',
        connection: { known_hosts: host.knownHosts },
      };
      await writeFile(
        inventory,
        JSON.stringify({ all: { hosts: Object.fromEntries(names.map((name) => [name, one])) } }),
      );
      const child = spawn(
        process.execPath,
        [`${root}/bin/hostwright.js`, 'run', file, '-i', inventory, '--reporter', 'json'],
        {
          cwd: lab.directory,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ...(dieAt === undefined ? {} : { HOSTWRIGHT_GUARD_DIE_AT: dieAt }) },
        },
      );
      const lines: RunLine[] = [];
      const controller = { interrupt: () => void child.kill('SIGINT') };
      createInterface({ input: child.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as RunLine;
        lines.push(event);
        if (event.type === 'guardProgress' && event.step !== undefined) during?.(event.step, controller);
      });
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      const results = lines.flatMap((line) =>
        line.type === 'hostResult' && line.module === 'host_bridge' && line.result ? [line.result] : [],
      );
      const guards = results.map(
        ({ guard: report }) => (report as { outcome?: string } | undefined)?.outcome,
      );
      return { code, results, outcome: guards.find((one_) => one_ !== undefined), stderr };
    },
    settled: async () => {
      for (let tries = 0; tries < 600; tries++) {
        const values = await transactionOf(host).catch(() => ({}) as Record<string, string>);
        if (['confirmed', 'rolled-back', 'failed'].includes(values.state ?? '')) return values;
        if (values.state === undefined && tries > 20) return values;
        await trial.sleep(0.25);
      }
      throw new Error(`${host.name}: the transaction does not end`);
    },
    state: () => stateOf(host),
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
  meters.push(openMeter(host.address));
  return trial;
}

/** What the host itself says of its last transaction. */
async function transactionOf(host: Host): Promise<Record<string, string>> {
  const net = '/var/lib/hostwright/net';
  const { stdout } = await host.inside(
    `cd ${net} 2>/dev/null || exit 0; for d in pending last; do [ -e $d/status.sh ] && exec sh $d/status.sh; done`,
  );
  return Object.fromEntries(
    stdout
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
