import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentRules } from '../../src/lint/document.ts';
import { loaderRules } from '../../src/lint/loader-rules.ts';
import { rules } from '../../src/lint/rules/index.ts';

test('docs/lint.md says what the rules say (npx vitest run test/lint/document.test.ts -u writes it)', async () => {
  await expect(documentRules()).toMatchFileSnapshot('../../docs/lint.md');
});

/** Codes that only a run can give, because they are about values. */
const OF_RUNS = new Set([
  ...[
    'condition-not-boolean',
    'function-failed',
    'not-iterable',
    'null-in-text',
    'not-text',
    'required-missing',
  ],
  ...['template-cycle', 'template-too-deep', 'undefined-field', 'more-problems'],
  // Of functions in TypeScript, which run when they are evaluated.
  ...['function-async', 'function-nested', 'no-result-field', 'no-result-yet', 'read-outside-function'],
  ...['undeclared-input', 'function-value'],
]);

function codesIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const isYaml = file.startsWith('src/source/');
  const first = String.raw`(HostwrightError\(|\bproblem\(|\bsyntax\()\s*(?:\w+ \? )?'([a-z0-9]+(?:-[a-z0-9]+)*)'`;
  const calls = [...text.matchAll(new RegExp(`${first}(?: : '([a-z-]+)')?`, 'g'))].flatMap(
    ([, call, ...codes]) =>
      codes
        .filter((code) => code !== undefined)
        .map((code) => (isYaml && call === 'syntax(' ? `yaml-${code}` : code)),
  );
  const plain = isYaml
    ? [...text.matchAll(/^ {2}\w+: \[\s*'([a-z-]+)',/gm)].map(([, code]) => `yaml-${code}`)
    : [];
  return [...calls, ...plain];
}

test('every code of the loaders is a rule with a sentence of its own', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name}`)
    .filter((name) => /^src\/(source|playbook)\/.*\.ts$/.test(name));
  const codes = new Set(files.flatMap(codesIn).filter((code) => !OF_RUNS.has(code)));
  const named = new Set([...Object.keys(loaderRules), ...rules.map(({ name }) => name)]);
  const replaced = new Set(rules.flatMap(({ replaces = [] }) => replaces));
  expect([...codes].filter((code) => !named.has(code) && !replaced.has(code)).toSorted()).toEqual([]);
  expect(Object.keys(loaderRules).filter((code) => !codes.has(code))).toEqual([]);
});
