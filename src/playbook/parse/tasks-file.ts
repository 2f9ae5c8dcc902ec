import { access } from 'node:fs/promises';
import { shownPath } from '../../source/shown-path.ts';
import type { Node } from '../tree.ts';
import * as problems from './problems.ts';
import type { Reading } from './reading.ts';

/** The tasks of a file; its errors are reported. */
export async function readTasksFile(file: string, reading: Reading): Promise<readonly Node[]> {
  const { loading } = reading;
  const document = await loading.attempt(() => loading.read(file));
  if (document === undefined || document === null) return [];
  if (!Array.isArray(document)) {
    loading.add(problems.notATaskFile({ file: shownPath(file), line: 1, column: 1 }, document));
    return [];
  }
  return reading.readNodes(document, { owner: document, key: 'tasks' }, reading);
}

/** The first path that exists. */
export async function firstExisting(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    const exists = await access(candidate).then(
      () => true,
      () => false,
    );
    if (exists) return candidate;
  }
  return undefined;
}
