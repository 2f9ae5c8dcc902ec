import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { Template } from '../../src/core/template.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { type InventoryOptions, loadInventory } from '../../src/inventory/load.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';

/** Writes files into a directory of their own, which lasts as long as the test. Those that begin with `#!` become executable. */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hostwright-inventory-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    if (text.startsWith('#!')) await chmod(path, 0o755);
  }
  return directory;
}

/** An inventory from one file (or whatever `sources` names in the directory). */
export async function load(
  files: Readonly<Record<string, string>>,
  sources: readonly string[] = Object.keys(files).slice(0, 1),
  playbooks: readonly string[] = [],
): Promise<Inventory> {
  const directory = await writeFiles(files);
  const inside = (name: string) => (name.includes(',') ? name : join(directory, name));
  const options: InventoryOptions = {
    playbookDirs: playbooks.map(inside),
    expressions: async () => createExpressions(),
  };
  return loadInventory(sources.map(inside), options);
}

/** All messages of what loading throws, without the directory. */
export async function messagesOf(
  files: Readonly<Record<string, string>>,
  sources?: readonly string[],
): Promise<readonly string[]> {
  try {
    await load(files, sources);
  } catch (thrown) {
    return errorsIn(thrown).map((error) =>
      formatError(error).replaceAll(/\/[^\s"]*hostwright-inventory-[^/"\s]+\//g, ''),
    );
  }
  return [];
}

/** The variables of a host as one map; Templates as their source in braces marks. */
export function variablesOf(inventory: Inventory, host: string): Readonly<Record<string, unknown>> {
  return shown(Object.assign({}, ...inventory.layersOf(host))) as Readonly<Record<string, unknown>>;
}

function shown(value: unknown): unknown {
  if (value instanceof Template) return `<template ${value.source}>`;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}
