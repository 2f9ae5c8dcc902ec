import { randomBytes } from 'node:crypto';
import type { NewDirectories, PathEffect, PathGuard, WrittenFile } from '../../core/path-effect.ts';
import type { JobOutput, Script } from '../../core/script.ts';
import type { JobOutcome } from '../../shell/session.ts';
import type { Planned } from './plan-changes.ts';
import { makeTogether } from './together-directories.ts';
import { writeTogether } from './together-files.ts';
import { asksNothing, type Step } from './together-parts.ts';

/**
 * Changes that follow each other and are done by one script, with a fraction of the processes: directories, or files. What is guarded,
 * made and proved is the same; what differs is when the host is asked. Guards of what is there are asked at the beginning, since nothing in
 * between alters it; those of what is not there when it is its turn, since the shell tells that by itself; proofs at the end. Where anything
 * is not as it should be, the script does what comes before it, and says how far it came: the rest is then sent one at a time.
 */
export interface Together {
  readonly script: Script;
  /** What became of the planned requests, in order, from what the script printed. */
  readonly split: (outcome: JobOutcome) => TogetherOutcome;
}

export interface TogetherPart {
  readonly done: boolean;
  /** Of a change: whether the host is as its proof says. */
  readonly proven: boolean;
  readonly output: JobOutput;
}

export interface TogetherOutcome {
  readonly parts: readonly TogetherPart[];
  /** True where the host could not do it in this way: one at a time it can, or says why not. */
  readonly refused: boolean;
}

/** Planned requests that may come together; taken one by one, as long as they fit. */
export interface Gathering {
  /** False where the request cannot be one of them. */
  readonly take: (planned: Planned) => boolean;
  /** Whether there is a change among them. */
  readonly changes: () => boolean;
  readonly close: () => Together;
}

/** Steps and bytes of one script at most: what it does is told when all of it is over. */
const MOST_STEPS = 150;
const MOST_BYTES = 200_000;

interface Place {
  /** The step that must have succeeded. */
  step: number;
  /** Undefined for a read. */
  readonly effect: PathEffect | undefined;
}

export function gatherTogether(): Gathering {
  const steps: Step[] = [];
  const places: Place[] = [];
  let kind: PathEffect['kind'] | undefined;
  let bytes = 0;
  const touched = new Map<string, PathEffect>();

  /** The last step where it writes this file. */
  const lastWrite = (path: string): WrittenFile | undefined => {
    const last = steps.at(-1);
    return last?.kind === 'change' && last.effect.kind === 'file' && last.effect.path === path
      ? last.effect
      : undefined;
  };
  const takeRead = (guards: readonly (PathGuard | undefined)[]): boolean => {
    const asked: PathGuard[] = [];
    for (const guard of guards) {
      if (!guard) return false;
      if (!touched.has(guard.path)) asked.push(guard);
      else if (!isAsWritten(guard, lastWrite(guard.path))) return false;
    }
    steps.push(...asked.map((guard) => ({ kind: 'guard', guard }) as const));
    places.push({ step: steps.length - 1, effect: undefined });
    return true;
  };
  const takeRun = (effect: PathEffect, proofs: readonly PathGuard[]): boolean => {
    if (kind !== undefined && kind !== effect.kind) return false;
    const paths = effect.kind === 'file' ? [effect.path] : effect.paths;
    const size = effect.kind === 'file' ? effect.text.length : 0;
    if (bytes + size > MOST_BYTES && bytes > 0) return false;
    if (effect.kind === 'file') {
      const before = lastWrite(effect.path);
      if (before) {
        if (!keepsAttributes(effect)) return false;
        const { mode, uid, gid, replaces } = before;
        steps[steps.length - 1] = { kind: 'change', effect: { ...effect, mode, uid, gid, replaces }, proofs };
        bytes += size;
        places.push({ step: steps.length - 1, effect });
        return true;
      }
    }
    if (paths.some((path) => touched.has(path))) return false;
    kind = effect.kind;
    bytes += size;
    for (const path of paths) touched.set(path, effect);
    steps.push({ kind: 'change', effect, proofs });
    places.push({ step: steps.length - 1, effect });
    return true;
  };
  return {
    take: (planned) => {
      if (steps.length >= MOST_STEPS) return false;
      if (planned.kind === 'read') return takeRead(planned.guards.map(({ guard }) => guard));
      const { effect } = planned.job.script;
      const proofs = planned.guards.flatMap(({ guard }) => (guard ? [guard] : []));
      const plain =
        planned.job.timeoutSeconds === undefined && Object.keys(planned.job.environment ?? {}).length === 0;
      // What cannot be proved here has nothing behind it.
      if (!effect || !plain || proofs.length === 0 || proofs.length < planned.guards.length) return false;
      return takeRun(effect, proofs);
    },
    changes: () => kind !== undefined,
    close: () => {
      const nonce = randomBytes(12).toString('hex');
      const script = kind === 'directories' ? makeTogether(steps) : writeTogether(steps, nonce);
      let known: { readonly outcome: JobOutcome; readonly parts: TogetherOutcome } | undefined;
      const split = (outcome: JobOutcome) => {
        if (known?.outcome !== outcome) known = { outcome, parts: splitOutcome(outcome, steps, places) };
        return known.parts;
      };
      return { script, split };
    },
  };
}

