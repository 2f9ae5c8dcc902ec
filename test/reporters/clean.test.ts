import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanLine, cleanText, lastOverprint } from '../../src/reporters/clean.ts';

const cases: readonly (readonly [string, string, string])[] = [
  ['plain text', 'one\n\ttwo', 'one\n\ttwo'],
  ['other scripts', '网络 → grün', '网络 → grün'],
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['colours by C1', '\u009b31mred', 'red'],
  ['clear screen', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['title, ended by BEL', 'a\u001b]0;owned\u0007b', 'ab'],
  ['title, ended by ST', 'a\u001b]0;owned\u001b\\b', 'ab'],
  ['title by C1', 'a\u009d0;owned\u009cb', 'ab'],
  ['link', '\u001b]8;;http://example.org\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['a string that never ends swallows its line only', 'a\u001b]0;owned\nnext line', 'a\nnext line'],
  ['device control', 'a\u001bP1;2|x\u001b\\b', 'ab'],
  ['character set', 'a\u001b(0b', 'ab'],
  ['lone escape at the end', 'a\u001b', 'a'],
  ['unfinished sequence', 'a\u001b[31', 'a'],
  ['backspaces', 'rm\b\bls', 'rmls'],
  ['carriage return', 'long\rok', 'longok'],
  ['line ends of DOS', 'a\r\nb', 'a\nb'],
  ['bidirectional override', 'a\u202eb', 'ab'],
  ['NUL and DEL', 'a\0b\u007f', 'ab'],
];

it.each(cases)('cleans %s', (_name, text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

it('leaves no control character, whatever comes', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      '\u001b',
      '[',
      ']',
      'P',
      '0',
      ';',
      'm',
      '\u0007',
      '\u009b',
      '\\',
      '\n',
      'a',
      '\u0090',
      '\r',
    ),
  });
  fc.assert(
    fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      expect(cleanText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
  );
});

it('puts several lines on one', () => {
  expect(cleanLine('  one \n\n two\tthree ')).toBe('one two three');
});

it('shows of a progress bar what a terminal would', () => {
  expect(lastOverprint('10%\r20%\r30%')).toBe('30%');
  expect(lastOverprint('10%\r')).toBe('10%');
});
