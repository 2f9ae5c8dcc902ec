import { expect, test } from 'vitest';
import { didYouMean, listWords, nearest, quote } from '../../src/source/words.ts';

test.each([
  ['abc', '"abc"'],
  ['a "b"', `'a "b"'`],
  ['a\nb\u001b[31m', '"a\\nb\\u001b[31m"'],
  ['C:\\x', '"C:\\x"'],
  ['x'.repeat(100), `"${'x'.repeat(59)}…"`],
])('quote %j', (text, shown) => {
  expect(quote(text)).toBe(shown);
});

test.each<[string[], number, string]>([
  [[], 5, 'nothing'],
  [['a'], 5, 'a'],
  [['a', 'b', 'c'], 5, 'a, b and c'],
  [['a', 'b', 'c'], 2, 'a, b and 1 more'],
])('list %j, at most %i', (words, limit, shown) => {
  expect(listWords(words, limit)).toBe(shown);
});

const names = ['copy', 'command', 'template', 'become_user', 'gather_facts', 'x'];

test.each([
  ['cpoy', 'copy'],
  ['comand', 'command'],
  ['gather-facts', 'gather_facts'],
  ['Template', 'template'],
  ['becomeuser', 'become_user'],
  ['lineinfile', undefined],
  ['', undefined],
  ['y', undefined],
  ['X', 'x'],
])('nearest to %s', (word, found) => {
  expect(nearest(word, names)).toBe(found);
});

test('says nothing where nothing is near', () => {
  expect(didYouMean('cpoy', names)).toBe('Did you mean "copy"?');
  expect(didYouMean('zzzzzz', names)).toBeUndefined();
});
