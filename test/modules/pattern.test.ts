import { describe, expect, it } from 'vitest';
import { compilePattern, expandReferences } from '../../src/modules/pattern.ts';

const matches: readonly (readonly [pattern: string, text: string, matched: string | null])[] = [
  ['^a$', 'a', 'a'],
  ['(?i)PORT', 'port', 'port'],
  ['(?P<key>\\w+)=(?P=key)', 'a=b b=b', 'b=b'],
  ['\\Aa', 'ba', null],
  ['b\\Z', 'ab', 'b'],
  ['\\\\Z', 'a\\Z', '\\Z'],
  ['\\bnet\\.core', 'x net.core', 'net.core'],
];

describe('expressions as Python has them', () => {
  it.each(matches)('%s on %s', (pattern, text, matched) => {
    expect(compilePattern(pattern).exec(text)?.[0] ?? null).toBe(matched);
  });

  it('fill references, and leave what is none', () => {
    const match = compilePattern('(?P<k>a)(b)?(c)').exec('ac') as RegExpExecArray;
    const expanded = ['\\1', '\\g<k>', '[\\2]', '\\g<3>1', '\\\\1', '\\n', '\\9', '$1'].map((text) =>
      expandReferences(text, match),
    );
    expect(expanded).toEqual(['a', 'a', '[]', 'c1', '\\1', '\n', '\\9', '$1']);
  });

  it('say what is wrong and how to quote', () => {
    expect(() => compilePattern('a(')).toThrow(
      'The regular expression "a(" is not valid: Unterminated group.',
    );
  });
});
