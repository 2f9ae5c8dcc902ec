import { Secret } from '../../core/secret.ts';
import type { Resolver } from './resolver.ts';
import { isMapping, mappingOf } from './values.ts';

/** Turns values of a scope into what CEL works with, and back. */
export interface CelValues {
  /** Whole numbers become CEL's ints; maps are resolved field by field, when a field is read. */
  readonly toCel: (value: unknown) => unknown;
  readonly fromCel: (value: unknown) => unknown;
}

/** `watch` sees what reading a value throws, before the library can swallow it. */
export function createCelValues(resolver: Resolver, watch: <T>(step: () => T) => T): CelValues {
  const views = new Map<object, object>();
  const originals = new WeakMap<object, unknown>();

  const remember = <T extends object>(value: object, view: T): T => {
    views.set(value, view);
    originals.set(view, value);
    return view;
  };

  const mapView = (map: Readonly<Record<string, unknown>>): object => {
    const field = (key: string | symbol) => {
      // The library looks at `constructor` to tell maps from instances; data must not decide that.
      if (typeof key !== 'string' || key === 'constructor' || !Object.hasOwn(map, key)) return undefined;
      return watch(() => toCel(resolver.settle(map[key], key)));
    };
    const view = new Proxy<Record<string, unknown>>(Object.create(null), {
      get: (_, key) => field(key),
      has: (_, key) => Object.hasOwn(map, key),
      ownKeys: () => Object.keys(map),
      getOwnPropertyDescriptor: (_, key) =>
        Object.hasOwn(map, key) ? { get: () => field(key), enumerable: true, configurable: true } : undefined,
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
    });
    return remember(map, view);
  };

  const toCel = (value: unknown): unknown => {
    const settled = resolver.settle(value);
    if (typeof settled === 'number') return Number.isSafeInteger(settled) ? BigInt(settled) : settled;
    if (typeof settled !== 'object' || settled === null) return settled;
    if (settled instanceof Secret) return settled.reveal();
    const known = views.get(settled);
    if (known) return known;
    if (Array.isArray(settled)) return remember(settled, settled.map(toCel));
    return isMapping(settled) ? mapView(settled) : settled;
  };

  const fromCel = (value: unknown): unknown => {
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'object' || value === null) return value;
    if (originals.has(value)) return resolver.deep(originals.get(value));
    if (Array.isArray(value)) return value.map(fromCel);
    if (isMapping(value)) return mappingOf(Object.entries(value).map(([key, one]) => [key, fromCel(one)]));
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    // Durations, unsigned numbers and types have their usual spelling as text.
    return String(value);
  };

  return { toCel, fromCel };
}
