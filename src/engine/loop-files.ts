import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SourcePosition } from '../core/position.ts';
import { problems } from './problems.ts';

/** Files of this machine whose names match patterns (`with_fileglob`): for each pattern those of the first directory that has any. */
export function filesMatching(value: unknown, directories: readonly string[]): readonly string[] {
  return textsOf(value).flatMap((pattern) => {
    const places = path.isAbsolute(pattern)
      ? [pattern]
      : directories.map((directory) => path.join(directory, pattern));
    return places.map(matching).find((files) => files.length > 0) ?? [];
  });
}

/** As fnmatch(3) has it: * and ? match no dot at the beginning. Only the last part is a pattern. */
function matching(pattern: string): readonly string[] {
  const directory = path.dirname(pattern);
  const source = path
    .basename(pattern)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const name = new RegExp(`^${source}$`, 's');
  const hidden = path.basename(pattern).startsWith('.');
  return namesIn(directory)
    .filter((one) => name.test(one) && (hidden || !one.startsWith('.')))
    .sort()
    .map((one) => path.join(directory, one))
    .filter(isFile);
}

/** The first file that is there (`with_first_found`), as a list of one; with `skip: true` of none. */
export function firstFound(
  value: unknown,
  directories: readonly string[],
  position: SourcePosition | undefined,
): readonly string[] {
  const terms: readonly unknown[] = Array.isArray(value) ? value : [value];
  const tried: string[] = [];
  let skips = false;
  for (const term of terms.flat()) {
    const { files, paths, skip } = candidates(term);
    skips ||= skip;
    for (const file of files) {
      const names = paths.length === 0 ? [file] : paths.map((directory) => path.join(directory, file));
      for (const name of names) {
        const places = path.isAbsolute(name)
          ? [name]
          : directories.map((directory) => path.join(directory, name));
        const found = places.find(isFile);
        if (found !== undefined) return [found];
        tried.push(name);
      }
    }
  }
  if (skips) return [];
  throw problems.noneFound(tried, directories, position);
}

function candidates(term: unknown): {
  readonly files: readonly string[];
  readonly paths: readonly string[];
  readonly skip: boolean;
} {
  if (typeof term !== 'object' || term === null) return { files: [String(term)], paths: [], skip: false };
  const { files, paths, skip } = term as Readonly<Record<string, unknown>>;
  return { files: textsOf(files), paths: textsOf(paths), skip: skip === true };
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value.flat() : [value]).map(String);
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
