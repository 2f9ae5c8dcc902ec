import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorsIn, formatError } from '../../src/core/error.ts';
import { createExpressions } from '../../src/playbook/expressions/index.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import type { LoadedPlaybook } from '../../src/playbook/tree.ts';
import { table } from './table.ts';

export const expressions = createExpressions();
export const options = { modules: table, expressions };

/** Files by their path in the playbook's directory; `site.yaml` is the playbook. */
export type Files = Readonly<Record<string, string>>;

/** Works in a new directory with these files; the directory is gone afterwards. */
export async function withFiles<T>(
  files: Files | string,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hw-')));
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

export function load(directory: string): Promise<LoadedPlaybook> {
  return loadPlaybook(path.join(directory, 'site.yaml'), options);
}

/** The tree of a playbook that is right. */
export function loaded(files: Files | string): Promise<LoadedPlaybook> {
  return withFiles(files, load);
}

/** Everything that a user would read about a playbook that is wrong, without the directory. */
export function complaint(files: Files | string): Promise<string> {
  return withFiles(files, async (directory) => {
    try {
      await load(directory);
      return 'nothing is wrong';
    } catch (thrown) {
      return errorsIn(thrown)
        .map(formatError)
        .join('\n')
        .replaceAll(`${directory}/`, '')
        .replaceAll(`${path.dirname(directory)}/`, '../');
    }
  });
}
