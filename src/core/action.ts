import type { z } from 'zod';
import type { Example, ResultFields } from './module.ts';

/** What an action may look at: names in scope, conditions, and whether this is a check run. */
export interface ActionView {
  readonly checkMode: boolean;
  readonly host: string;
  /** How often `-v` was given. */
  readonly verbosity: number;
  /** The value of a CEL condition (a list means AND) in the task's scope. */
  readonly condition: (expression: unknown) => boolean;
  /** The value of a variable or expression by its name (`debug: var: result.rc`); throws where it is undefined. */
  readonly lookup: (expression: string) => unknown;
}

/** Which files of a directory hold variables (`include_vars: dir`). */
export interface VariableDirectory {
  /** Levels to go down; 0: all. */
  readonly depth: number;
  readonly extensions: readonly string[];
  /** Regular expression for names of files; undefined: any. */
  readonly matching: string | undefined;
  /** Regular expressions of names that are left out. */
  readonly ignore: readonly string[];
  /** Whether files with other endings are left out; otherwise they are an error. */
  readonly skipOthers: boolean;
}

/** What an action asks the engine to do. Data, so that it can be recorded and repeated. */
export type EngineRequest =
  | {
      readonly do: 'set_facts';
      readonly facts: Readonly<Record<string, unknown>>;
      /** True: they join the host's facts (`facts.NAME`) too, and go with them at `clear_facts`. */
      readonly cacheable?: boolean;
    }
  | { readonly do: 'flush_handlers' }
  | { readonly do: 'end_play' }
  | { readonly do: 'end_batch' }
  | { readonly do: 'end_host' }
  | { readonly do: 'clear_host_errors' }
  | { readonly do: 'clear_facts' }
  | {
      readonly do: 'gather_facts';
      /** Names with * and ?, of which the result shows the facts; empty: all. */
      readonly filter: readonly string[];
    }
  | { readonly do: 'reset_connection' }
  | {
      readonly do: 'wait_for_connection';
      readonly timeoutSeconds: number;
      readonly delaySeconds: number;
      /** Seconds between two tries. */
      readonly sleepSeconds: number;
      readonly connectTimeoutSeconds: number;
    }
  | {
      readonly do: 'include_vars';
      readonly path: string;
      readonly name?: string;
      /** Set where the path is a directory: which of its files count. */
      readonly directory?: VariableDirectory;
    }
  | { readonly do: 'pause'; readonly seconds?: number; readonly prompt?: string; readonly echo: boolean }
  | {
      readonly do: 'add_host';
      readonly name: string;
      readonly groups: readonly string[];
      readonly vars: Readonly<Record<string, unknown>>;
    }
  | {
      /** A file of the host to a file of this machine. */
      readonly do: 'fetch';
      readonly src: string;
      readonly dest: string;
      readonly flat: boolean;
      readonly failOnMissing: boolean;
      readonly validate: boolean;
      /** Only says what would change. */
      readonly dryRun: boolean;
    }
  | {
      /** Restarts the host and waits until it is back. Times in seconds. */
      readonly do: 'reboot';
      readonly delaySeconds: number;
      readonly settleSeconds: number;
      readonly timeoutSeconds: number;
      readonly connectTimeoutSeconds: number;
      readonly testCommand: string;
      readonly message: string;
      readonly bootCommand: string;
      readonly rebootCommand?: string;
    }
  | { readonly do: 'group_by'; readonly key: string; readonly parents: readonly string[] };

export interface ActionOutcome {
  readonly result: ResultFields;
  readonly requests?: readonly EngineRequest[];
}

/** A module that works on the controller: it decides from what is known, touches no host, and may ask the engine for something. */
export interface ActionDefinition<Schema extends z.ZodType> {
  readonly action: true;
  readonly name: string;
  readonly summary: string;
  readonly params: Schema;
  readonly freeForm?: string;
  readonly examples: readonly Example<z.input<Schema>>[];
  /** Parameters that are CEL conditions and so are not rendered as templates (`assert.that`). */
  readonly conditions?: readonly string[];
  /** Runs once for all hosts whatever the task says (`pause`, `add_host`). */
  readonly runOnce?: boolean;
  readonly run: (params: z.output<Schema>, view: ActionView) => ActionOutcome;
}

// biome-ignore lint/suspicious/noExplicitAny: as for AnyModule.
export type AnyAction = ActionDefinition<any>;

/** Declares an action; only gives types. */
export function defineAction<Schema extends z.ZodType>(
  definition: Omit<ActionDefinition<Schema>, 'action'>,
): ActionDefinition<Schema> {
  return { action: true, ...definition };
}
