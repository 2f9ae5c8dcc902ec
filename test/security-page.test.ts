import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

// The threat model says which test shows what; a test that was renamed or removed shows nothing.

const page = readFileSync(join(import.meta.dirname, '../docs/security.md'), 'utf8');
const PARTS = readdirSync(import.meta.dirname).filter((name) => !name.includes('.'));
/** `transports/ssh ("pinned", "ProxyJump")`: a test file, and words of the tests in it. */
const REFERENCE = new RegExp(
  `\\b((?:${PARTS.join('|')})/[a-z0-9-]+(?:/[a-z0-9-]+)?)((?: \\((?:[^()]|\\([^()]*\\))*\\))?)`,
  'g',
);

function textOf(reference: string): string | undefined {
  const path = join(import.meta.dirname, reference);
  if (existsSync(`${path}.test.ts`)) return readFileSync(`${path}.test.ts`, 'utf8');
  if (!existsSync(path)) return undefined;
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.map((name) => readFileSync(join(path, name), 'utf8')).join('\n');
}

describe('docs/security.md', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (-|Who|\|)/.test(line));
  const references = rows.flatMap((row) => {
    const shownBy = row.split('|').at(-2) ?? '';
    return [...shownBy.matchAll(REFERENCE)].map(([, file = '', words = '']) => ({
      file,
      words: [...words.matchAll(/"([^"]+)"|`([^`]+)`/g)].map(([, one, other]) =>
        (one ?? other ?? '').replace('…', ''),
      ),
    }));
  });

  test('names a test for every attacker, every requirement and every situation', () => {
    expect(references.length).toBeGreaterThan(90);
    const without = rows.filter((row) => !new RegExp(REFERENCE.source).test(row.split('|').at(-2) ?? ''));
    expect(without.map((row) => row.slice(0, 60))).toEqual(
      // By what they are called here: files at the top of test/, and of the project.
      without.filter((row) => /modules \||xml|\.ci\/run/.test(row)).map((row) => row.slice(0, 60)),
    );
    for (let number = 63; number <= 80; number += 1) expect(page).toContain(`\n| ${number} |`);
    for (let number = 1; number <= 15; number += 1) expect(page).toContain(`\n| ${number} |`);
  });

  test('names tests that are there', () => {
    const missing = references.flatMap(({ file, words }) => {
      const text = textOf(file);
      if (text === undefined) return [file];
      return words.filter((word) => !text.includes(word.trim())).map((word) => `${file}: ${word}`);
    });
    expect(missing).toEqual([]);
  });
});
