import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importAnsible } from '../../src/ansible/import.ts';
import type { Imported } from '../../src/ansible/summary.ts';
import { modules } from '../../src/modules/index.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';

export const options = { modules, expressions: createExpressions() };

export interface Result {
  readonly imported: Imported;
  /** Every file of the new directory by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** Marks as `file:line: reason`, without the directory. */
  readonly needed: readonly string[];
}

export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hw-import-')));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Imports into `directory`/new and reads what is there then. */
export async function importInto(directory: string, source: string, to = 'new'): Promise<Result> {
  const target = path.join(directory, to);
  const imported = await importAnsible(source, target, options);
  const found = await readdir(target, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(target, path.join(entry.parentPath, entry.name)))
    .toSorted();
  const texts = await Promise.all(names.map((name) => readFile(path.join(target, name), 'utf8')));
  return {
    imported,
    files: Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ''])),
    needed: imported.needed.map(({ file, line, reason }) =>
      `${path.relative(target, path.resolve(file))}:${line}: ${reason}`.replaceAll(`${target}/`, ''),
    ),
  };
}
