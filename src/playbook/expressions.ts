import type { SourcePosition } from '../core/position.ts';
import type { Scope } from '../core/scope.ts';
import type { Condition } from './tree.ts';

/** A name that an expression needs. */
export interface Reference {
  readonly name: string;
  readonly position: SourcePosition | undefined;
  /** True where the expression copes with the name being undefined (`default`, `has(vars.x)`). */
  readonly optional: boolean;
}

/** Evaluates what a playbook wrote, in a scope. Pure; throws HostwrightErrors with the expression's own position. */
export interface Expressions {
  /**
   * The value with every Template in it evaluated, however deep. A Template that is one `{{ expression }}` keeps the value's type;
   * others become text. Plain strings are returned as they are: they may be remote data.
   */
  readonly resolve: (value: unknown, scope: Scope) => unknown;
  /** True where all conditions hold. Throws where one is not a boolean or names something undefined. */
  readonly holds: (conditions: readonly Condition[], scope: Scope) => boolean;
  /** The value of a CEL expression or a dotted name (`debug: var:`). */
  readonly evaluate: (expression: string, scope: Scope, position?: SourcePosition) => unknown;
  /** Renders the text of a template file with interpolated values escaped as `escaping` says. */
  readonly renderText: (text: string, file: string, scope: Scope, escaping: 'none' | 'xml') => string;
  /** Checks the syntax of every Template in a value, or of conditions, without evaluating. */
  readonly checkSyntax: (value: unknown, conditions?: readonly Condition[]) => void;
  /** Top-level names that the Templates in a value, or conditions, refer to. */
  readonly references: (value: unknown, conditions?: readonly Condition[]) => readonly Reference[];
}
