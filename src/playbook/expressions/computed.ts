import { isPromise, isProxy } from 'node:util/types';
import type { Names } from '../../core/computed.ts';
import { HostwrightError, HostwrightErrors } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { throwPosition } from '../../source/call-position.ts';
import { foreignValue } from '../../source/foreign-value.ts';
import * as problems from './computed-problems.ts';
import { placed } from './problems.ts';
import type { Resolver } from './resolver.ts';
import { isMapping, type Mapping } from './values.ts';

/** One call of a function of a playbook. */
interface Evaluation {
  readonly resolver: Resolver;
  /** What a name threw that is no error of the user (facts to be read first, not known yet): it must reach whoever evaluates. */
  signal: { readonly thrown: unknown } | undefined;
  readonly views: Map<object, unknown>;
}

// Functions of playbooks are synchronous, so what they read through a handle (`inputs.bridge`, `task.result`) is of this call.
let current: Evaluation | undefined;

/** The value that a function of a playbook gives; throws a HostwrightError where it fails. */
export function compute(
  call: (names: Names) => unknown,
  resolver: Resolver,
  position: SourcePosition | undefined,
): unknown {
  const evaluation: Evaluation = { resolver, signal: undefined, views: new Map() };
  const outer = current;
  current = evaluation;
  try {
    const value = call(recordOf(evaluation));
    if (isPromise(value)) value.catch(() => {});
    if (evaluation.signal) throw evaluation.signal.thrown;
    if (isPromise(value)) throw problems.functionIsAsync(position);
    if (typeof value === 'function') throw problems.functionGivesFunction(position);
    const foreign = foreignValue(value);
    if (foreign !== undefined) throw problems.functionGivesForeign(position, foreign);
    return value;
  } catch (thrown) {
    // A signal that the function caught, or that another error came of, is still what happened first.
    if (evaluation.signal) throw evaluation.signal.thrown;
    if (thrown instanceof HostwrightErrors) throw thrown;
    if (thrown instanceof HostwrightError) throw placed(thrown, throwPosition(thrown) ?? position);
    throw problems.functionFailed(throwPosition(thrown) ?? position, thrown);
  } finally {
    current = outer;
  }
}

/** A name's value, for handles that read it inside a function; undefined outside of any. */
export function readInFunction(name: string): { readonly value: unknown } | undefined | 'outside' {
  const evaluation = current;
  if (!evaluation) return 'outside';
  return guarded(evaluation, () =>
    evaluation.resolver.has(name) ? { value: read(evaluation, name) } : undefined,
  );
}

/** What a function gets: every name, resolved when it is read. */
function recordOf(evaluation: Evaluation): Names {
  const { resolver } = evaluation;
  const has = (name: string | symbol) =>
    typeof name === 'string' && guarded(evaluation, () => resolver.has(name));
  const get = (name: string | symbol) => (has(name) ? read(evaluation, String(name)) : undefined);
  return new Proxy<Record<string, unknown>>(Object.create(null), {
    get: (_, name) => get(name),
    has: (_, name) => has(name),
    ownKeys: () => [...new Set(resolver.scope.names())],
    getOwnPropertyDescriptor: (_, name) =>
      has(name) ? { get: () => get(name), enumerable: true, configurable: true } : undefined,
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

function read(evaluation: Evaluation, name: string): unknown {
  return guarded(evaluation, () => viewOf(evaluation, evaluation.resolver.get(name)));
}

/** Remembers what is thrown and is no error of the user, so that the user's own try and catch cannot make it vanish. */
function guarded<T>(evaluation: Evaluation, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    const isError = thrown instanceof HostwrightError || thrown instanceof HostwrightErrors;
    if (!isError) evaluation.signal ??= { thrown };
    throw thrown;
  }
}

/** Data as a function may look at it: never the run's own objects, and what is lazy is worked out only where it is looked at. */
function viewOf(evaluation: Evaluation, value: unknown): unknown {
  const settled = evaluation.resolver.settle(value);
  if (typeof settled !== 'object' || settled === null) return settled;
  if (!Array.isArray(settled) && !isMapping(settled)) return settled;
  if (!isLazy(settled)) return frozenCopy(settled);
  const known = evaluation.views.get(settled);
  if (known !== undefined) return known;
  const view: object = Array.isArray(settled) ? new Array(settled.length) : {};
  evaluation.views.set(settled, view);
  for (const key of Object.keys(settled)) {
    Object.defineProperty(view, key, {
      enumerable: true,
      configurable: true,
      get: () => guarded(evaluation, () => viewOf(evaluation, (settled as Mapping)[key])),
    });
  }
  return view;
}

/** True where something in the data is a Template, or is worked out when it is read. */
function isLazy(value: unknown): boolean {
  if (value instanceof Template) return true;
  if (typeof value !== 'object' || value === null || copies.has(value)) return false;
  if (isProxy(value)) return true;
  if (!Array.isArray(value) && !isMapping(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (property) => property.get !== undefined || isLazy(property.value),
  );
}

// Facts and results are looked at by many functions; data does not change once it is in a scope.
const copies = new WeakMap<object, unknown>();

function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value) && !isMapping(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy = Object.freeze(
    Array.isArray(value)
      ? value.map(frozenCopy)
      : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, frozenCopy(entry)])),
  );
  copies.set(value, copy);
  return copy;
}
