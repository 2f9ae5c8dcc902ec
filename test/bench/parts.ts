import { existsSync } from 'node:fs';
import type { Bed } from './bed.ts';
import { measureConnects } from './connect.ts';
import { simulate } from './simulation/simulate.ts';
import { measureStarts } from './start.ts';

/** A table of small measurements: a title, the words of its head, and its rows. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface PartOptions {
  readonly runs: number;
  /** Programs of Node to start with. */
  readonly nodes: readonly string[];
  readonly simulatedHosts: number;
}

/** What is measured beside the workloads. */
export const PARTS: Readonly<Record<string, (bed: Bed, options: PartOptions) => Promise<Table>>> = {
  start: async (bed, { runs, nodes }) => ({
    title: 'Start, ms from the start of the process',
    head: ['', '`node -e 0`', '`--version`', 'first connection', 'first byte on the wire'],
    rows: await inTurn(nodes.filter(existsSync), async (node) => {
      const { version, bare, firstByte, connected, release } = await measureStarts(
        node,
        '.',
        bed.directory,
        runs,
      );
      return [`Node ${release}`, ...[bare, version, connected, firstByte].map((ms) => ms.toFixed(0))];
    }),
  }),
  connect: async (bed, { runs }) => {
    const [host] = bed.hosts;
    if (!host) throw new Error('no host');
    const places = [
      ['no delay', { address: host.address, port: 22 }],
      ['50 ms round trip', await bed.delayed(host, 50)],
    ] as const;
    return {
      title: 'Connection and session, ms',
      head: ['', '`ssh host true`', 'login', 'session after it', 'a job', 'a job of many sent at once'],
      rows: await inTurn(places, async ([name, reached]) => {
        const { plainSsh, login, session, frame, frameAhead } = await measureConnects(bed, reached, runs);
        return [name, ...[plainSsh, login, session, frame, frameAhead].map((ms) => ms.toFixed(1))];
      }),
    };
  },
  simulated: async (_bed, { simulatedHosts }) => {
    const { hosts, tasks, first, second, baseMiB, peakMiB, kibibytesPerHost } = await simulate(
      simulatedHosts,
      1,
    );
    return {
      title: `The controller alone: ${tasks} tasks on ${hosts} simulated hosts`,
      head: ['', 'first run', 'second run'],
      rows: [
        ['CPU, s', first.cpuSeconds.toFixed(1), second.cpuSeconds.toFixed(1)],
        [
          'CPU per task and host, ms',
          first.millisecondsPerTask.toFixed(2),
          second.millisecondsPerTask.toFixed(2),
        ],
        ['memory before / at most, MiB', `${baseMiB.toFixed(0)} / ${peakMiB.toFixed(0)}`, ''],
        ['memory per host, KiB', kibibytesPerHost.toFixed(0), ''],
      ],
    };
  },
};

async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
