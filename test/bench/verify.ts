import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digest, type Expected } from './tasks.ts';

/** Compares what is on a host with what must be there: every path, every permission, every byte. Gives the differences. */
export function differences(directory: string, expected: Expected): readonly string[] {
  const found = new Set(readdirSync(directory, { recursive: true, encoding: 'utf8' }));
  const missing = [...expected.keys()].filter((path) => !found.has(path)).map((path) => `${path} is missing`);
  const more = [...found].filter((path) => !expected.has(path)).map((path) => `${path} should not be there`);
  const wrong = [...expected].flatMap(([path, { mode, sha256 }]) => {
    if (!found.has(path)) return [];
    const file = join(directory, path);
    const entry = statSync(file);
    const is = entry.mode & 0o7777;
    if (is !== mode) return [`${path} has mode ${is.toString(8)}, not ${mode.toString(8)}`];
    if (entry.isDirectory() !== (sha256 === undefined)) return [`${path} is of another kind`];
    return sha256 !== undefined && digest(readFileSync(file)) !== sha256 ? [`${path} has other content`] : [];
  });
  return [...missing, ...more, ...wrong];
}

/** Inode and time of change of every file: where two agree, nothing was written between them. */
export function stamps(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => ({ path, entry: statSync(join(directory, path), { bigint: true }) }))
    .filter(({ entry }) => entry.isFile())
    .map(({ path, entry }) => `${path} ${entry.ino} ${entry.mtimeNs}`)
    .join('\n');
}
