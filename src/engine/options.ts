import type { Transport } from '../core/connection.ts';
import type { Reporter } from '../core/event.ts';
import type { ExitCode, OwedByHost, Recap } from '../core/result.ts';
import type { Layer } from '../core/scope.ts';
import type { Masker, Secret } from '../core/secret.ts';
import type { Journal } from '../journal/journal.ts';
import type { ModuleTable } from '../modules/table.ts';
import type { Planner } from './planner.ts';
import type { Resume } from './replay.ts';

/** What the command line (or a program) asks for. */
export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  readonly limit: string | undefined;
  /** Empty: all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Of highest precedence; later ones win. */
  readonly extraVars: readonly Layer[];
  /** How many hosts are worked on at the same time. */
  readonly forks: number;
  readonly startAtTask: string | undefined;
  /** Asked before each task when set (`--step`); `preview` is what it would change, as a unified diff. */
  readonly confirmTask:
    | ((task: string, hosts: readonly string[], preview: string) => Promise<'yes' | 'no' | 'continue'>)
    | undefined;
  /** `ask` for `pause` and for missing inputs; undefined where nobody is there to answer. */
  readonly prompt: ((question: string, echo: boolean) => Promise<string>) | undefined;
  readonly forceHandlers: boolean;
  /** How often `-v` was given. */
  readonly verbosity: number;
  /** False: one task after the other, as it is written (`--no-pipeline`). The results are the same. */
  readonly pipeline?: boolean;
  /** Aborted when a person wants the run to stop: nothing new is begun, what runs ends, `always` sections and the recap follow. */
  readonly signal?: AbortSignal | undefined;
  /** Connection settings of the command line; undefined where not given. */
  readonly connection: {
    readonly user: string | undefined;
    readonly privateKeyFile: string | undefined;
    readonly password: Secret | undefined;
    readonly transport: string | undefined;
    readonly timeoutSeconds: number | undefined;
    readonly keepSeconds?: number | undefined;
    readonly knownHostsFile: string | undefined;
    readonly sshConfigFile?: string | undefined;
    readonly become: boolean;
    readonly becomeUser: string | undefined;
    readonly becomeMethod: string | undefined;
    readonly becomePassword: Secret | undefined;
  };
}

/** Where the engine gets what it works with; a test hands it others. */
export interface RunParts {
  readonly modules: ModuleTable;
  /** Transports by name, loaded when first used. */
  readonly transports: Readonly<Record<string, () => Promise<Transport>>>;
  readonly reporters: readonly Reporter[];
  /** Opens what is written down of a run; undefined where it cannot be, after saying why. */
  readonly openJournal?: (
    runId: string,
    masker: Masker,
    warn: (message: string) => void,
  ) => Journal | undefined;
  /** Makes a plan of the run, or holds it to one. */
  readonly planner?: Planner;
  /** Continues a run that was recorded. */
  readonly resume?: Resume;
  /** Of Hostwright, for the journal. */
  readonly version?: string;
}

export interface RunOutcome {
  readonly runId: string;
  readonly exitCode: ExitCode;
  readonly recap: Recap;
  /** Notified handlers and sections of blocks that did not run because their host failed or was lost before. */
  readonly owed: OwedByHost;
}
