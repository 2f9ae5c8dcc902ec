import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';
import { median } from '../measure.ts';
import { writeProject } from '../playbook.ts';
import { seedFiles, THIRTY } from '../tasks.ts';

interface WorkerResult {
  readonly hosts: number;
  readonly before: number;
  readonly peak: number;
  readonly first: { readonly cpuSeconds: number; readonly seconds: number };
  readonly second: { readonly cpuSeconds: number; readonly seconds: number };
}

/** Thirty tasks on many hosts without any host: what the controller alone needs. */
export interface Simulated {
  readonly hosts: number;
  readonly tasks: number;
  readonly first: { readonly cpuSeconds: number; readonly millisecondsPerTask: number };
  readonly second: { readonly cpuSeconds: number; readonly millisecondsPerTask: number };
  readonly baseMiB: number;
  readonly peakMiB: number;
  readonly kibibytesPerHost: number;
}

export async function simulate(hosts: number, runs: number, profile?: string): Promise<Simulated> {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-simulation-'));
  try {
    const program = await bundleWorker(directory);
    const results: WorkerResult[] = [];
    for (let run = 0; run < runs; run += 1) results.push(runWorker(program, directory, hosts, profile));
    const of = (pick: (result: WorkerResult) => number) => median(results.map(pick));
    const tasks = hosts * THIRTY.length;
    const phase = (cpuSeconds: number) => ({ cpuSeconds, millisecondsPerTask: (cpuSeconds * 1000) / tasks });
    const [base, peak] = [of(({ before }) => before), of((result) => result.peak)];
    return {
      hosts,
      tasks: THIRTY.length,
      first: phase(of(({ first }) => first.cpuSeconds)),
      second: phase(of(({ second }) => second.cpuSeconds)),
      baseMiB: base / 2 ** 20,
      peakMiB: peak / 2 ** 20,
      kibibytesPerHost: (peak - base) / hosts / 1024,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function bundleWorker(directory: string): Promise<string> {
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'));
  const file = join(directory, 'worker.mjs');
  await build({
    input: 'test/bench/simulation/worker.ts',
    platform: 'node',
    external: [/^node:/, /^[^./]/],
    output: { dir: directory, format: 'esm', entryFileNames: 'worker.mjs' },
    logLevel: 'silent',
  });
  return file;
}

function runWorker(
  program: string,
  directory: string,
  hosts: number,
  profile: string | undefined,
): WorkerResult {
  const root = join(directory, 'host');
  rmSync(root, { recursive: true, force: true });
  for (const [path, text] of Object.entries(seedFiles())) {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, path), text);
  }
  // All hosts are alike here, so that one's answers are right for all.
  const bed = { hostDirectory: root, privateKey: '/dev/null' };
  writeProject(directory, 'hostwright', bed, THIRTY, false, [], { inventory_hostname: 'site' });
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const output = execFileSync(process.execPath, [...profiling, program, String(hosts), directory], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output);
}
