import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command line with what surrounds it. */
export interface Command {
  readonly argv: readonly string[];
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What one run of a command took. */
export interface Measured {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** User and system time of the process and all its children on this side, in seconds. */
  readonly cpuSeconds: number;
  /** MiB that the process and its children had at most together; only where it was asked for, since looking costs time. */
  readonly memoryMiB?: number;
  /** True where it was ended because it took longer than it was allowed to; `seconds` is what it was allowed. */
  readonly cut?: true;
}

const SAMPLE_MS = 40;

/**
 * Runs a command to its end, or until it is ended with all its children after `limitSeconds`. Rejects where it ends by itself with another
 * status than 0, with the end of what it said.
 */
export async function measure(
  command: Command,
  withMemory = false,
  limitSeconds = Number.POSITIVE_INFINITY,
): Promise<Measured> {
  const log = join(command.directory, 'output.log');
  const times = join(command.directory, 'times');
  const output = openSync(log, 'w');
  const startedAt = performance.now();
  const child = spawn('/usr/bin/time', ['-o', times, '-f', '%U %S', ...command.argv], {
    cwd: command.directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', ...command.environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let most = 0;
  const sampler = withMemory
    ? setInterval(() => {
        most = Math.max(most, child.pid === undefined ? 0 : treeMemory(child.pid));
      }, SAMPLE_MS)
    : undefined;
  let cut = false;
  const end = () => {
    cut = true;
    for (const pid of child.pid === undefined ? [] : processTree(child.pid)) kill(pid);
  };
  const timer = Number.isFinite(limitSeconds) ? setTimeout(end, limitSeconds * 1000) : undefined;
  const [code, seconds] = await new Promise<[number | null, number]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve([status, (performance.now() - startedAt) / 1000]));
  });
  clearInterval(sampler);
  clearTimeout(timer);
  if (cut) return { seconds: limitSeconds, cpuSeconds: 0, memoryMiB: most / 1024, cut };
  if (code !== 0) {
    const said = readFileSync(log, 'utf8').slice(-3000);
    throw new Error(`${command.argv.slice(0, 4).join(' ')} … ended with ${code}:\n${said}`);
  }
  const [user = 0, system = 0] = (readFileSync(times, 'utf8').trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return { seconds, cpuSeconds: user + system, ...(withMemory ? { memoryMiB: most / 1024 } : {}) };
}

/** KiB of a process and its descendants, each shared page counted by parts (PSS). */
function treeMemory(root: number): number {
  // The first is `time` itself.
  return processTree(root)
    .slice(1)
    .reduce(
      (sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
      0,
    );
}

/** A process and its descendants. */
function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(
      read(`/proc/${name}/stat`)
        .replace(/^.*\) \S /, '')
        .split(' ')[0],
    );
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
