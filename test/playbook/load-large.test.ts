import path from 'node:path';
import { expect, test } from 'vitest';
import { formatPosition, type SourcePosition } from '../../src/core/position.ts';
import { Template } from '../../src/core/template.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import type { Origin } from '../../src/playbook/tree.ts';
import { options } from './loading.ts';

const directory = path.join(import.meta.dirname, 'large');

/** The tree without what is empty, with places on one line; paths below the directory of the playbook. */
function shown(value: unknown, key = ''): unknown {
  const relative = (file: string) => path.relative(directory, path.resolve(file)) || '.';
  if (value instanceof Template) return `template ${value.source}`;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => shown(item));
  if (typeof value !== 'object' || value === null) {
    if (value === false && key === 'flattenLoop') return undefined;
    return (key === 'file' || key === 'path') && typeof value === 'string' ? relative(value) : value;
  }
  if (key === 'position') {
    const position = value as SourcePosition;
    return formatPosition({ ...position, file: relative(position.file) });
  }
  if (key === 'origin') {
    const { file, role } = value as Origin;
    return `${relative(file)}${role ? ` of ${[role, ...role.dependents].map((one) => one.name).join(' for ')}` : ''}`;
  }
  if (key === 'loopControl' && (value as { loopVar: string }).loopVar === 'item') return undefined;
  const entries = Object.entries(value).map(([name, entry]) => [name, shown(entry, name)]);
  return entries.every(([, entry]) => entry === undefined) ? undefined : Object.fromEntries(entries);
}

test('a playbook with everything becomes this tree', async () => {
  const playbook = await loadPlaybook(path.join(directory, 'site.yaml'), options);
  await expect(`${JSON.stringify(shown(playbook), null, 1)}\n`).toMatchFileSnapshot('large.tree.snap');
});
