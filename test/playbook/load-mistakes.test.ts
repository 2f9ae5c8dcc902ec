import { describe, expect, test } from 'vitest';
import { complaint } from './loading.ts';
import { mistakes as blocks } from './mistakes/blocks.ts';
import { mistakes as imports } from './mistakes/imports-and-includes.ts';
import { mistakes as inputs } from './mistakes/inputs.ts';
import { mistakes as loops } from './mistakes/loops.ts';
import { mistakes as parameters } from './mistakes/parameters.ts';
import { mistakes as plays } from './mistakes/playbooks-and-plays.ts';
import { mistakes as roles } from './mistakes/roles.ts';
import { mistakes as tasks } from './mistakes/tasks.ts';

describe.each([
  ['playbooks and plays', plays],
  ['inputs', inputs],
  ['tasks', tasks],
  ['loops', loops],
  ['blocks', blocks],
  ['parameters', parameters],
  ['imports and includes', imports],
  ['roles', roles],
])('mistakes in %s', (_, mistakes) => {
  test.each(mistakes)('%s', async (_name, files, expected) => {
    expect(await complaint(files)).toBe(expected);
  });
});

test('of very many problems the first fifty are shown', async () => {
  const tasks = Array.from({ length: 60 }, (_, index) => `    - cpoy: ${index}`).join('\n');
  const lines = (await complaint(`- hosts: all\n  tasks:\n${tasks}\n`)).split('\n');
  expect(lines).toHaveLength(102);
  expect(lines[0]).toBe('site.yaml:3:7: There is no module "cpoy".');
  expect(lines.slice(-3)).toEqual([
    '  Did you mean "copy"?',
    '10 more problems are not shown.',
    '  Mend these first.',
  ]);
});

test('a playbook in TypeScript is told apart by its name, also where it is imported', async () => {
  const files = { 'site.yaml': '- import_playbook: x.ts\n', 'x.ts': '' };
  expect(await complaint(files)).toBe(`x.ts:1:1: The file x.ts exports no playbook.
  Write: export default definePlaybook({ plays: [play(…)] })`);
});
