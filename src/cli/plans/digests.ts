import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Inventory } from '../../inventory/inventory.ts';
import { encode } from '../../journal/seal.ts';
import type { LoadedPlaybook, Node } from '../../playbook/tree.ts';

/** SHA-256 of files by their absolute paths; of a directory, of everything in it. A file that is gone has the word `gone`. */
export type Digests = Readonly<Record<string, string>>;

/** The files that a run is made of: playbooks, what they include, the directories of their roles, and what tasks used. */
export function codeOf(playbooks: readonly LoadedPlaybook[], used: Iterable<string>): readonly string[] {
  const found = new Set<string>([...used].map((file) => path.resolve(file)));
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      found.add(path.resolve(node.origin.file));
      if (node.origin.role) found.add(path.resolve(node.origin.role.path));
      if (node.kind === 'block') visit([...node.block, ...node.rescue, ...node.always]);
      if (node.kind === 'include') visit([...(node.loaded?.nodes ?? []), ...(node.loaded?.handlers ?? [])]);
    }
  };
  for (const { file, plays } of playbooks) {
    found.add(path.resolve(file));
    for (const play of plays) {
      found.add(path.resolve(play.file));
      visit([...play.preTasks, ...play.roles.map((use) => use.block), ...play.tasks, ...play.postTasks]);
      visit(play.handlers);
      for (const written of play.varsFiles.flat()) {
        if (typeof written === 'string') found.add(path.resolve(path.dirname(play.file), written));
      }
    }
  }
  for (const file of [...found]) addImports(file, found);
  return [...found].toSorted();
}

const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** What a playbook in TypeScript imports from beside it, and what that imports; packages are pinned elsewhere. */
function addImports(file: string, found: Set<string>): void {
  if (!/\.[cm]?[jt]s$/.test(file)) return;
  for (const [, name = ''] of textOf(file).matchAll(IMPORT)) {
    const base = path.resolve(path.dirname(file), name);
    const there = ['', '.ts', '.js', '.mts', '.mjs', '/index.ts', '/index.js']
      .map((ending) => base + ending)
      .find((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
    if (there === undefined || found.has(there)) continue;
    found.add(there);
    addImports(there, found);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export function digestFiles(files: readonly string[]): Digests {
  return Object.fromEntries(files.map((file) => [file, digestOfPath(file)]));
}

function digestOfPath(file: string): string {
  try {
    const hash = createHash('sha256');
    if (!statSync(file).isDirectory()) return hash.update(readFileSync(file)).digest('hex');
    const names = readdirSync(file, { recursive: true, encoding: 'utf8' }).toSorted();
    for (const name of names) {
      const inside = path.join(file, name);
      if (statSync(inside).isFile()) hash.update(`${name}\0`).update(readFileSync(inside)).update('\0');
    }
    return hash.digest('hex');
  } catch {
    return 'gone';
  }
}

/** Hosts, groups and variables as one word; whatever the inventory is made of. */
export function digestInventory(inventory: Inventory): string {
  const { hosts, groups } = inventory;
  const variables = hosts.map((host) => [inventory.groupsOf(host), inventory.layersOf(host)]);
  return createHash('sha256').update(encode({ hosts, groups, variables }).json).digest('hex');
}
