import { createHash } from 'node:crypto';
import type { EngineRequest } from '../core/action.ts';
import type { Difference } from '../core/change.ts';
import type { HostwrightError } from '../core/error.ts';
import type { RunEvent } from '../core/event.ts';
import type { TaskResult } from '../core/result.ts';
import { partsOfInput, type Script } from '../core/script.ts';
import type { Masker } from '../core/secret.ts';
import { cutData } from './cut.ts';
import type { LogFile } from './log-file.ts';
import {
  type BeginRecord,
  type DoneRecord,
  type EffectRecord,
  type EffectScripts,
  FORMAT,
  type IntentRecord,
  type JournalRecord,
  type Kept,
  type KeptScript,
  type PlaceKey,
} from './record.ts';
import { encode, type Sealer } from './seal.ts';

/** What the engine knows of a change before it makes it. */
export interface Intent
  extends Pick<
    IntentRecord,
    | 'key'
    | 'on'
    | 'play'
    | 'task'
    | 'module'
    | 'item'
    | 'route'
    | 'noUndo'
    | 'fleeting'
    | 'converges'
    | 'read'
  > {
  readonly differences: readonly Difference[];
  readonly scripts: EffectScripts;
  /** The task said no_log: everything about it is sealed. */
  readonly noLog: boolean;
}

type Outcome = Omit<EffectRecord, 'type' | 'time' | 'id'>;

/** A task that has ended; see DoneRecord. */
export interface Done extends Pick<DoneRecord, 'key' | 'task' | 'module' | 'status' | 'caught' | 'notified'> {
  readonly result?: TaskResult;
  readonly requests?: readonly EngineRequest[];
  readonly noLog: boolean;
}

interface Begin extends Pick<BeginRecord, 'runId' | 'version' | 'check' | 'resumed' | 'outline'> {
  readonly answers: Readonly<Record<string, unknown>>;
}

