import type { Backend, Host } from '../lab/lab.ts';
import { type Meter, openMeter } from './meter.ts';
import { type Entry, type Run, type RunOptions, runPlays } from './run-plays.ts';
import { stateOf } from './state.ts';

/** What a scenario sets in motion, on a host of its own. */
export interface Trial {
  readonly host: Host;
  readonly backend: Backend;
  /** Runs host_bridge. */
  readonly bridge: (params: Readonly<Record<string, unknown>>, options?: BridgeOptions) => Promise<Run>;
  /** Waits until the host's last transaction is over, without any network, and gives what it says. */
  readonly settled: () => Promise<Readonly<Record<string, string>>>;
  /** State of the network now. */
  readonly state: () => Promise<string>;
  readonly sleep: (seconds: number) => Promise<void>;
}

export interface BridgeOptions extends RunOptions {
  readonly timeout?: number;
  readonly connectTo?: string;
  readonly probe?: readonly string[];
  /** More that `guard` says. */
  readonly guard?: Readonly<Record<string, unknown>>;
  /** As what the host stands in the inventory; more than once where it has several names. */
  readonly entries?: readonly Partial<Entry>[];
}

/** The least window that every backend accepts. */
export const WINDOW = 60;

export function createTrial(host: Host, backend: Backend, meters: Meter[]): Trial {
  const trial: Trial = {
    host,
    backend,
    bridge: (params, options = {}) => {
      const { timeout = WINDOW, connectTo, probe, guard: more, entries = [{}] } = options;
      const guard = {
        timeout,
        ...(connectTo === undefined ? {} : { connect_to: connectTo }),
        ...(probe === undefined ? {} : { probe }),
        ...more,
      };
      const become = entries.some(({ user }) => user !== undefined && user !== 'root');
      const tasks = [{ name: 'Bridge', host_bridge: { name: 'br0', ...params, guard } }];
      const named = entries.map((entry) => ({ host, ...entry }));
      return runPlays(named, [{ hosts: 'all', become, tasks }], options);
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
export async function transactionOf(host: Host): Promise<Record<string, string>> {
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
