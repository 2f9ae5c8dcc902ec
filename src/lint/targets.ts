import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { unreadable } from '../source/problems.ts';

/** What is to be linted, as absolute paths. */
export interface Targets {
  /** Files that were named, and YAML files found in directories that were named. */
  readonly files: readonly string[];
  /** The same, but only those that were named themselves: whatever they hold is looked at. */
  readonly named: ReadonlySet<string>;
  /** Directories that have the form of a role. */
  readonly roles: readonly string[];
}

const SKIPPED = new Set(['node_modules', 'dist', 'venv', '__pycache__']);
const ROLE_PARTS = ['tasks', 'handlers', 'defaults', 'meta'];
/** Deeper trees are links in a circle, or not meant. */
const MAX_DEPTH = 20;

/** Finds what the words of a command line name. Throws a HostwrightError for what does not exist. */
export async function findTargets(words: readonly string[]): Promise<Targets> {
  const files = new Set<string>();
  const named = new Set<string>();
  const roles = new Set<string>();
  const visit = async (directory: string, depth: number): Promise<void> => {
    const entries = (await readdir(directory, { withFileTypes: true })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const names = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
    const isRole =
      (names.has('tasks') && ROLE_PARTS.some((part) => part !== 'tasks' && names.has(part))) ||
      (names.has('tasks') && path.basename(path.dirname(directory)) === 'roles');
    if (isRole) roles.add(directory);
    for (const entry of entries) {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
      const inner = path.join(directory, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) await visit(inner, depth + 1);
      else if (entry.isFile() && /\.ya?ml$/.test(entry.name) && !inTemplates(inner)) files.add(inner);
    }
  };
  for (const word of words) {
    const found = path.resolve(word);
    const status = await stat(found).catch((cause: unknown) => {
      throw unreadable(word, cause);
    });
    if (status.isDirectory()) await visit(found, 0);
    else {
      files.add(found);
      named.add(found);
    }
  }
  return { files: [...files], named, roles: [...roles] };
}

/** What lies in templates/ and files/ is not read as YAML by anybody here. */
function inTemplates(file: string): boolean {
  return /\/(templates|files)\//.test(file);
}
