import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { kept } from '../../core/kept.ts';
import { matchesPattern } from '../patterns.ts';
import type { ConfigLine } from './lines.ts';
import { configUnreadable, configUnsafe, includesTooDeep } from './problems.ts';

const SYSTEM = '/etc/ssh';
const MOST_INCLUDES = 16;

/** A run sees a file as it was when it was first read. */
const read = new Map<string, Promise<readonly ConfigLine[]>>();

/**
 * The files that count, in their order (the first value of an option wins): the one that was named, or the user's and then the system's.
 * One that is not there is empty, unless it was named. Rejects with a HostwrightError.
 */
export async function loadConfigFiles(
  named: string | undefined,
): Promise<readonly (readonly ConfigLine[])[]> {
  if (named?.toLowerCase() === 'none') return [];
  const user = join(homedir(), '.ssh');
  if (named !== undefined) {
    return [await kept(read, `named ${named}`, () => loadFile(named, user, { required: true }))];
  }
  const own = join(user, 'config');
  const common = join(SYSTEM, 'ssh_config');
  return Promise.all([
    kept(read, own, () => loadFile(own, user, { checked: true })),
    kept(read, common, () => loadFile(common, SYSTEM, {})),
  ]);
}

interface FileRules {
  readonly required?: boolean;
  /** Others must not be able to write it. */
  readonly checked?: boolean;
  readonly depth?: number;
}

async function loadFile(file: string, directory: string, rules: FileRules): Promise<readonly ConfigLine[]> {
  let text: string;
  try {
    if (rules.checked && ((await stat(file)).mode & 0o022) !== 0) throw configUnsafe(file);
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    const { code, syscall } = thrown as NodeJS.ErrnoException;
    if (syscall === undefined) throw thrown;
    if (code === 'ENOENT' && !rules.required) return [];
    throw configUnreadable(file, thrown as Error);
  }
  if (!/^\s*[^\s#]/m.test(text)) return [];
  // Most machines have nothing to parse.
  const { parseConfigLines } = await import('./lines.ts');
  const depth = rules.depth ?? 0;
  const lines: ConfigLine[] = [];
  for (const line of parseConfigLines(text, file)) {
    if (line.keyword !== 'include') {
      lines.push(line);
      continue;
    }
    if (depth === MOST_INCLUDES) throw includesTooDeep(line.position);
    const files = (await Promise.all(line.words.map((word) => expandGlob(word, directory)))).flat();
    const more = { checked: rules.checked === true, depth: depth + 1 };
    const included = await Promise.all(files.map((each) => loadFile(each, directory, more)));
    lines.push({ ...line, included });
  }
  return lines;
}

/** Files that a pattern of `Include` names, sorted; a relative one is looked for in the directory. */
async function expandGlob(pattern: string, directory: string): Promise<readonly string[]> {
  const home = pattern.startsWith('~/') ? join(homedir(), pattern.slice(2)) : pattern;
  const path = home.startsWith('/') ? home : join(directory, home);
  let found = ['/'];
  for (const segment of path.split('/').filter((word) => word !== '')) {
    const next = found.map(async (parent) => {
      if (!/[*?]/.test(segment)) return [join(parent, segment)];
      const names = await readdir(parent).catch(() => []);
      return names
        .filter((name) => (segment.startsWith('.') || !name.startsWith('.')) && matchesPattern(segment, name))
        .toSorted()
        .map((name) => join(parent, name));
    });
    found = (await Promise.all(next)).flat();
  }
  return found;
}
