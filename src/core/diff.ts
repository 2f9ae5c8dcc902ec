import { formatPatch, OMIT_HEADERS, structuredPatch } from 'diff';
import type { Difference, Side } from './change.ts';
import { formatFields } from './fields.ts';

/** Lines of a diff beyond which it is cut. */
const MAX_LINES = 2000;

/** Insertions and deletions beyond which two texts are called different instead of being compared to the end. */
const MAX_EDITS = 1500;

/**
 * What differs, as unified text: the one renderer for every module. Records become sorted `key: value` lines, null is an empty side and
 * said in the header, bytes that are no text are described. Bounded: a diff that is cut says so. Empty where nothing differs.
 */
export function renderDiff(differences: readonly Difference[]): string {
  return cut(differences.map(renderDifference).join(''));
}

function renderDifference({ label, before, after }: Difference): string {
  const [old, current] = [renderSide(before), renderSide(after)];
  if (old === current && (before === null) === (after === null)) return '';
  const name = label.replaceAll(/\s*\n\s*/g, ' ');
  const header =
    `--- before: ${name}${before === null ? ' (does not exist)' : ''}\n` +
    `+++ after: ${name}${after === null ? ' (removed)' : before === null ? ' (created)' : ''}\n`;
  // The effort grows with the square of the edits, except where one side is empty.
  const limit = old === '' || current === '' ? {} : { maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', old, current, '', '', { context: 3, ...limit });
  if (!patch)
    return `${header}@@ too different to compare: ${lines(old)} before, ${lines(current)} after @@\n`;
  if (patch.hunks.length === 0) return header;
  return header + formatPatch(patch, OMIT_HEADERS);
}

function renderSide(side: Side): string {
  if (side === null) return '';
  if (typeof side === 'string') {
    return side.includes('\0') ? `(binary, ${new TextEncoder().encode(side).length} bytes)\n` : side;
  }
  return formatFields(Object.fromEntries(Object.entries(side).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function lines(text: string): string {
  const count = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return count === 1 ? '1 line' : `${count} lines`;
}

function cut(text: string): string {
  const all = text.split('\n');
  if (all.length <= MAX_LINES + 1) return text;
  return `${all.slice(0, MAX_LINES).join('\n')}\n@@ ${all.length - 1 - MAX_LINES} more lines of this diff are not shown @@\n`;
}
