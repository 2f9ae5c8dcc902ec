import type { z } from 'zod';
import type { Change } from './change.ts';
import type { GuardedChange, GuardSettings } from './guard.ts';
import type { Read, ReadValues } from './read.ts';
import type { JobOutput, Script } from './script.ts';

export type Reads = Readonly<Record<string, Read<unknown>>>;

export interface Example<Params> {
  readonly title: string;
  readonly params: Params;
}

/** What a module may know about the run besides its parameters. */
export interface TaskView {
  readonly checkMode: boolean;
  /** In a check run: an earlier task would have changed this host, so what is missing now may be there by then. */
  readonly pendingChanges: boolean;
}

/** Fields that a module adds to the registered result; may set `changed`, `failed`, `skipped` and `msg` too. */
export type ResultFields = Readonly<Record<string, unknown>>;

/**
 * A module: a pure function from parameters and what was read to a change, and from a change to a script. The engine does the rest:
 * check mode stops after `check`; after `apply` it reads again and `check` must be null, which proves that the module converges.
 */
export interface ModuleDefinition<
  Schema extends z.ZodType,
  R extends Reads,
  Data,
  Result extends ResultFields = ResultFields,
> {
  /** What the user types. */
  readonly name: string;
  /** One sentence, for `doc`. */
  readonly summary: string;
  /** Every parameter is described; validation happens before any host is contacted. */
  readonly params: Schema;
  /** The parameter that free text after the module's name stands for (`command: ls /`), where the module has one. */
  readonly freeForm?: string;
  readonly examples: readonly Example<z.input<Schema>>[];
  /** Where its scripts run; `controller`: on this machine, whatever the host (`reachability` looks from there). Default: the host. */
  readonly runsOn?: (params: z.output<Schema>) => 'host' | 'controller';
  /** What this task needs to know. The engine batches the reads of many tasks. */
  readonly reads?: (params: z.output<Schema>) => R;
  /** Further reads that depend on the first ones; for the few modules that cannot know all of them beforehand. */
  readonly moreReads?: (params: z.output<Schema>, values: ReadValues<R>) => Reads;
  /** Null is "ok, nothing to do". Throws a HostwrightError where the task cannot be done. `values` holds `moreReads` too, untyped. */
  readonly check: (params: z.output<Schema>, values: ReadValues<R>, view: TaskView) => Change<Data> | null;
  /**
   * What the reads of these subjects would give after `apply`, so that a check run goes on from there. Subjects of the module's own
   * reads that are not named are unknown then: tasks that read them are reported as known only after apply.
   */
  readonly expected?: (
    change: Change<Data>,
    params: z.output<Schema>,
    values: ReadValues<R>,
  ) => Readonly<Record<string, unknown>>;
  /** The script that makes the change. Exit status 0 is success. */
  readonly apply: (change: Change<Data>, params: z.output<Schema>) => Script;
  /**
   * For a change that may cut the connection it is made over: the engine then makes it under the guard, over which it comes back on a
   * fresh login, and does not run `apply` itself. Null where this change cuts nothing.
   */
  readonly guarded?: (
    change: Change<Data>,
    params: z.output<Schema>,
  ) => {
    readonly change: GuardedChange;
    readonly settings: GuardSettings;
    /** The way back, for `undo`, which goes under the guard as well; without it the change is not undone. */
    readonly back?: GuardedChange;
  } | null;
  /**
   * What is left to do after `apply`, where `check` cannot tell because it does not know how things were before (a restart: was the
   * process replaced?). `change` is the one that was applied, `values` were read after it. Null proves the change. Default: `check`.
   */
  readonly proof?: (
    change: Change<Data>,
    params: z.output<Schema>,
    values: ReadValues<R>,
  ) => Change<Data> | null;
  /** The script that takes the change back; null only with `noUndo` stating why. */
  readonly undo?: (change: Change<Data>, params: z.output<Schema>) => Script | null;
  /** Why there is no undo. */
  readonly noUndo?: string;
  /** False for modules that run what the user gives (`command`): they change something each time, and there is nothing to prove. */
  readonly converges?: boolean;
  /** `none` for modules that only look or wait (`wait_for`): they run in check mode too and are never "changed". */
  readonly effect?: 'changes' | 'none';
  /**
   * In check mode: `predict` reports what check found; `skip` (command, shell, wait_for) runs nothing and registers a skipped result,
   * which the fields of `result` may correct (`creates` is given, so it is known that the command would run).
   */
  readonly checkMode?: 'predict' | 'skip';
  /**
   * Adds to the registered result. `change` is null when there was nothing to do, `output` when nothing was run. What it returns is what
   * TypeScript playbooks know of the result.
   */
  readonly result?: (
    params: z.output<Schema>,
    outcome: {
      readonly values: ReadValues<R>;
      readonly change: Change<Data> | null;
      readonly output: JobOutput | null;
    },
  ) => Result;
}

/** A module whose types are no longer known, as the engine and the tables hold it. */
// biome-ignore lint/suspicious/noExplicitAny: parameters of function types are contravariant, so only any accepts every module.
export type AnyModule = ModuleDefinition<any, any, any, any>;

/** Declares a module; only gives types. */
export function defineModule<
  Schema extends z.ZodType,
  R extends Reads,
  Data,
  Result extends ResultFields = ResultFields,
>(definition: ModuleDefinition<Schema, R, Data, Result>): ModuleDefinition<Schema, R, Data, Result> {
  return definition;
}
