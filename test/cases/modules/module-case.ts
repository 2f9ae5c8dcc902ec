import type { AnyAction, EngineRequest } from '../../../src/core/action.ts';
import type { Difference } from '../../../src/core/change.ts';
import type { AnyModule } from '../../../src/core/module.ts';

/** What a script printed on a host; the read's own parser makes the value of it. */
export interface Printed {
  readonly stdout: string;
  readonly stderr?: string;
  readonly rc?: number;
}

/** How a task ends: nothing to do, a change (compared whole), a mistake in its parameters, or an error. */
export type Expected =
  | 'ok'
  | { readonly invalid: string }
  | { readonly error: string }
  | {
      readonly differences: readonly Difference[];
      readonly warnings?: readonly string[];
      /** The whole script. */
      readonly apply?: string;
      /** The whole script; null: the module says that there is none. */
      readonly undo?: string | null;
      /** What is read after apply, and whether that proves the change. Left out: not judged here. */
      readonly proof?: {
        readonly reads: Readonly<Record<string, unknown>>;
        readonly left: readonly string[];
      };
    };

/** One task without a host: parameters and what was read, and what comes of it. */
export interface ModuleCase {
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** By the name of the read: what its script printed, or for reads of the controller the value. */
  readonly reads?: Readonly<Record<string, unknown>>;
  readonly checkMode?: true;
  /** In a check run: an earlier task would have changed the host. */
  readonly pendingChanges?: true;
  readonly expected: Expected;
  /** Fields of the result where nothing was run. */
  readonly result?: Readonly<Record<string, unknown>>;
}

export interface ModuleCases {
  readonly module: AnyModule;
  readonly cases: readonly ModuleCase[];
}

/** An action: parameters, what it can look up, and what it gives and asks for. */
export interface ActionCase {
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Values of conditions, by their text. */
  readonly conditions?: Readonly<Record<string, boolean>>;
  readonly verbosity?: number;
  readonly checkMode?: true;
  readonly expected:
    | { readonly invalid: string }
    | { readonly result: Readonly<Record<string, unknown>>; readonly requests?: readonly EngineRequest[] };
}

export interface ActionCases {
  readonly action: AnyAction;
  readonly cases: readonly ActionCase[];
}