/** What a run writes down while it goes on. Nothing here throws but `intend`, and what is asked to be on the disk. */
export interface Journal {
  /** The first record, on the disk when it resolves. */
  readonly begin: (begin: Begin) => Promise<void>;
  readonly event: (event: RunEvent) => void;
  /** Resolves, with a number for each, when all of them are on the disk: only then they may be carried out. */
  readonly intend: (intents: readonly Intent[]) => Promise<readonly number[]>;
  readonly effect: (id: number, outcome: Outcome) => void;
  readonly left: (key: PlaceKey, guards: readonly Script[], noLog: boolean) => void;
  readonly done: (done: Done) => void;
  readonly facts: (host: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly live: (key: PlaceKey, lane: boolean) => void;
  /** Why nothing can be written down any more; undefined as long as it can. */
  readonly broken: () => HostwrightError | undefined;
  readonly close: () => Promise<void>;
}

/** Characters of each output of an effect that are kept. */
const OUTPUT = 16_384;

export interface JournalParts {
  readonly file: LogFile;
  readonly masker: Masker;
  readonly sealer: Sealer;
  /** What the command line wants to find again. */
  readonly origin: Readonly<Record<string, unknown>>;
  /** Number of intents that the file has already. */
  readonly intents: number;
  readonly onClose: () => void;
}

/** A journal in a file. */
export function createJournal({ file, masker, sealer, origin, intents, onClose }: JournalParts): Journal {
  let lastIntent = intents;
  const hidden = new Set<number>();
  const append = (record: DistributiveOmit<JournalRecord, 'time'>) =>
    file.append(JSON.stringify({ ...record, time: new Date().toISOString() }));
  const keep = <T>(data: T, hide = false): Kept<T> => {
    const { json, secret } = encode(data);
    if (!hide && !secret && masker.text(json) === json) {
      const open = JSON.parse(json) as T;
      // A secret that JSON writes otherwise than it is (a quote, a line's end) is found in the data, not in the text.
      if (JSON.stringify(masker.data(open)) === json) return { open };
    }
    return { sealed: sealer.seal(json) };
  };
  return {
    begin: async ({ answers, ...begin }) => {
      const asked = keep(answers, Object.keys(answers).length > 0);
      append({
        type: 'begin',
        format: FORMAT,
        ...begin,
        pid: process.pid,
        origin: keep(origin),
        answers: asked,
      });
      await file.commit();
    },
    event: (event) => {
      // The live output of commands is in their results; the journal need not hold it twice.
      if (event.type === 'hostOutput') return;
      append({ type: 'event', event: cutData(masker.data(event)) });
      if (event.type === 'runEnd') {
        const { exitCode, recap, owed = {}, durationMs } = event;
        append({ type: 'end', exitCode, recap, owed, durationMs });
      }
    },
    intend: async (several) => {
      const ids = several.map(({ scripts, differences, noLog, item, ...intent }) => {
        lastIntent++;
        if (noLog) hidden.add(lastIntent);
        append({
          type: 'intent',
          id: lastIntent,
          ...intent,
          ...(item === undefined || noLog ? {} : { item: cutData(masker.data(item)) }),
          task: masker.text(intent.task),
          change: digestOf(differences),
          differences: keep(cutData(differences), noLog),
          // What goes to a host can hold a secret in any disguise: quoted, encoded, in the bytes of a file.
          scripts: keep(scripts, true),
          ...(noLog ? {} : { sent: shownScript(scripts.apply.text, masker) }),
        });
        return lastIntent;
      });
      await file.commit();
      return ids;
    },
    effect: (id, { stdout, stderr, ...outcome }) => {
      append({
        type: 'effect',
        id,
        ...outcome,
        ...(stdout && !hidden.has(id) ? { stdout: masker.text(cutText(stdout)) } : {}),
        ...(stderr && !hidden.has(id) ? { stderr: masker.text(cutText(stderr)) } : {}),
      });
    },
    left: (key, guards, noLog) => append({ type: 'left', key, guards: keep(guards.map(keptScript), noLog) }),
    done: ({ result, requests, noLog, ...done }) =>
      append({
        type: 'done',
        ...done,
        task: masker.text(done.task),
        ...(result ? { result: keep(result, noLog) } : {}),
        ...(requests && requests.length > 0 ? { requests: keep(requests, noLog) } : {}),
      }),
    facts: (host, facts) => append({ type: 'facts', host, facts: keep(facts) }),
    live: (key, lane) => append({ type: 'live', key, ...(lane ? { lane } : {}) }),
    broken: file.broken,
    close: async () => {
      await file.close();
      onClose();
    },
  };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A script in a form that JSON can hold. */
export function keptScript({ text, input, staged }: Script): KeptScript {
  if (input === undefined && !staged) return { text };
  if (input instanceof Uint8Array) return { text, input: Buffer.from(input).toString('base64') };
  const sent = partsOfInput(input ?? []).flatMap((part) => ('path' in part ? [part] : []));
  const files = [...sent, ...(staged ?? []).map(({ file }) => file)];
  const [first] = files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
  // Of several files only the first is named; the text tells of each where it goes.
  return first ? { text, file: first } : { text };
}

/** What differs, as one word: two changes with the same are the same. */
export function digestOf(differences: unknown): string {
  return createHash('sha256').update(encode(differences).json).digest('hex');
}

/** Quoting undone where it would hide a secret from the masker. */
function shownScript(text: string, masker: Masker): string {
  const plain = text.replaceAll("'\\''", "'");
  const masked = masker.text(plain);
  return cutText(masked === plain ? masker.text(text) : masked);
}

function cutText(text: string): string {
  if (text.length <= OUTPUT) return text;
  const half = OUTPUT / 2;
  return `${text.slice(0, half)}\n… ${text.length - OUTPUT} characters left out …\n${text.slice(-half)}`;
}
