import { Computed } from '../../core/computed.ts';
import { positionOf, positionOfKey, recordPositions, type SourcePosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import type { Condition, Variables } from '../tree.ts';
import type { Loading } from './loading.ts';
import * as problems from './problems.ts';

export type Mapping = Readonly<Record<string, unknown>>;

/** Where a value stands: in which map or list, under which key. */
export interface Place {
  readonly owner: object;
  readonly key: string | number;
}

/** Checks a value and gives it in the form that the tree has; reports what is wrong and gives undefined then. */
export type ReadValue<T> = (value: unknown, place: Place, loading: Loading) => T | undefined;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Template);
}

export function placePosition(place: Place): SourcePosition | undefined {
  return positionOf(place.owner, place.key);
}

/** Reports that the value is of another kind than the keyword takes. */
export function wrongKind(value: unknown, place: Place, loading: Loading, expected: string): undefined {
  loading.add(problems.wrongKind(placePosition(place), String(place.key), expected, value));
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
};

/** The boolean that a YAML 1.1 spelling means (`yes`, `Off`); undefined for any other value. */
export function spelledBoolean(value: unknown): boolean | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

export const readBoolean: ReadValue<unknown> = (value, place, loading) => {
  if (typeof value === 'boolean' || value instanceof Template || value === null) return value ?? undefined;
  return spelledBoolean(value) ?? wrongKind(value, place, loading, 'true or false');
};

/** True or false that must be known when the file is loaded. */
export const readFixedBoolean: ReadValue<boolean> = (value, place, loading) => {
  if (typeof value === 'boolean') return value;
  return spelledBoolean(value) ?? wrongKind(value, place, loading, 'true or false, not a template,');
};

export const readText: ReadValue<unknown> = (value, place, loading) => {
  if (typeof value === 'string' || value instanceof Template || value === null) return value ?? undefined;
  if (typeof value === 'number') return String(value);
  return wrongKind(value, place, loading, 'a text');
};

/** Text that is the same for all hosts. */
export const readFixedText: ReadValue<string> = (value, place, loading) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return wrongKind(value, place, loading, 'a text, not a template,');
};

export const readNumber: ReadValue<unknown> = (value, place, loading) => {
  if (typeof value === 'number' && value >= 0) return value;
  if (value instanceof Template) return value;
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value);
  return wrongKind(value, place, loading, 'a number that is not negative');
};

/** Anything: a list, a map, a Template. */
export const readAny: ReadValue<unknown> = (value) => value;

/** A list of texts, or one text with commas; what is empty is left out. */
export const readWords: ReadValue<readonly string[]> = (value, place, loading) => {
  if (value === null) return [];
  const items = Array.isArray(value) ? value : [value];
  const words: string[] = [];
  items.forEach((item, index) => {
    const at = Array.isArray(value) ? { owner: value, key: index } : place;
    if (typeof item === 'string' || typeof item === 'number') {
      words.push(
        ...String(item)
          .split(',')
          .map((word) => word.trim())
          .filter((word) => word !== ''),
      );
    } else
      loading.add(
        problems.wrongKind(
          placePosition(at),
          String(place.key),
          'texts, separated by commas or in a list,',
          item,
        ),
      );
  });
  return words;
};

/** One value or a list of texts and Templates; the result keeps the positions. */
export const readList: ReadValue<readonly unknown[]> = (value, place, loading) => {
  if (value === null) return [];
  if (!Array.isArray(value)) {
    const single = readText(value, place, loading);
    return single === undefined ? [] : listAt([single], place);
  }
  value.forEach((item, index) => {
    if (typeof item !== 'string' && !(item instanceof Template) && typeof item !== 'number')
      loading.add(problems.wrongKind(positionOf(value, index), String(place.key), 'texts', item));
  });
  return value;
};

/** A list that stands where a single value was written. */
export function listAt(items: readonly unknown[], place: Place): readonly unknown[] {
  const self = placePosition(place);
  if (self) {
    const where = new Map(items.map((_, index) => [index, self]));
    recordPositions(items, { self, keys: where, values: where });
  }
  return items;
}

export const readConditions: ReadValue<readonly Condition[]> = (value, place, loading) => {
  if (value === null || value === undefined) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const conditions: Condition[] = [];
  items.forEach((item, index) => {
    const position = Array.isArray(value) ? positionOf(value, index) : placePosition(place);
    if (typeof item === 'boolean') conditions.push({ expression: item, position });
    else if (item instanceof Computed) conditions.push({ expression: item.compute, position: item.position });
    else if (typeof item === 'number') conditions.push({ expression: String(item), position });
    else if (typeof item === 'string' || item instanceof Template) {
      const condition = { expression: spelledBoolean(item) ?? String(item), position };
      if (String(item).trim() === '') loading.add(problems.emptyCondition(position, String(place.key)));
      else loading.checkCondition(condition);
      conditions.push(condition);
    } else
      loading.add(problems.wrongKind(position, String(place.key), 'an expression, or a list of them,', item));
  });
  return conditions;
};

/** Variables: a map whose keys are names. */
export const readVariables: ReadValue<Variables> = (value, place, loading) => {
  if (value === null) return undefined;
  // Ansible once took a list of maps, which it merged; it is still seen in old roles.
  if (!isMapping(value)) return wrongKind(value, place, loading, 'a map of variables');
  checkVariableNames(value, loading);
  return value;
};

/** Reports the keys that no expression could refer to. */
export function checkVariableNames(variables: Mapping, loading: Loading): void {
  for (const name of Object.keys(variables)) {
    if (!isVariableName(name)) loading.add(problems.badVariableName(positionOfKey(variables, name), name));
  }
}

export function isVariableName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && name !== '__proto__';
}

export const readEnvironment: ReadValue<unknown> = (value, place, loading) => {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.every((item) => isMapping(item) || item instanceof Template || item === null))
    return value ?? undefined;
  return wrongKind(value, place, loading, 'a map of names and values, or a list of such maps,');
};
