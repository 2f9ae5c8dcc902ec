import { statSync } from 'node:fs';
import path from 'node:path';
import type { Inventory } from './inventory.ts';

const directories = new WeakMap<Inventory, string>();

/** Where relative paths in inventory variables count from: the first source, if it is a directory, or the directory it is in. */
export function inventoryDirectory(inventory: Inventory): string | undefined {
  const [source] = inventory.sources;
  if (source === undefined || source.includes(',')) return undefined;
  const known = directories.get(inventory);
  if (known !== undefined) return known;
  const full = path.resolve(source);
  const directory = statSync(full, { throwIfNoEntry: false })?.isDirectory() ? full : path.dirname(full);
  directories.set(inventory, directory);
  return directory;
}
