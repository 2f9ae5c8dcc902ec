import { Secret } from '../core/secret.ts';
import { Template } from '../core/template.ts';

/** Levels of lists and maps beyond which data is taken to contain itself. */
const MAX_DEPTH = 100;

/** What in a value of a program is no data that a playbook could hold (`a Date`, `a bigint`); undefined where all of it is. */
export function foreignValue(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'bigint') return 'a bigint';
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Template || value instanceof Secret) return undefined;
  if (depth > MAX_DEPTH) return 'data that contains itself';
  if (!Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    const isMap = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (!isMap)
      return `a ${(prototype as { constructor?: { name?: string } }).constructor?.name || 'class instance'}`;
  }
  for (const entry of Object.values(value)) {
    const found = foreignValue(entry, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What was thrown, on one line, without the stop at its end; whatever it is. */
export function describeThrown(thrown: unknown): string {
  let text = 'something that cannot be shown';
  try {
    text =
      thrown instanceof Error
        ? `${thrown.name}: ${thrown.message}`.replace(/^Error: /, '')
        : `it threw ${String(thrown)}`;
  } catch {
    // An object without toString, or with one that throws.
  }
  return (text.split('\n')[0] ?? '').replace(/[.\s]+$/, '');
}
