import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadInventory } from '../../src/inventory/load.ts';
import { fixAndWrite } from '../../src/lint/fix.ts';
import { formatFinding } from '../../src/lint/format.ts';
import { type Linted, type LintOptions, lint } from '../../src/lint/lint.ts';
import { modules } from '../../src/modules/index.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';

/** Files by their path; `site.yaml` is the playbook. */
export type Files = Readonly<Record<string, string>>;

export const basic = { modules, expressions: createExpressions() };

export async function withFiles<T>(
  files: Files | string,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hw-lint-')));
  try {
    for (const [name, text] of Object.entries(typeof files === 'string' ? { 'site.yaml': files } : files)) {
      const file = path.join(directory, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

export interface Options extends Partial<Omit<LintOptions, 'inventory'>> {
  /** A source as on the command line; a path counts from the directory. */
  readonly inventory?: string;
  /** What is linted, below the directory. Default: `site.yaml`. */
  readonly paths?: readonly string[];
}

async function inside(directory: string, { inventory, paths = ['site.yaml'], ...options }: Options) {
  const source = inventory?.includes(',') ? inventory : path.join(directory, inventory ?? '');
  return {
    words: paths.map((one) => path.join(directory, one)),
    options: {
      ...basic,
      ...options,
      ...(inventory === undefined ? {} : { inventory: await loadInventory([source]) }),
    },
  };
}

const shown = (linted: Linted, directory: string) =>
  linted.findings.map((finding) =>
    formatFinding(finding)
      .replaceAll(`${directory}/`, '')
      .replaceAll(/\.\.\/[\w./-]*hw-lint-\w+\//g, ''),
  );

/** Everything that is found, as it is printed. */
export function found(files: Files | string, options: Options = {}): Promise<readonly string[]> {
  return withFiles(files, async (directory) => {
    const { words, options: all } = await inside(directory, options);
    return shown(await lint(words, all), directory);
  });
}

/** The names of the rules that speak, in order. */
export async function rulesFor(files: Files | string, options: Options = {}): Promise<readonly string[]> {
  return (await found(files, options)).map((line) => /\[([\w-]+)\]/.exec(line)?.[1] ?? line);
}

/** The files after `--fix`, and what is still found. */
export function mended(
  files: Files | string,
  options: Options = {},
): Promise<{ readonly files: Files; readonly left: readonly string[]; readonly count: number }> {
  return withFiles(files, async (directory) => {
    const { words, options: all } = await inside(directory, options);
    const { linted, count } = await fixAndWrite(words, all);
    const names = Object.keys(typeof files === 'string' ? { 'site.yaml': files } : files);
    const texts = await Promise.all(names.map((name) => readFile(path.join(directory, name), 'utf8')));
    return {
      files: Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ''])),
      left: shown(linted, directory),
      count,
    };
  });
}
