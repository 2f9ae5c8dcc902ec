import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { HostRecap } from '../../src/core/result.ts';

/** The project's own directory. */
export const root = join(import.meta.dirname, '..', '..');

/** What the command left. */
export interface Ran {
  /** Its exit code; undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Event {
  readonly type: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

export interface Place {
  /** The directory that the command is started in; this project's by default. */
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs the program, in front of it. */
  readonly under?: readonly string[];
}

/** The command as a user runs it, without a terminal. */
export async function hostwright(args: readonly string[], place: Place = {}): Promise<Ran> {
  const words = [...(place.under ?? []), process.execPath, join(root, 'bin', 'hostwright.js'), ...args];
  const child = spawn(words[0] as string, words.slice(1), {
    cwd: place.cwd ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', CI: '1', HOSTWRIGHT_RUNS: 'off', ...place.environment },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code ?? undefined, stdout, stderr };
}

/** A run with the json reporter; throws where a line on standard output is no event. */
export async function events(
  args: readonly string[],
  place: Place = {},
): Promise<Ran & { readonly events: readonly Event[] }> {
  const ran = await hostwright([...args, '--reporter', 'json'], place);
  const lines = ran.stdout.split('\n').filter((line) => line !== '');
  return { ...ran, events: lines.map((line) => JSON.parse(line)) };
}

/** Counts of a host at the end of a run. */
export function recapOf(ran: { readonly events: readonly Event[] }, host: string): HostRecap | undefined {
  return (ran.events.at(-1)?.recap as Record<string, HostRecap> | undefined)?.[host];
}

/** Results of tasks, without the summary that closes a loop. */
export function resultsOf(
  ran: { readonly events: readonly Event[] },
  task?: string,
): readonly (Event & { readonly result: Record<string, unknown> })[] {
  return ran.events.filter(
    (event): event is Event & { readonly result: Record<string, unknown> } =>
      event.type === 'hostResult' &&
      (task === undefined || event.task === task) &&
      !Array.isArray((event.result as { results?: unknown }).results),
  );
}

/** A directory with these files, by their paths in it; `remove` when it is no longer needed. */
export function projectWith(files: Readonly<Record<string, string | Uint8Array>>): {
  readonly directory: string;
  readonly remove: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-test-'));
  addFiles(directory, files);
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Writes more files into a directory. */
export function addFiles(directory: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content, { mode: /(^|\/)key/.test(path) ? 0o600 : 0o644 });
  }
}
