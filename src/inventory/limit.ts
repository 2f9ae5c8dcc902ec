import { loadText } from '../source/yaml.ts';
import { splitPattern } from './patterns.ts';

/** A `--limit` with every `@FILE` in it replaced by the patterns in that file, one on each line. Rejects where a file cannot be read. */
export async function readLimit(limit: string): Promise<string> {
  if (!limit.includes('@')) return limit;
  const parts = limit.trim().startsWith('@') && !limit.includes(',') ? [limit.trim()] : splitPattern(limit);
  const read = await Promise.all(
    parts.map(async (part) => {
      if (!part.startsWith('@')) return [part];
      const lines = (await loadText(part.slice(1))).split(/\r?\n/).map((line) => line.trim());
      return lines.filter((line) => line !== '' && !line.startsWith('#'));
    }),
  );
  return read.flat().join(',');
}
