import { readName } from './cel-names.ts';
import { type CelValues, createCelValues } from './cel-values.ts';
import { celLibrary } from './libraries.ts';
import * as problems from './problems.ts';
import type { Resolver } from './resolver.ts';

/** Codes of the library for "there is no such field or item". */
const MISSING = new Set(['no_such_key', 'index_out_of_bounds', 'unknown_variable']);

export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * One evaluation of a CEL expression. The library asks it for variables as it would ask a Map.
 *
 * CEL forgives an error on one side of `||` and `&&` when the other side decides. That must not swallow an unknown name (a typing
 * error), nor what a scope throws to tell the engine something: so the first of those is kept, and thrown at the end.
 */
export class CelEvaluation extends Map<string, unknown> {
  readonly convert: CelValues;
  readonly #resolver: Resolver;
  #failure: { readonly thrown: unknown } | undefined;

  constructor(resolver: Resolver) {
    super();
    this.#resolver = resolver;
    this.convert = createCelValues(resolver, (step) => this.#recorded(step));
  }

  override get(asked: string): unknown {
    const { name, isOwn } = readName(asked);
    return this.#recorded(() => {
      if (isOwn && !this.#resolver.has(name)) return celLibrary().evaluate(name) as unknown;
      const value = this.#resolver.has(name) ? this.#resolver.get(name) : undefined;
      if (value !== undefined) return this.convert.toCel(value);
      throw problems.undefinedVariable(undefined, name, this.#resolver.scope.names(), constantHint(name));
    });
  }

  isDefined(name: string): boolean {
    return this.#resolver.has(name);
  }

  /** The result of a step, or undefined where it names something that does not exist. */
  optional(step: () => unknown): unknown {
    const before = this.#failure;
    try {
      const result = step();
      return this.#failure === before || !problems.isUndefined(this.#failure?.thrown)
        ? result
        : this.#forgive(before);
    } catch (thrown) {
      const missing = problems.isUndefined(thrown) || MISSING.has(codeOf(thrown) ?? '');
      if (!missing) throw thrown;
      return this.#forgive(before);
    }
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.thrown;
  }

  #recorded<T>(step: () => T): T {
    try {
      return step();
    } catch (thrown) {
      this.#failure ??= { thrown };
      throw thrown;
    }
  }

  #forgive(before: { readonly thrown: unknown } | undefined): undefined {
    // A signal that was thrown on the way stays; only "undefined" is forgiven.
    if (this.#failure && problems.isUndefined(this.#failure.thrown)) this.#failure = before;
    return undefined;
  }
}

function constantHint(name: string): string | undefined {
  const constants: Readonly<Record<string, string>> = {
    True: 'true',
    False: 'false',
    None: 'null',
    none: 'null',
  };
  return Object.hasOwn(constants, name) ? `Write: ${constants[name]}` : undefined;
}
