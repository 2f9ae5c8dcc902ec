import { isProxy } from 'node:util/types';
import type { Scope } from '../../core/scope.ts';
import { Template } from '../../core/template.ts';
import * as problems from './problems.ts';
import { isMapping, type Mapping, mappingOf } from './values.ts';

const MAX_DEPTH = 200;

/** The names of a scope with their Templates resolved, lazily: each when it is used, in the same scope, once per evaluation. */
export interface Resolver {
  readonly scope: Scope;
  /** `vars` is the map of all variables unless a variable has that name. */
  readonly has: (name: string) => boolean;
  /** The value of a name that exists; what is inside may still hold Templates. */
  readonly get: (name: string) => unknown;
  /** A value that is no Template itself. `label` names it in the message about a circle. */
  readonly settle: (value: unknown, label?: string) => unknown;
  /** The value without any Template, however deep. What holds none is returned as it is. */
  readonly deep: (value: unknown) => unknown;
}

/** Objects in which no Template was found. Shared by all evaluations: data does not change once it is in a scope. */
export type PlainObjects = WeakSet<object>;

export function createResolver(
  scope: Scope,
  evaluate: (template: Template, resolver: Resolver) => unknown,
  plain: PlainObjects,
): Resolver {
  const settled = new Map<Template, unknown>();
  const active: { readonly template: Template; readonly label: string }[] = [];

  const settle = (value: unknown, label = 'this value'): unknown => {
    if (!(value instanceof Template)) return value;
    if (settled.has(value)) return settled.get(value);
    const start = active.findIndex((one) => one.template === value);
    if (start >= 0) {
      const chain = active.slice(start).map((one) => one.label);
      throw problems.templateCycle(value.position, [...chain, chain[0] ?? label]);
    }
    if (active.length >= MAX_DEPTH) throw problems.templateTooDeep(value.position);
    active.push({ template: value, label });
    try {
      const result = evaluate(value, resolver);
      settled.set(value, result);
      return result;
    } finally {
      active.pop();
    }
  };

  const deep = (value: unknown, depth = 0): unknown => {
    const found = settle(value);
    if (typeof found !== 'object' || found === null || plain.has(found)) return found;
    const isList = Array.isArray(found);
    if (!isList && !isMapping(found)) return found;
    if (depth > MAX_DEPTH) throw problems.templateTooDeep(undefined);
    let same = true;
    const descend = (child: unknown) => {
      const resolved = deep(child, depth + 1);
      if (resolved !== child || !isPlain(resolved, plain)) same = false;
      return resolved;
    };
    const copy = isList
      ? found.map(descend)
      : mappingOf(Object.entries(found).map(([key, child]): [string, unknown] => [key, descend(child)]));
    // What is worked out when it is read may differ the next time; whoever gets the value gets it as it is now.
    if (!same || isProxy(found) || isComputed(found)) return copy;
    plain.add(found);
    return found;
  };

  const resolver: Resolver = {
    scope,
    has: (name) => scope.has(name) || name === 'vars',
    get: (name) =>
      name === 'vars' && !scope.has(name) ? allVariables(scope) : settle(scope.get(name), name),
    settle,
    deep: (value) => deep(value),
  };
  return resolver;
}

/**
 * CEL reads the first value of a map to learn what the others are. That must be one which always exists and is plain: another variable
 * might be broken, or not known yet, and is none of an expression's business that only asks `"x" in vars`.
 */
function namesInOrder(scope: Scope): string[] {
  const names = new Set(scope.names());
  return names.has(HARMLESS) ? [HARMLESS, ...[...names].filter((name) => name !== HARMLESS)] : [...names];
}

const HARMLESS = 'inventory_hostname';

/** True for maps of getters; such maps have nothing else, so the first entry tells. */
function isComputed(found: object): boolean {
  const [first] = Object.keys(found);
  return first !== undefined && Object.getOwnPropertyDescriptor(found, first)?.get !== undefined;
}

function isPlain(value: unknown, plain: PlainObjects): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    plain.has(value) ||
    !(Array.isArray(value) || isMapping(value))
  );
}

/** All variables of a scope as a map whose values are asked for when they are read. */
export function allVariables(scope: Scope): Mapping {
  return new Proxy<Record<string, unknown>>(Object.create(null), {
    get: (_, name) => (typeof name === 'string' && scope.has(name) ? scope.get(name) : undefined),
    has: (_, name) => typeof name === 'string' && scope.has(name),
    ownKeys: () => namesInOrder(scope),
    getOwnPropertyDescriptor: (_, name) =>
      typeof name === 'string' && scope.has(name)
        ? { get: () => scope.get(name), enumerable: true, configurable: true }
        : undefined,
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}
