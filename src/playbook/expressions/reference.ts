import type { Reference } from '../expressions.ts';

/**
 * One reference per name, at its first position. A name that an expression tests anywhere (`has(vars.x) && x == 1`) is optional in all
 * of it: the test is there to guard the other uses.
 */
export function mergeReferences(found: Iterable<Reference>): readonly Reference[] {
  const merged = new Map<string, Reference>();
  for (const reference of found) {
    const known = merged.get(reference.name);
    if (!known) merged.set(reference.name, reference);
    else if (reference.optional && !known.optional) merged.set(known.name, { ...known, optional: true });
  }
  return [...merged.values()];
}
