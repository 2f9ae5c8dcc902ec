import type { Difference } from '../core/change.ts';
import type { RunEvent } from '../core/event.ts';
import type { GuardedChange, GuardSettings } from '../core/guard.ts';
import type { ExitCode, OwedByHost, Recap, Status, TaskResult } from '../core/result.ts';

/** Version of the format. A journal of a later one is refused; later versions of Hostwright read all earlier ones. */
export const FORMAT = 1;

/** Data as JSON, or encrypted where it holds something secret. */
export type Kept<T> = { readonly open: T } | { readonly sealed: string };

/** A script that can be run again: its text, and what it reads on standard input. */
export interface KeptScript {
  readonly text: string;
  /** Base64. */
  readonly input?: string;
  /** A file of this machine whose bytes were sent. */
  readonly file?: { readonly path: string; readonly size: number; readonly sha256: string };
}

/** How a host was reached and as whom the work was done there; no passwords. */
export interface KeptRoute {
  readonly name: string;
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile?: string;
  readonly container?: string;
  readonly sshOptions: Readonly<Record<string, string>>;
  readonly privileges: readonly {
    readonly method: 'sudo' | 'su' | 'doas' | 'runuser';
    readonly user: string;
    readonly flags?: readonly string[];
  }[];
}

/** The place of a task in a run, on a host: what happened there is found again by it. */
export interface PlaceKey {
  /** Of the run: number of the play and of the batch, `0.0`. */
  readonly part: string;
  /** Name in the inventory of the host that walks the play. */
  readonly host: string;
  /** Where the task stands in the play, as numbers from the section down. */
  readonly place: readonly number[];
  /** Round of the task's loop. */
  readonly round?: number | undefined;
}

/** What an effect consists of, and how it is taken back. */
export interface EffectScripts {
  readonly apply: KeptScript;
  readonly undo: KeptScript | null;
  /** Each ends with 0 where the host is as it was before the effect, in what the effect is about. */
  readonly before: readonly KeptScript[];
  /** Each ends with 0 where it was made, as far as that could be foreseen; missing where it could not. */
  readonly after?: readonly KeptScript[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Set where it was made under the guard: the way back under it, null where there is none, and the settings for that. */
  readonly guarded?: { readonly settings: GuardSettings; readonly back: GuardedChange | null };
}

interface RecordBase {
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** The first record, and again wherever a run is continued. */
export interface BeginRecord extends RecordBase {
  readonly type: 'begin';
  readonly format: number;
  readonly runId: string;
  /** Of Hostwright. */
  readonly version: string;
  readonly check: boolean;
  readonly pid: number;
  /** True where an interrupted or failed run goes on. */
  readonly resumed: boolean;
  /** What the command line knew: enough to begin it again. */
  readonly origin: Kept<Readonly<Record<string, unknown>>>;
  /** Inputs that a person was asked for. */
  readonly answers: Kept<Readonly<Record<string, unknown>>>;
  /** The tasks as they were written, one line each. */
  readonly outline: readonly string[];
}

/** About to change something on a host. */
export interface IntentRecord extends RecordBase {
  readonly type: 'intent';
  readonly id: number;
  readonly key: PlaceKey;
  /** The host that is changed: another than the key's where the task is delegated. */
  readonly on: string;
  readonly play: string;
  readonly task: string;
  readonly module: string;
  readonly item?: unknown;
  /** SHA-256 of what differs. */
  readonly change: string;
  readonly differences: Kept<readonly Difference[]>;
  readonly scripts: Kept<EffectScripts>;
  /** The script as people may see it: secrets masked, cut; none with no_log. */
  readonly sent?: string;
  readonly route: KeptRoute;
  /** Why it cannot be taken back, where it cannot. */
  readonly noUndo?: string;
  /** It leaves nothing on the host that could be taken back: a restart, a copy of a file to this machine. */
  readonly fleeting?: true;
  /** False for commands: doing it twice is not the same as doing it once. */
  readonly converges: boolean;
  /** What was read, by name, with a digest of what it was. */
  readonly read: Readonly<Record<string, string>>;
}

/** What became of an intent on the host. */
export interface EffectRecord extends RecordBase {
  readonly type: 'effect';
  readonly id: number;
  /** `refused`: the host was no longer as it was read, and nothing was done. `lost`: the link broke, and nobody knows. */
  readonly outcome: 'done' | 'refused' | 'lost';
  readonly rc?: number;
  readonly timedOut?: true;
  readonly durationMs?: number;
  /** The beginning and the end of what it printed. */
  readonly stdout?: string;
  readonly stderr?: string;
}

/** How the host was left: each script ends with 0 where it still is so. */
export interface LeftRecord extends RecordBase {
  readonly type: 'left';
  readonly key: PlaceKey;
  readonly guards: Kept<readonly KeptScript[]>;
}

/** A task (or a round of its loop) has ended on a host: what another process needs in order to go on from there. */
export interface DoneRecord extends RecordBase {
  readonly type: 'done';
  readonly key: PlaceKey;
  readonly task: string;
  readonly module: string;
  readonly status: Status;
  /** The host was lost where a rescue section catches that: what comes next there is the rescue. */
  readonly caught?: true;
  /** Where it is registered, or a failure that others may look at. */
  readonly result?: Kept<TaskResult>;
  /** Handlers that it notified: their places in the play's list, and their names. */
  readonly notified?: readonly (readonly [number, string | undefined])[];
  /** What an action asked the engine for. */
  readonly requests?: Kept<readonly unknown[]>;
}

/** Facts that were read, or changed by a task. */
export interface FactsRecord extends RecordBase {
  readonly type: 'facts';
  readonly host: string;
  readonly facts: Kept<Readonly<Record<string, unknown>>>;
}

/** From this place on a continued run works on the host again; what was recorded of later places before holds no more. */
export interface LiveRecord extends RecordBase {
  readonly type: 'live';
  readonly key: PlaceKey;
  /** Of one lane of a parallel block: the others are where they are. */
  readonly lane?: true;
}

/** What happened, as reporters were told; secrets masked, long texts cut. */
export interface EventRecord extends RecordBase {
  readonly type: 'event';
  readonly event: RunEvent;
}

/** The run came to its end; without it, it was interrupted. */
export interface EndRecord extends RecordBase {
  readonly type: 'end';
  readonly exitCode: ExitCode;
  readonly recap: Recap;
  readonly owed: OwedByHost;
  readonly durationMs: number;
}

export type JournalRecord =
  | BeginRecord
  | IntentRecord
  | EffectRecord
  | LeftRecord
  | DoneRecord
  | FactsRecord
  | LiveRecord
  | EventRecord
  | EndRecord;

/** A place as text: equal where the places are equal. */
export function keyText({ part, host, place, round }: PlaceKey): string {
  return `${part} ${place.join('.')}${round === undefined ? '' : `#${round}`} ${host}`;
}
