import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '../core/scope.ts';
import { loadYamlFile } from '../source/yaml.ts';
import * as problems from './problems.ts';
import { describe, isMapping } from './yaml-source.ts';

/** Endings in the order in which a file is looked for; the first that exists counts. */
const ENDINGS = ['', '.yml', '.yaml', '.json'];

/**
 * Variables of groups or hosts from files in a directory (`group_vars`, `host_vars`): NAME, NAME.yml, NAME.yaml, NAME.json, or the files of
 * a directory NAME in the order of their names, those in its subdirectories too. An empty map where the directory does not exist.
 */
export async function loadVariableDirectory(
  directory: string,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, readonly Layer[]>> {
  const entries = new Map((await list(directory)).map((entry) => [entry.name, entry]));
  const found = new Map<string, readonly Layer[]>();
  if (entries.size === 0) return found;
  for (const name of names) {
    const entry = ENDINGS.map((ending) => entries.get(name + ending)).find((one) => one !== undefined);
    if (!entry) continue;
    const path = join(directory, entry.name);
    const files = (await isDirectory(path, entry)) ? await filesBelow(path) : [path];
    found.set(name, await Promise.all(files.map(loadVariables)));
  }
  return found;
}

async function list(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw thrown;
  }
}

async function isDirectory(path: string, entry: Dirent): Promise<boolean> {
  return entry.isSymbolicLink() ? (await stat(path)).isDirectory() : entry.isDirectory();
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = [...(await list(directory))].sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.name.startsWith('.') || entry.name.endsWith('~')) continue;
    if (await isDirectory(path, entry)) files.push(...(await filesBelow(path)));
    else if (/^[^.]+$|\.(?:ya?ml|json)$/.test(entry.name)) files.push(path);
  }
  return files;
}

async function loadVariables(file: string): Promise<Layer> {
  const value = await loadYamlFile(file);
  if (value === null || value === undefined) return {};
  if (!isMapping(value)) throw problems.varsNotMap(file, { file, line: 1, column: 1 }, describe(value));
  return value;
}
