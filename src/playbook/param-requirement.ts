import type { z } from 'zod';
import { listWords } from '../source/words.ts';

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
};

const kind = (expected: string) => KINDS[expected] ?? expected;

/** What the value must do, as it stands after "must". */
export function requirement(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `be ${kind(issue.expected)}`;
    case 'invalid_value': {
      const words = issue.values.map(String);
      return words.length < 3 ? `be ${words.join(' or ')}` : `be one of ${eitherOf(words)}`;
    }
    case 'too_small':
      return `be ${bound(issue.origin, 'at least', issue.minimum, issue.inclusive ?? true)}`;
    case 'too_big':
      return `be ${bound(issue.origin, 'at most', issue.maximum, issue.inclusive ?? true)}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `match ${issue.pattern ?? 'its pattern'}`
        : `be a valid ${issue.format.replaceAll('_', ' ')}`;
    case 'not_multiple_of':
      return `be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return `be ${unionKinds(issue)}`;
    default:
      return 'have another value';
  }
}

function eitherOf(words: readonly string[]): string {
  return listWords(words).replace(/ and ([^,]+)$/, ' or $1');
}

function bound(origin: string, word: string, limit: number | bigint, inclusive: boolean): string {
  if (origin === 'string')
    return limit === 1n || limit === 1 ? 'a text that is not empty' : `${word} ${limit} characters long`;
  if (origin === 'array' || origin === 'set')
    return `a list with ${word} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (inclusive) return `${word} ${limit}`;
  return `${word === 'at least' ? 'more' : 'less'} than ${limit}`;
}

function unionKinds(issue: UnionIssue): string {
  const kinds = issue.errors.flatMap((errors) => {
    const [first] = errors;
    if (first?.code === 'invalid_type') return [kind(first.expected)];
    if (first?.code === 'invalid_value') return first.values.map(String);
    return first?.code === 'invalid_union' ? [unionKinds(first)] : [];
  });
  return kinds.length === 0 ? 'another value' : eitherOf([...new Set(kinds)]);
}
