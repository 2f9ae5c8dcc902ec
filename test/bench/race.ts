import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bed, seedHost } from './bed.ts';
import { type Contender, type Course, contendersFor, type Field } from './contenders.ts';
import { type Measured, measure, median } from './measure.ts';
import type { Reached } from './playbook.ts';
import { differences, stamps } from './verify.ts';
import type { Workload } from './workloads.ts';

export interface RaceOptions extends Field {
  /** Rounds that count; one more goes before them. */
  readonly runs: number;
  /** Rounds of peers, without one before them. */
  readonly peerRuns: number;
  /** Seconds after which a run of a peer is ended; what is told of it then is that it takes longer. */
  readonly peerLimit: number;
  readonly tell: (line: string) => void;
}

/** Medians of one contender. The first run finds hosts as they were made, the second finds nothing to do. */
export interface Standing {
  readonly name: string;
  readonly kind: Contender['kind'];
  readonly runs: number;
  readonly first: Measured;
  readonly second: Measured;
  /** Ratios to the limit of the same rounds. */
  readonly ratios: { readonly first: number; readonly second: number };
  /** The same to the limit with the default key exchange. */
  readonly plainRatios: { readonly first: number; readonly second: number };
  /** The run that was ended before it was done; with the first there is no second. */
  readonly cut?: 'first' | 'second';
}

interface Rounds {
  readonly contender: Contender;
  readonly first: Measured[];
  readonly second: Measured[];
  memoryMiB: number;
  cut: 'first' | 'second' | undefined;
}

/** Runs all contenders of a workload in turn, round after round, and looks at what each has left on the hosts. */
export async function race(bed: Bed, workload: Workload, options: RaceOptions): Promise<readonly Standing[]> {
  const directory = join(bed.directory, workload.name);
  mkdirSync(directory, { recursive: true });
  const { work, seed, expected } = workload.prepare(directory);
  const hosts = await Promise.all(
    bed.hosts.slice(0, workload.hosts).map(async (host): Promise<Reached> => {
      if (workload.roundTripMs === 0) return { host, address: host.address, port: 22 };
      return { host, ...(await bed.delayed(host, workload.roundTripMs)) };
    }),
  );
  const course: Course = { bed, directory, work, hosts };
  const all = contendersFor(course, options).map(
    (contender): Rounds => ({ contender, first: [], second: [], memoryMiB: 0, cut: undefined }),
  );
  const check = (name: string) => {
    for (const { host } of hosts) {
      const [difference] = differences(host.files, expected(host.name));
      if (difference !== undefined)
        throw new Error(`${workload.name}: ${name} on ${host.name}: ${difference}`);
    }
  };
  const state = () => hosts.map(({ host }) => stamps(host.files)).join('\n');

  for (let round = 0; round <= options.runs; round += 1) {
    for (const one of all) {
      const { contender } = one;
      const warmUp = round === 0;
      const peer = contender.kind === 'peer';
      // A peer that takes half a minute needs no warm-up to be told from half a second. It comes last: what it leaves running disturbs nobody.
      if (peer && (warmUp || round <= options.runs - options.peerRuns)) continue;
      const limit = peer ? options.peerLimit : undefined;
      for (const { host } of hosts) seedHost(host, seed);
      contender.coolDown?.();
      const first = await measure(contender.command, warmUp || peer, limit);
      one.memoryMiB = Math.max(one.memoryMiB, first.memoryMiB ?? 0);
      if (first.cut) one.cut = 'first';
      else check(contender.name);
      const before = state();
      const second = first.cut ? first : await measure(contender.command, false, limit);
      if (second.cut) one.cut ??= 'second';
      else check(contender.name);
      const rewrites = work.kind === 'files' && contender.kind !== 'own' && contender.kind !== 'peer';
      if (!rewrites && !one.cut && before !== state()) {
        throw new Error(`${workload.name}: the second run of ${contender.name} wrote files that were right`);
      }
      if (warmUp) continue;
      one.first.push(first);
      one.second.push(second);
      options.tell(
        `  ${contender.name}: ${one.cut ? `the ${one.cut} run was ended; ` : ''}${first.seconds.toFixed(3)} / ${second.seconds.toFixed(3)} s, CPU ${first.cpuSeconds.toFixed(2)} / ${second.cpuSeconds.toFixed(2)} s`,
      );
    }
  }
  for (const { contender } of all) contender.coolDown?.();
  return standings(all);
}

function standings(all: readonly Rounds[]): readonly Standing[] {
  const of = (kind: Contender['kind']) => all.find(({ contender }) => contender.kind === kind) as Rounds;
  // Round by round: what disturbs the machine for a while then disturbs both sides of a ratio.
  const ratios = ({ first, second }: Rounds, base: Rounds) => ({
    first: median(first.map(({ seconds }, index) => seconds / (base.first[index] as Measured).seconds)),
    second: median(second.map(({ seconds }, index) => seconds / (base.second[index] as Measured).seconds)),
  });
  return all.map((one) => ({
    name: one.contender.name,
    kind: one.contender.kind,
    runs: one.first.length,
    first: { ...medians(one.first), memoryMiB: one.memoryMiB },
    second: medians(one.second),
    ratios: ratios(one, of('limit')),
    plainRatios: ratios(one, of('plain')),
    ...(one.cut ? { cut: one.cut } : {}),
  }));
}

function medians(measured: readonly Measured[]): Measured {
  return {
    seconds: median(measured.map(({ seconds }) => seconds)),
    cpuSeconds: median(measured.map(({ cpuSeconds }) => cpuSeconds)),
  };
}
