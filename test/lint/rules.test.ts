import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RuleExample } from '../../src/lint/rule.ts';
import { rules } from '../../src/lint/rules/index.ts';
import { type Files, mended, rulesFor } from './linting.ts';

const filesOf = ({ text, files }: RuleExample): Files => ({ 'site.yaml': text, ...files });
// Rules that are off are asked for; an inventory makes the names of all hosts known.
const options = { levels: { 'duplicate-task-name': 'warning' }, inventory: 'a,b' } as const;

describe.each(rules)('$name', (rule) => {
  test('finds what its bad example shows', async () => {
    const found = await rulesFor(filesOf(rule.bad), options);
    expect(found.filter((name) => name === rule.name)).toHaveLength(1);
  });

  test('is content, like all others, with its good example', async () => {
    expect(await rulesFor(filesOf(rule.good), options)).toEqual([]);
  });

  test('is a file of its own', () => {
    expect(readdirSync('src/lint/rules')).toContain(`${rule.name}.ts`);
  });
});

describe.each(rules.filter(({ fixable }) => fixable))('$name with --fix', (rule) => {
  test('mends the bad example into the good one, and nothing more the second time', async () => {
    const once = await mended(filesOf(rule.bad), options);
    expect(once.files).toEqual(filesOf(rule.good));
    expect(once.left).toEqual([]);
    expect(await mended(once.files, options)).toEqual({ ...once, count: 0 });
  });
});

test('every file of a rule is in the table', () => {
  const files = readdirSync('src/lint/rules').filter((name) => name !== 'index.ts');
  expect(rules.map(({ name }) => `${name}.ts`)).toEqual(files.toSorted());
  expect(rules.filter(({ fixable, checkFile }) => fixable && !checkFile)).toEqual([]);
});
