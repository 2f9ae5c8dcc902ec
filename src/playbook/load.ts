import path from 'node:path';
import { createLoading, type Loading, type LoadOptions } from './parse/loading.ts';
import { readNodes } from './parse/nodes.ts';
import { readPlaybook } from './parse/playbook.ts';
import { gatherImports, type Reading } from './parse/reading.ts';
import { readRole, roleRequest } from './parse/role.ts';
import { readTasksFile } from './parse/tasks-file.ts';
import type { Include, Included, LoadedPlaybook } from './tree.ts';

export type { LoadOptions } from './parse/loading.ts';

/**
 * Loads a playbook with everything that it imports, and checks all of it: form, keywords, modules and their parameters. Contacts no host.
 * Throws all problems of all files together, as HostwrightError(s) with file:line:column.
 */
export async function loadPlaybook(file: string, options: LoadOptions): Promise<LoadedPlaybook> {
  const loading = createLoading(options);
  const content = await readPlaybook(path.resolve(file), loading, []);
  loading.finish();
  return { file, ...content, modules: loading.ownModules };
}

/** The tasks of a file (absolute path) that an include names at run time, checked like those of the playbook. */
export async function loadTasks(file: string, include: Include, options: LoadOptions): Promise<Included> {
  const { loading, reading } = readingFor(include, options);
  const nodes = await readTasksFile(file, { ...reading, origin: { ...include.origin, file }, chain: [file] });
  loading.finish();
  return { nodes, ...gatherImports(nodes, reading) };
}

/** The role that an include_role names at run time, with the roles it depends on. */
export async function loadRole(name: string, include: Include, options: LoadOptions): Promise<Included> {
  const { loading, reading } = readingFor(include, options);
  const request = { ...roleRequest(name, include.params), position: include.position };
  const included = await readRole(request, reading);
  loading.finish();
  return included ?? { nodes: [], handlers: [], roles: [] };
}

function readingFor(
  include: Include,
  options: LoadOptions,
): { readonly loading: Loading; readonly reading: Reading } {
  const loading = createLoading(options);
  return {
    loading,
    reading: {
      loading,
      origin: include.origin,
      chain: [],
      seen: new Set(),
      imported: new WeakMap(),
      readNodes,
      handlers: false,
    },
  };
}
