import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HostwrightError } from '../core/error.ts';
import type { Layer } from '../core/scope.ts';
import { markSecrets } from '../source/vault/values.ts';
import { loadClearText, parseYaml } from '../source/yaml.ts';
import {
  applyConstructed,
  type Constructed,
  type InventoryExpressions,
  isConstructed,
} from './constructed.ts';
import { createInventory } from './create-inventory.ts';
import type { FileLayers } from './data.ts';
import { createDraft, type Draft } from './draft.ts';
import { readIniInventory } from './ini-source.ts';
import type { Inventory } from './inventory.ts';
import { readModuleInventory } from './module-source.ts';
import * as problems from './problems.ts';
import { readScriptInventory } from './script-source.ts';
import { loadVariableDirectory } from './variable-files.ts';
import { isMapping, readYamlInventory } from './yaml-source.ts';

export interface InventoryOptions {
  /** Directories of the playbooks; their group_vars/ and host_vars/ win over those beside the inventory. */
  readonly playbookDirs?: readonly string[];
  /** Evaluates the expressions of sources with `plugin: constructed`; without it such a source is an error. */
  readonly expressions?: () => Promise<InventoryExpressions>;
}

/** Endings of files in an inventory directory that are no inventories, as in Ansible. */
const IGNORED = [
  '~',
  '.orig',
  '.bak',
  '.cfg',
  '.retry',
  '.pyc',
  '.pyo',
  '.swp',
  '.rpm',
  '.md',
  '.txt',
  '.rst',
];
const VARIABLE_DIRECTORIES = new Set(['group_vars', 'host_vars', 'vars_plugins']);

/**
 * Loads an inventory from files, directories, executables, and lists of names (`host1,host2,`). Later sources add to earlier ones, and
 * their variables win. Without a source there is only the controller itself. Rejects with HostwrightError(s) with file, line and column.
 */
export async function loadInventory(
  sources: readonly string[],
  options: InventoryOptions = {},
): Promise<Inventory> {
  const draft = createDraft();
  const constructed: Constructed[] = [];
  for (const source of sources) await readSource(source, draft, constructed);
  for (const one of constructed) {
    if (!options.expressions) throw problems.noExpressions(one.source);
    // What files say of hosts and groups can be asked for, and what the ones before have made.
    applyConstructed(one, await finish(sources, draft, options), draft, await options.expressions());
  }
  return finish(sources, draft, options);
}

/** The inventory as far as sources have been read, with the variables of groups and hosts from files. */
async function finish(
  sources: readonly string[],
  draft: Draft,
  options: InventoryOptions,
): Promise<Inventory> {
  const finished = draft.finish();
  const beside = await Promise.all(sources.filter((source) => !isHostList(source)).map(directoryOf));
  const groups = [...finished.groups.keys()];
  // The controller has host_vars/localhost although no inventory may name it.
  const hosts = new Set([...finished.hosts.keys(), 'localhost']);
  const playbooks = options.playbookDirs ?? [];
  return createInventory({
    sources,
    ...finished,
    groupFiles: await variableFiles('group_vars', groups, beside, playbooks),
    hostFiles: await variableFiles('host_vars', hosts, beside, playbooks),
  });
}

/** A comma makes a list of host names, as in Ansible; a path with a comma in it does not work there either. */
function isHostList(source: string): boolean {
  return source.includes(',');
}

async function directoryOf(source: string): Promise<string> {
  return (await stat(source)).isDirectory() ? source : dirname(source);
}

async function variableFiles(
  name: 'group_vars' | 'host_vars',
  owners: Iterable<string>,
  beside: readonly string[],
  playbooks: readonly string[],
): Promise<ReadonlyMap<string, FileLayers>> {
  const load = async (directories: readonly string[]) => {
    const found = new Map<string, Layer[]>();
    const unique = [...new Set(directories.map((directory) => resolve(directory)))];
    for (const directory of unique) {
      for (const [owner, layers] of await loadVariableDirectory(join(directory, name), owners))
        found.set(owner, [...(found.get(owner) ?? []), ...layers]);
    }
    return found;
  };
  const inventory = await load(beside);
  const playbook = await load(
    playbooks.filter((directory) => !beside.some((other) => resolve(other) === resolve(directory))),
  );
  const both = new Set([...inventory.keys(), ...playbook.keys()]);
  return new Map(
    [...both].map((owner) => [
      owner,
      { inventory: inventory.get(owner) ?? [], playbook: playbook.get(owner) ?? [] },
    ]),
  );
}

async function readSource(source: string, draft: Draft, constructed: Constructed[]): Promise<void> {
  if (isHostList(source)) {
    for (const name of source.split(',').map((part) => part.trim()))
      if (name !== '') draft.addHosts(name, 'ungrouped', {});
    return;
  }
  const status = await stat(source).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') throw problems.missingSource(source);
    throw new HostwrightError(
      'file-unreadable',
      `The inventory ${JSON.stringify(source)} cannot be read (${thrown.code}).`,
    );
  });
  if (status.isDirectory()) {
    await readDirectory(source, draft, constructed);
    return;
  }
  if (/\.[cm]?[jt]s$/.test(source)) return readModuleInventory(resolve(source), draft);
  const isMarked = await beginsAsProgram(source);
  const mayRun = (status.mode & 0o111) !== 0;
  if (isMarked && mayRun) return readScriptInventory(resolve(source), draft);
  if (isMarked) throw problems.notExecutable(source);
  const { text, sealed } = await loadClearText(source);
  if (!isYaml(source, text)) return readIniInventory(text, source, draft);
  const document = parseYaml(text, source);
  if (sealed) markSecrets(document);
  if (isMapping(document) && typeof document.plugin === 'string' && isConstructed(document.plugin))
    constructed.push({ document, source });
  else readYamlInventory(document, source, draft);
}

async function readDirectory(directory: string, draft: Draft, constructed: Constructed[]): Promise<void> {
  const entries = (await readdir(directory, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  for (const entry of entries) {
    if (entry.name.startsWith('.') || IGNORED.some((ending) => entry.name.endsWith(ending))) continue;
    if (VARIABLE_DIRECTORIES.has(entry.name)) continue;
    await readSource(join(directory, entry.name), draft, constructed);
  }
}

/** `#!` or an ELF header: what the permission bits alone do not say, since on some file systems every file has them. */
async function beginsAsProgram(source: string): Promise<boolean> {
  const file = await open(source).catch((thrown: NodeJS.ErrnoException) => {
    throw new HostwrightError(
      'file-unreadable',
      `The inventory ${JSON.stringify(source)} cannot be read (${thrown.code}).`,
    );
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead).toString('latin1');
    return start.startsWith('#!') || start === '\x7fELF';
  } finally {
    await file.close();
  }
}

/** By the ending where it tells; else a first line that is a section, or a host with variables, is INI. */
function isYaml(source: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/.test(source)) return true;
  if (source.endsWith('.ini')) return false;
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? '';
  return (
    first.trim() === '---' ||
    /^\s*(?:["'][^"']+["']|[^\s[=:]+):(?:\s|$)/.test(first) ||
    first.trimStart().startsWith('{')
  );
}
