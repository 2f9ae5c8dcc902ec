import { Secret } from '../../core/secret.ts';
import { Template } from '../../core/template.ts';

/** A map as playbooks and JSON have it: no list, no text, no instance of a class. */
export type Mapping = Readonly<Record<string, unknown>>;

/** True for maps, whoever made them; false for lists, Templates, Secrets and instances of other classes. */
export function isMapping(value: unknown): value is Mapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (value instanceof Template || value instanceof Secret) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A map from entries; `__proto__` becomes a key like any other. */
export function mappingOf(entries: Iterable<readonly [string, unknown]>): Mapping {
  return Object.fromEntries(entries);
}

/** What a value is, for messages: `a list`, `the text "abc"`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (value instanceof Secret) return 'a secret';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text ${shorten(value)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return isMapping(value) ? 'a map' : `a ${typeof value}`;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

/** False, null, undefined, 0, the empty text and the empty list and map are false; all else is true. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMapping(value)) return Object.keys(value).length > 0;
  if (value instanceof Secret) return value.reveal() !== '';
  return Boolean(value);
}

/** Equality of data: lists and maps by their content. Numbers and texts are never equal to each other. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Secret) return isEqual(a.reveal(), b);
  if (b instanceof Secret) return isEqual(a, b.reveal());
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((item: unknown, index) => isEqual(item, b[index]))
    );
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
}

/** A field of a map, an item of a list by its index, or the `length` of a list; undefined where it is not there. */
export function ownField(container: unknown, name: string): unknown {
  if (Array.isArray(container)) {
    if (name === 'length') return container.length;
    return /^\d+$/.test(name) ? container[Number(name)] : undefined;
  }
  return isMapping(container) && Object.hasOwn(container, name) ? container[name] : undefined;
}

/** Names of the fields that a value has, for suggestions. */
export function fieldNames(container: unknown): readonly string[] {
  return isMapping(container) ? Object.keys(container) : [];
}

/** `name`, `name.field[0]["key"]`: a path without operators and functions. */
export function isSimplePath(expression: string): boolean {
  return /^\s*[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\]|\['[^'\]]*'\]|\["[^"\]]*"\])*\s*$/.test(expression);
}
