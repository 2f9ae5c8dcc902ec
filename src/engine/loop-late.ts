import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { SourcePosition } from '../core/position.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { problems } from './problems.ts';

/** What the commands of a loop may print, in bytes. */
const MOST_OUTPUT = 16 * 1024 * 1024;

/** The lines that commands print on this machine (`with_lines`), run by sh in the directory of the file that says so. */
export function linesOfCommands(
  value: unknown,
  directory: string,
  position: SourcePosition | undefined,
): readonly string[] {
  return termsOf(value).flatMap((command) => {
    const ran = spawnSync('sh', ['-c', command], {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: MOST_OUTPUT,
    });
    if (ran.error || ran.status !== 0)
      throw problems.linesCommand(command, ran.error?.message ?? ran.stderr.trim(), position);
    const lines = ran.stdout.replace(/\n$/, '');
    return lines === '' ? [] : lines.split('\n').map((line) => line.trimEnd());
  });
}

/**
 * One item of a list (`with_random_choice`): any of them, but always the same for the same host and task, wherever the playbook
 * lies. A loop is looked at more than once in a run, and a second run, also a colleague's, is to change nothing.
 */
export function chosenItem(value: unknown, seed: string): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length === 0) return [];
  const digest = createHash('sha256').update(seed).digest();
  return [items[digest.readUInt32BE(0) % items.length]];
}

/** The hosts that patterns select (`with_inventory_hostnames`); a pattern that fits nothing gives none, as a loop over nothing. */
export function hostsMatching(value: unknown, inventory: Pick<Inventory, 'select'>): readonly string[] {
  const pattern = termsOf(value).join(':');
  try {
    return inventory.select(pattern);
  } catch {
    return [];
  }
}

function termsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value.flat() : [value]).map(String);
}
