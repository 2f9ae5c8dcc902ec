import type { Difference } from '../core/change.ts';
import { isKnown } from '../core/not-known.ts';
import type { HostRead } from '../core/read.ts';
import type { Status } from '../core/result.ts';
import type { Masker } from '../core/secret.ts';
import { digestOf } from '../journal/journal.ts';
import { keyText, type PlaceKey } from '../journal/record.ts';
import { sh } from '../shell/sh.ts';
import type { Seen } from './foreseen.ts';
import { digestOf as digestOfRead } from './intent.ts';
import { problems } from './problems.ts';

/** What a check run found out about a task (or a round of its loop) on a host. */
export interface Foretold {
  readonly host: string;
  readonly task: string;
  readonly module: string;
  readonly item?: unknown;
  readonly status: Status;
  /** Only a real run can tell: known after apply, or not run in check mode. */
  readonly unknown: boolean;
  /** SHA-256 of what differs, before and after; undefined where nothing does. */
  readonly change?: string;
  /** The same of what will be, alone. */
  readonly after?: string;
  /** Where something changes: what was read, by name, as digests. */
  readonly read?: Readonly<Record<string, string>>;
}

/** Rows of a plan by the places of their tasks (`keyText`). */
export type Rows = Readonly<Record<string, Foretold>>;

/** Listens to a run for a plan, or holds a run to one. */
export interface Planner {
  readonly begin: (masker: Masker, answers: Readonly<Record<string, unknown>>) => void;
  /** The host as itself: another machine under the same name has another one. */
  readonly identity: (host: string, machineId: string) => void;
  /** A file of this machine that a task used. */
  readonly file: (path: string) => void;
  /** A change is about to be made, or would be; throws where it must not. */
  readonly change: (
    key: PlaceKey,
    converges: boolean,
    differences: readonly Difference[],
    seen: readonly Seen[],
  ) => void;
  readonly ended: (key: PlaceKey, row: Omit<Foretold, 'host' | 'change' | 'after' | 'read'>) => void;
}

/** What a check run found out, as it comes. */
export interface Collected {
  readonly planner: Planner;
  readonly rows: () => Rows;
  readonly machines: ReadonlyMap<string, string>;
  readonly files: ReadonlySet<string>;
  readonly masker: () => Masker | undefined;
  readonly answers: () => Readonly<Record<string, unknown>>;
}

export function collectPlan(): Collected {
  const rows: Record<string, Foretold> = {};
  const changes = new Map<string, Pick<Foretold, 'change' | 'after' | 'read'>>();
  const machines = new Map<string, string>();
  const files = new Set<string>();
  let masker: Masker | undefined;
  let answers: Readonly<Record<string, unknown>> = {};
  const planner: Planner = {
    begin: (known, given) => {
      masker = known;
      answers = given;
    },
    identity: (host, id) => machines.set(host, id),
    file: (path) => files.add(path),
    change: (key, _converges, differences, seen) => {
      if (!differences.every(isKnown)) return;
      changes.set(keyText(key), {
        change: digestOf(differences),
        after: digestOfAfter(differences),
        read: Object.fromEntries(seen.map((one) => [one[0].name, digestOfRead(one)])),
      });
    },
    ended: (key, row) => {
      const text = keyText(key);
      rows[text] = { host: key.host, ...row, ...(row.status === 'changed' ? changes.get(text) : {}) };
    },
  };
  return { planner, rows: () => rows, machines, files, masker: () => masker, answers: () => answers };
}

/** Holds a real run to a plan: what the plan does not show is refused before it is done. */
export function enforcePlan(rows: Rows): Planner {
  const unsure = new Set(Object.values(rows).flatMap(({ host, unknown }) => (unknown ? [host] : [])));
  return {
    begin: () => {},
    identity: () => {},
    file: () => {},
    ended: () => {},
    change: (key, converges, differences) => {
      const row = rows[keyText(key)] ?? rows[keyText({ ...key, round: undefined })];
      // What follows from something that only the run could tell could not be in the plan.
      if (!row ? unsure.has(key.host) : row.unknown) return;
      if (row?.status !== 'changed') throw problems.notInPlan();
      if (converges && row.after !== undefined && row.after !== digestOfAfter(differences))
        throw problems.notInPlan();
    },
  };
}

function digestOfAfter(differences: readonly Difference[]): string {
  return digestOf(differences.map(({ label, after }) => ({ label, after })));
}

/** In what a plan no longer fits, one sentence each; none where it does. */
export function driftOf(planned: Rows, now: Rows): readonly string[] {
  const texts = [...new Set([...Object.keys(planned), ...Object.keys(now)])];
  return texts.flatMap((text) => {
    const was = planned[text];
    const is = now[text];
    const row = was ?? is;
    if (!row || sameRow(was, is)) return [];
    const item =
      row.item === undefined
        ? ''
        : ` (${typeof row.item === 'string' ? row.item : JSON.stringify(row.item)})`;
    const name = `"${row.task}"${item} on ${row.host}`;
    if (!was) return [`${name} was not in the plan, and now would be ${is?.status}.`];
    if (!is) return [`${name} was in the plan, and now would not be reached.`];
    if (was.status !== is.status) return [`${name} was to be ${was.status}, and now would be ${is.status}.`];
    return [`What ${name} was to change is not as it was when the plan was made.`];
  });
}

function sameRow(was: Foretold | undefined, is: Foretold | undefined): boolean {
  if (!was || !is) return false;
  return (
    was.status === is.status &&
    was.unknown === is.unknown &&
    was.change === is.change &&
    JSON.stringify(was.read ?? {}) === JSON.stringify(is.read ?? {})
  );
}

/** What makes a machine itself: machine-id(5), else the identity of its first card. */
export const MACHINE: HostRead<string> = {
  kind: 'host',
  name: 'identity of the machine',
  script: sh`cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null || cat /sys/class/net/e*/address 2>/dev/null | sort | head -n 1`,
  parse: ({ stdout }) => new TextDecoder().decode(stdout).trim().slice(0, 200),
};
