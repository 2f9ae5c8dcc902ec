/**
 * The names that an expression can see. Layers are asked from the highest precedence down; a value may still hold Templates, which
 * whoever evaluates resolves in the same scope (lazily, at use).
 */
export interface Scope {
  readonly has: (name: string) => boolean;
  readonly get: (name: string) => unknown;
  /** Every name in scope, for suggestions and for `vars`. */
  readonly names: () => Iterable<string>;
}

export type Layer = Readonly<Record<string, unknown>>;

/** A scope over layers, lowest precedence first. A name in a higher layer replaces the lower one whole (maps are not merged). */
export function createScope(layers: readonly Layer[]): Scope {
  const find = (name: string) => layers.findLast((layer) => Object.hasOwn(layer, name));
  return {
    has: (name) => find(name) !== undefined,
    get: (name) => find(name)?.[name],
    names: () => new Set(layers.flatMap((layer) => Object.keys(layer))),
  };
}
