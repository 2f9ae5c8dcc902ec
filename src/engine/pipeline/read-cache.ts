import { sha256 } from '../../core/digest.ts';
import type { HostRead } from '../../core/read.ts';
import { type JobOutput, partsOfInput, type Script } from '../../core/script.ts';
import { keyOfRoute, parseRead, type Route } from '../host-access.ts';

/** A read that is to be sent: as whom, and what. */
export interface Wanted {
  readonly route: Route;
  readonly read: HostRead<unknown>;
}

/** How many changes had been begun or ended: in the whole run, and on the host itself. */
export interface ChangesSoFar {
  readonly run: number;
  readonly host: number;
}

/** What reads printed on one host, how many changes there had been by then, and how often they will be asked for. */
export interface ReadCache {
  /** Whether it was read since the run, and the host itself, had made so many changes. */
  readonly has: (wanted: Wanted, changes: ChangesSoFar) => boolean;
  /** What it printed, however long ago. */
  readonly output: (wanted: Wanted) => JobOutput | undefined;
  /** Its value; throws a HostwrightError where the host printed what the read's script cannot print. */
  readonly value: (wanted: Wanted) => unknown;
  readonly set: (wanted: Wanted, output: JobOutput, changes: ChangesSoFar) => void;
  /** Begins to count anew how often reads will be asked for. */
  readonly expectNothing: () => void;
  readonly expect: (wanted: Wanted) => void;
  readonly used: (wanted: Wanted) => void;
  /** Reads that will be asked for more often than these, in the order in which they were expected. */
  readonly expectedBesides: (others: readonly Wanted[]) => readonly Wanted[];
  /** Forgets what was read before so many changes; true where some of it would still have been asked for. */
  readonly forget: (changes: ChangesSoFar) => boolean;
}

interface Entry {
  readonly output: JobOutput;
  readonly changes: ChangesSoFar;
}

export function createReadCache(): ReadCache {
  const entries = new Map<string, Entry>();
  const uses = new Map<string, { readonly wanted: Wanted; count: number }>();
  return {
    has: (wanted, changes) => {
      const entry = entries.get(keyOfRead(wanted));
      return entry !== undefined && stands(entry.changes, changes);
    },
    output: (wanted) => entries.get(keyOfRead(wanted))?.output,
    value: (wanted) => {
      const entry = entries.get(keyOfRead(wanted));
      if (!entry) throw new Error(`${wanted.read.name} is asked for but was not read`);
      return parseRead(wanted.route, wanted.read, entry.output);
    },
    set: (wanted, output, changes) => {
      entries.set(keyOfRead(wanted), { output, changes });
    },
    expectNothing: () => uses.clear(),
    expect: (wanted) => {
      const key = keyOfRead(wanted);
      const known = uses.get(key);
      if (known) known.count++;
      else uses.set(key, { wanted, count: 1 });
    },
    used: (wanted) => {
      const key = keyOfRead(wanted);
      const known = uses.get(key);
      if (known && --known.count <= 0) uses.delete(key);
    },
    expectedBesides: (others) => {
      const counts = new Map<string, number>();
      for (const other of others) counts.set(keyOfRead(other), (counts.get(keyOfRead(other)) ?? 0) + 1);
      return [...uses]
        .filter(([key, { count }]) => count > (counts.get(key) ?? 0))
        .map(([, { wanted }]) => wanted);
    },
    forget: (changes) => {
      const stale = [...entries].filter(([, entry]) => !stands(entry.changes, changes)).map(([key]) => key);
      for (const key of stale) entries.delete(key);
      return stale.some((key) => uses.has(key));
    },
  };
}

function stands(then: ChangesSoFar, needed: ChangesSoFar): boolean {
  return then.run >= needed.run && then.host >= needed.host;
}

/** Two reads with the same key print the same. */
export function keyOfRead({ route, read }: Wanted): string {
  return `${keyOfRoute(route)}\n${read.script.text}${inputKey(read.script.input)}`;
}

function inputKey(input: Script['input']): string {
  if (input === undefined) return '';
  return partsOfInput(input)
    .map((part) => `\n${part instanceof Uint8Array ? sha256(part) : part.sha256}`)
    .join('');
}
