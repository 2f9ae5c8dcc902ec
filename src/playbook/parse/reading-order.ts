import type { HostwrightError } from '../../core/error.ts';

/** Sorted by file (`first` before the others), line and column, each error once. */
export function inReadingOrder(errors: readonly HostwrightError[], first?: string): HostwrightError[] {
  // Not in the order in which files were opened: they are read side by side, and a message must be the same each time.
  const fileOf = (error: HostwrightError) => error.position?.file ?? '';
  const rank = (error: HostwrightError) => (fileOf(error) === first ? 0 : 1);
  const byFile = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const seen = new Set<string>();
  return errors
    .filter((error) => {
      const { file, line, column } = error.position ?? { file: '', line: 0, column: 0 };
      const key = JSON.stringify([file, line, column, error.message]);
      return seen.has(key) ? false : seen.add(key);
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        byFile(fileOf(a), fileOf(b)) ||
        (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
        (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
}
