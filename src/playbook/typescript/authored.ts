import { Computed, type Names } from '../../core/computed.ts';
import { recordPositions, type SourcePosition } from '../../core/position.ts';
import { looksLikeTemplate, Template } from '../../core/template.ts';
import { foreignValue } from '../../source/foreign-value.ts';
import { notData, tooDeep } from './problems.ts';

type Position = SourcePosition | undefined;

const MAX_DEPTH = 60;

/**
 * Data of a playbook in the form that YAML gives too, so that one reader checks both: functions become Computed, texts with `{{` become
 * Templates, and every map and list knows the place of the call that it was given to. What is undefined is left out.
 */
export function authored(value: unknown, position: Position, depth = 0): unknown {
  if (typeof value === 'function') return new Computed(value as (names: Names) => unknown, position);
  if (typeof value === 'string') return looksLikeTemplate(value) ? new Template(value, position) : value;
  if (typeof value === 'bigint') throw notData(position, 'a bigint');
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw tooDeep(position);
  if (Array.isArray(value))
    return placed(
      value.map((item) => authored(item, position, depth + 1)),
      position,
    );
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    const foreign = foreignValue(value);
    if (foreign !== undefined) throw notData(position, foreign);
    return value;
  }
  return authoredMap(value as Readonly<Record<string, unknown>>, position, depth + 1);
}

export function authoredMap(
  map: Readonly<Record<string, unknown>>,
  position: Position,
  depth = 0,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(map).filter(([, entry]) => entry !== undefined);
  return placed(
    Object.fromEntries(entries.map(([key, entry]) => [key, authored(entry, position, depth)])),
    position,
  );
}

/** Gives a map or list the place of the call that made it. */
export function placed<T extends object>(container: T, position: Position): T {
  if (position) recordPositions(container, { self: position, keys: new Map(), values: new Map() });
  return container;
}
