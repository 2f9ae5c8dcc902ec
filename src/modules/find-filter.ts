import type { TreePath } from '../facts/directory-tree.ts';
import { baseName } from '../facts/host-path.ts';
import { compilePattern } from './pattern.ts';

export interface FindFilter {
  readonly patterns: readonly string[];
  readonly excludes: readonly string[];
  readonly use_regex: boolean;
  readonly file_type: 'any' | 'file' | 'directory' | 'link';
  readonly hidden: boolean;
  /** `2d`, `-30m`: at least, or with a minus at most. */
  readonly age?: string | undefined;
  readonly age_stamp: 'atime' | 'ctime' | 'mtime';
  /** `10m`, `-1k`. */
  readonly size?: string | undefined;
  /** Octal digits. */
  readonly mode?: string | undefined;
  readonly exact_mode: boolean;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** The entries that a task looks for; `now` is the host's clock in seconds since 1970. */
export function filterEntries(
  filter: FindFilter,
  entries: readonly TreePath[],
  now: number,
): readonly TreePath[] {
  const wanted = filter.patterns.map((pattern) => nameMatcher(pattern, filter.use_regex));
  const unwanted = filter.excludes.map((pattern) => nameMatcher(pattern, filter.use_regex));
  const age = limit(filter.age, SECONDS);
  const size = limit(filter.size, BYTES);
  const bits = filter.mode === undefined ? undefined : Number.parseInt(filter.mode, 8);
  return entries.filter((entry) => {
    if (bits !== undefined && (filter.exact_mode ? entry.mode & 0o7777 : entry.mode & bits) !== bits)
      return false;
    const name = baseName(entry.path);
    if (!filter.hidden && name.startsWith('.')) return false;
    if (filter.file_type !== 'any' && entry.kind !== filter.file_type) return false;
    if (!wanted.some((matches) => matches(name)) || unwanted.some((matches) => matches(name))) return false;
    return age(now - stampOf(entry, filter.age_stamp)) && (entry.kind !== 'file' || size(entry.size));
  });
}

function stampOf(entry: TreePath, stamp: FindFilter['age_stamp']): number {
  if (stamp === 'atime') return entry.accessed;
  return stamp === 'ctime' ? entry.statusChanged : entry.modified;
}

function limit(
  text: string | undefined,
  units: Readonly<Record<string, number>>,
): (value: number) => boolean {
  const match = /^(-?)(\d+)([a-z]?)$/.exec(text ?? '');
  if (!match) return () => true;
  const bound = Number(match[2]) * (units[match[3] ?? ''] ?? 1);
  return match[1] === '-' ? (value) => value <= bound : (value) => value >= bound;
}

function nameMatcher(pattern: string, isExpression: boolean): (name: string) => boolean {
  const expression = isExpression ? compilePattern(pattern) : globExpression(pattern);
  // Ansible matches expressions from the beginning of the name.
  return (name) => {
    const match = expression.exec(name);
    return match !== null && match.index === 0;
  };
}

/** A shell pattern (`*`, `?`, `[a-z]`, `[!a]`) as an expression for the whole name. */
function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (token, negated?: string, set?: string) => {
    if (set !== undefined) return `[${negated ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`;
    if (token === '*') return '[\\s\\S]*';
    if (token === '?') return '[\\s\\S]';
    return token.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
  });
  return compilePattern(`^${source}$(?![\\s\\S])`);
}
