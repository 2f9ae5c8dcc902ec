import { positionOf, positionOfKey, recordPositions, type SourcePosition } from '../../core/position.ts';
import type { Mapping } from './values.ts';

/** Gives a map that was made from others the places of their entries; of several owners of a key the last counts. */
export function keepPositions(made: Mapping, owners: readonly Mapping[]): Mapping {
  const self = owners.map((owner) => positionOf(owner)).findLast((position) => position !== undefined);
  if (!self) return made;
  const keys = new Map<string, SourcePosition>();
  const values = new Map<string, SourcePosition>();
  for (const key of Object.keys(made)) {
    const owner = owners.findLast((candidate) => Object.hasOwn(candidate, key));
    keys.set(key, (owner && positionOfKey(owner, key)) ?? self);
    values.set(key, (owner && positionOf(owner, key)) ?? self);
  }
  recordPositions(made, { self, keys, values });
  return made;
}

/** Gives a map that was made from one line of text the place of that line. */
export function placeAll(made: Mapping, position: SourcePosition | undefined): Mapping {
  if (position) {
    const where = new Map(Object.keys(made).map((key) => [key, position]));
    recordPositions(made, { self: position, keys: where, values: where });
  }
  return made;
}
