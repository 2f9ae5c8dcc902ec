/** Stands in a result for what only a real run can tell. */
export const NOT_KNOWN: unique symbol = Symbol('known after apply');

/** What people read in its place. */
export const KNOWN_AFTER_APPLY = 'known after apply';

/**
 * Thrown where a value is looked at that is not known yet: in a check run what a task would have given, before a run what tasks will
 * set. No HostwrightError, because nothing is wrong; whoever evaluates reports the task as known only after apply.
 */
export class NotKnownYet extends Error {
  override readonly name = 'NotKnownYet';

  constructor(what: string) {
    super(`${what} is ${KNOWN_AFTER_APPLY}`);
  }
}

/** The same data with a text wherever a value is not known. */
export function withNotKnownShown(value: unknown): unknown {
  if (value === NOT_KNOWN) return KNOWN_AFTER_APPLY;
  if (Array.isArray(value)) return value.map(withNotKnownShown);
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withNotKnownShown(entry)]));
}

/** The same map with fields that throw NotKnownYet wherever a value is not known. */
export function withNotKnownGuarded(value: unknown, path: string): unknown {
  if (Array.isArray(value))
    return value.map((entry, index) => withNotKnownGuarded(entry, `${path}[${index}]`));
  if (!isPlainMap(value)) return value;
  const guarded: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (entry === NOT_KNOWN) defineNotKnown(guarded, name, `${path}.${name}`);
    else guarded[name] = withNotKnownGuarded(entry, `${path}.${name}`);
  }
  return guarded;
}

/** Makes a field throw NotKnownYet when it is looked at; assigning to it later makes it known. */
export function defineNotKnown(owner: Record<string, unknown>, name: string, what = name): void {
  Object.defineProperty(owner, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      throw new NotKnownYet(what);
    },
    set: (value: unknown) => {
      Object.defineProperty(owner, name, { enumerable: true, configurable: true, writable: true, value });
    },
  });
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Whether nothing in the data is yet to be known. */
export function isKnown(value: unknown): boolean {
  if (value === NOT_KNOWN) return false;
  if (Array.isArray(value)) return value.every(isKnown);
  return !isPlainMap(value) || Object.values(value).every(isKnown);
}
