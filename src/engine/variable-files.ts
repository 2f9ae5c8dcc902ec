import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { VariableDirectory } from '../core/action.ts';
import type { Layer } from '../core/scope.ts';
import { createScope } from '../core/scope.ts';
import type { Play } from '../playbook/tree.ts';
import { loadYamlFile } from '../source/yaml.ts';
import type { RunContext } from './context.ts';
import { findFile, type SearchPath } from './controller-reads.ts';
import { problems } from './problems.ts';
import { hostScope } from './scope.ts';

/** A file of variables: a map, or nothing. */
export async function loadVariables(file: string, search: SearchPath): Promise<Layer> {
  const loaded = await loadYamlFile(file);
  if (loaded === null || loaded === undefined) return {};
  if (typeof loaded !== 'object' || Array.isArray(loaded)) throw problems.notVariables(file, search.position);
  return loaded as Layer;
}

/** The files of a directory that hold variables, directory by directory in the order of their names. */
export async function variableFilesIn(
  directory: string,
  wanted: VariableDirectory,
  search: SearchPath,
): Promise<readonly string[]> {
  const ignored = wanted.ignore.map((source) => new RegExp(source));
  const matching = wanted.matching === undefined ? undefined : new RegExp(wanted.matching);
  const list = async (folder: string, level: number): Promise<readonly string[]> => {
    const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    const own = files.filter((name) => {
      if (ignored.some((one) => one.test(name)) || (matching && !matching.test(name))) return false;
      const known = wanted.extensions.includes(path.extname(name).replace(/^\./, ''));
      if (!known && !wanted.skipOthers)
        throw problems.otherVariableFile(path.join(folder, name), wanted.extensions, search.position);
      return known;
    });
    const deeper =
      wanted.depth === 0 || level < wanted.depth ? entries.filter((entry) => entry.isDirectory()) : [];
    const below = await Promise.all(deeper.map(({ name }) => list(path.join(folder, name), level + 1)));
    return [...own.map((name) => path.join(folder, name)), ...below.flat()];
  };
  if (!(await stat(directory)).isDirectory()) throw problems.noDirectory(directory, search.position);
  return list(directory, 1);
}

/** The play's vars_files as a host sees them: those whose path names variables are found and read per host. */
export async function variableFiles(run: RunContext, play: Play, host: string): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  const directory = path.dirname(path.resolve(play.file));
  const search: SearchPath = {
    directories: [directory, path.join(directory, 'vars')],
    position: play.position,
  };
  for (const [index, written] of play.varsFiles.entries()) {
    const loaded = play.loadedVarsFiles[index];
    if (loaded) {
      layers.push(loaded);
      continue;
    }
    const known = createScope([play.vars ?? {}, ...layers]);
    const own = hostScope(run, run.hostState(host));
    const scope = {
      has: (name: string) => own.has(name) || known.has(name),
      get: (name: string) => (known.has(name) ? known.get(name) : own.get(name)),
      names: () => [...own.names(), ...known.names()],
    };
    const resolved = run.expressions.resolve(written, scope);
    layers.push(await firstOf((Array.isArray(resolved) ? resolved : [resolved]).map(String), search));
  }
  return layers;
}

/** A list of paths means the first that exists. */
async function firstOf(paths: readonly string[], search: SearchPath): Promise<Layer> {
  for (const [index, wanted] of paths.entries()) {
    const found = await findFile(wanted, search).catch((missing: unknown) => {
      if (index === paths.length - 1) throw missing;
    });
    if (found !== undefined) return loadVariables(found, search);
  }
  return {};
}
