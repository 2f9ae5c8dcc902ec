import { expect, test } from 'vitest';
import { measureLint } from '../bench/lint.ts';

test('a hundred files take less than a second once the modules are loaded', { timeout: 60_000 }, async () => {
  const { rounds } = await measureLint();
  expect(Math.min(...rounds)).toBeLessThan(1000);
});
