import type { Edit } from './finding.ts';

/** The text with all edits made. Edits must not overlap; those that begin at the same offset are made in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < at) throw new RangeError(`Edits overlap at offset ${edit.start}.`);
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** As many groups of edits as can be made together: the first wins where two touch the same characters. */
export function withoutOverlaps(groups: readonly (readonly Edit[])[]): readonly (readonly Edit[])[] {
  const taken: Edit[] = [];
  return groups.filter((group) => {
    const free = group.every(
      (edit) =>
        taken.every((other) => edit.end <= other.start || edit.start >= other.end) &&
        taken.every((other) => edit.start !== other.start || edit.end !== other.end),
    );
    if (free) taken.push(...group);
    return free;
  });
}