/** What was just written is as it was written, to whoever changes it next. */
function isAsWritten({ expects, accounts }: PathGuard, written: WrittenFile | undefined): boolean {
  return written !== undefined && expects?.sha256 === written.sha256 && asksNothing(accounts);
}

function keepsAttributes({ replaces, mode, uid, gid }: WrittenFile): boolean {
  return replaces && mode === undefined && uid === undefined && gid === undefined;
}

const NOTHING = { bytes: new Uint8Array(), omitted: 0, gapAt: 0 };

function splitOutcome(
  outcome: JobOutcome,
  steps: readonly Step[],
  places: readonly Place[],
): TogetherOutcome {
  const said = outcome === 'skipped' ? '' : Buffer.from(outcome.stdout.bytes).toString('utf8');
  const records = new Map(
    said
      .split('\0')
      .filter((record) => record.includes('='))
      .map(
        (record) => [record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1)] as const,
      ),
  );
  const reached = Number(records.get('reached') ?? 0);
  const parts = places.map(({ step, effect }, index) => {
    const done = outcome !== 'skipped' && step < reached;
    const last = places.findLastIndex((place) => place.step === step && place.effect !== undefined) === index;
    const proven = done && (!last || records.get(`proof${step}`) === '1');
    const stat = records.get(`stat${step}`);
    return {
      done,
      proven,
      output: outputOf(outcome, effect && stat ? ownStat(stat, effect, steps, records) : undefined),
    };
  });
  return { parts, refused: records.has('refused') };
}

function outputOf(outcome: JobOutcome, stat: string | undefined): JobOutput {
  const bytes = stat === undefined ? NOTHING.bytes : Buffer.from(`stat=${stat}\0`);
  const stdout = { bytes, omitted: 0, gapAt: bytes.length };
  const durationMs = outcome === 'skipped' ? 0 : outcome.durationMs;
  return { rc: 0, stdout, stderr: NOTHING, durationMs, timedOut: false };
}

/**
 * What `stat` would have said right after this change: an earlier version of a file has its own size, and a directory with something in it
 * by now had that of an empty one of the same device.
 */
function ownStat(
  stat: string,
  effect: PathEffect,
  steps: readonly Step[],
  records: ReadonlyMap<string, string>,
): string {
  if (effect.kind === 'file') return withSize(stat, String(effect.size));
  const path = effect.paths.at(-1) as string;
  const made = steps.flatMap((step, index) =>
    step.kind === 'change' && step.effect.kind === 'directories'
      ? [{ effect: step.effect, stat: records.get(`stat${index}`) ?? '' }]
      : [],
  );
  const isEmpty = (one: string) => !made.some((other) => isBelow(other.effect, one));
  if (isEmpty(path)) return stat;
  const empty = made.find(
    (one) => isEmpty(one.effect.paths.at(-1) as string) && deviceOf(one.stat) === deviceOf(stat),
  );
  return empty ? withSize(stat, empty.stat.split(':')[0] as string) : stat;
}

function isBelow({ paths }: NewDirectories, path: string): boolean {
  return paths.some((one) => one.startsWith(`${path}/`));
}

function deviceOf(stat: string): string | undefined {
  return stat.split(':')[6];
}

function withSize(stat: string, size: string): string {
  return `${size}${stat.slice(stat.indexOf(':'))}`;
}
