import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchUnavailable } from './problems.ts';

const prefix = 'hostwright-practice-';

/** A directory for keys and scratch files. Its name holds the id of this process, so that a later one knows whose it was. */
export function makeScratch(): string {
  const parent = tmpdir();
  try {
    sweep(parent);
    return mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  } catch (error) {
    throw scratchUnavailable(parent, error);
  }
}

export function removeScratch(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes what a process that was killed outright had to leave behind. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      removeScratch(join(parent, name));
    } catch {
      // Somebody else's; not ours to remove.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

type Cleanup = () => void;

const cleanups = new Set<Cleanup>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `cleanup` when this process ends, by itself or by a signal. Returns a function that takes it back. */
export function cleanUpAtEnd(cleanup: Cleanup): () => void {
  if (cleanups.size === 0) {
    process.on('exit', runCleanups);
    for (const signal of signals) process.on(signal, endBySignal);
  }
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size > 0) return;
    process.off('exit', runCleanups);
    for (const signal of signals) process.off(signal, endBySignal);
  };
}

function runCleanups(): void {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
}

function endBySignal(signal: NodeJS.Signals): void {
  // Whoever else listens to the signal decides what it means; we clean up when the process ends then.
  if (process.listenerCount(signal) > 1) return;
  runCleanups();
  process.off(signal, endBySignal);
  process.kill(process.pid, signal);
}
