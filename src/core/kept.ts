/** The value under a key, made at first use and shared by all who ask; a failure is not kept, so that the next use tries again. */
export function kept<T>(table: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = table.get(key);
  if (known !== undefined) return known;
  const made = make();
  table.set(key, made);
  made.catch(() => table.delete(key));
  return made;
}
