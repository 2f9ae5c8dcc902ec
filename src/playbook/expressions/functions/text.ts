import { quote as quoteForShell } from '../../../shell/sh.ts';
import {
  bool,
  defineFunction,
  FunctionFailure,
  type FunctionTable,
  integer,
  list,
  optional,
  text,
} from './define.ts';

/** A regular expression of the playbook's author; the text that it searches may come from anywhere. */
export function regularExpression(pattern: string, flags: string): RegExp {
  // Python's spelling of "ignore case", which many patterns carry along.
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  try {
    return inline
      ? new RegExp(pattern.slice(inline[0].length), [...new Set(flags + inline[1])].join(''))
      : new RegExp(pattern, flags);
  } catch {
    throw new FunctionFailure(
      `${JSON.stringify(pattern)} is not a regular expression`,
      'Regular expressions are those of JavaScript; named groups are written (?<name>…).',
    );
  }
}

/** `\1` and `\g<name>`, as Python has them, in the spelling of JavaScript; `$1` works as well. */
function replacementOf(replacement: string): string {
  return replacement
    .replace(/\\g<(\w+)>/g, (_, name: string) => (/^\d+$/.test(name) ? `$${name}` : `$<${name}>`))
    .replace(/\\(\d)/g, '$$$1');
}

const ignoreCase = { ignore_case: bool('ignore_case') };
const flagsOf = (options: { readonly ignore_case: boolean | undefined }) => (options.ignore_case ? 'i' : '');

function words(of: (word: string) => string) {
  return (value: string) => value.replace(/\p{L}[\p{L}\p{N}']*/gu, of);
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

export const textFunctions: FunctionTable = {
  lower: defineFunction({
    summary: 'Lower-case text.',
    parameters: [text('value')],
    example: ['lower "Web01"', 'web01'],
    run: ([value]) => value.toLowerCase(),
  }),
  upper: defineFunction({
    summary: 'Upper-case text.',
    parameters: [text('value')],
    example: ['upper "eth0"', 'ETH0'],
    run: ([value]) => value.toUpperCase(),
  }),
  capitalize: defineFunction({
    summary: 'The first letter upper-case, the rest lower-case.',
    parameters: [text('value')],
    example: ['capitalize "hELLO world"', 'Hello world'],
    run: ([value]) => capital(value),
  }),
  title: defineFunction({
    summary: 'Each word capitalized.',
    parameters: [text('value')],
    example: ['title "hello world"', 'Hello World'],
    run: ([value]) => words(capital)(value),
  }),
  trim: defineFunction({
    summary: 'Text without blanks and line ends at both ends, or without the given characters.',
    parameters: [text('value'), optional(text('characters'))],
    example: ['trim "  a b  "', 'a b'],
    run: ([value, characters]) => {
      if (characters === undefined) return value.trim();
      const cut = new Set(characters);
      const all = [...value];
      const kept = (one: string) => !cut.has(one);
      const start = all.findIndex(kept);
      return start < 0 ? '' : all.slice(start, all.findLastIndex(kept) + 1).join('');
    },
  }),
  replace: defineFunction({
    summary: 'Every occurrence of a text replaced by another.',
    parameters: [text('value'), text('search'), text('replacement')],
    example: ['replace "a.b.c" "." "-"', 'a-b-c'],
    run: ([value, search, replacement]) => value.split(search).join(replacement),
  }),
  regex_replace: defineFunction({
    summary: 'Every match of a regular expression replaced; `\\1` or `$1` is the first group.',
    parameters: [text('value'), text('pattern'), text('replacement')],
    options: ignoreCase,
    example: ['regex_replace "eth0" "eth(\\d+)" "port\\1"', 'port0'],
    run: ([value, pattern, replacement], options) =>
      value.replace(regularExpression(pattern, `g${flagsOf(options)}`), replacementOf(replacement)),
  }),
  regex_search: defineFunction({
    summary:
      'The first match, or its first group where the pattern has groups; an empty text where nothing matches.',
    parameters: [text('value'), text('pattern')],
    options: ignoreCase,
    example: ['regex_search "qemu 7.2.1" "(\\d+)\\.\\d+"', '7'],
    run: ([value, pattern], options) => {
      const found = regularExpression(pattern, flagsOf(options)).exec(value);
      return found ? (found[1] ?? found[0]) : '';
    },
  }),
  regex_findall: defineFunction({
    summary:
      'All matches as a list; where the pattern has one group its texts, where it has several a list for each match.',
    parameters: [text('value'), text('pattern')],
    options: ignoreCase,
    example: ['regex_findall "a1 b22" "\\d+"', ['1', '22']],
    run: ([value, pattern], options) =>
      [...value.matchAll(regularExpression(pattern, `g${flagsOf(options)}`))].map((match) => {
        const [whole, ...groups] = match.map((group) => group ?? '');
        return groups.length > 1 ? groups : (groups[0] ?? whole);
      }),
  }),
  regex_escape: defineFunction({
    summary: 'Text in which no character means anything in a regular expression.',
    parameters: [text('value')],
    example: ['regex_escape "10.0.0.1"', '10\\.0\\.0\\.1'],
    run: ([value]) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  }),
  split: defineFunction({
    summary: 'A list of the parts between separators; without a separator between runs of blanks.',
    parameters: [text('value'), optional(text('separator'))],
    example: ['split "a,b,c" ","', ['a', 'b', 'c']],
    run: ([value, separator]) =>
      separator === undefined ? value.split(/\s+/).filter((part) => part !== '') : value.split(separator),
  }),
  join: defineFunction({
    summary: 'The items of a list as one text, with a separator between them (none where it is left out).',
    parameters: [list('list'), optional(text('separator'))],
    example: ['join (list "a" "b") ", "', 'a, b'],
    run: ([items, separator]) => items.map((item) => text('').convert(item)).join(separator ?? ''),
  }),
  quote: defineFunction({
    summary: 'One word for a POSIX shell, whatever the text holds.',
    parameters: [text('value')],
    example: ['quote "it\'s"', "'it'\\''s'"],
    run: ([value]) => (value === '' ? "''" : quoteForShell(value)),
  }),
  indent: defineFunction({
    summary:
      'Every line but the first moved to the right by so many blanks (4); with first=true the first as well. Empty lines stay empty.',
    parameters: [text('value'), optional(integer('width'))],
    options: { first: bool('first') },
    example: ['indent "a\nb" 2', 'a\n  b'],
    run: ([value, width], { first }) => {
      const blanks = ' '.repeat(Math.max(0, Math.min(width ?? 4, 1000)));
      return value
        .split('\n')
        .map((line, index) => (line === '' || (index === 0 && !first) ? line : blanks + line))
        .join('\n');
    },
  }),
  starts_with: defineFunction({
    summary: 'True where the text begins with another.',
    parameters: [text('value'), text('start')],
    example: ['starts_with "virbr0" "virbr"', true],
    run: ([value, start]) => value.startsWith(start),
  }),
  ends_with: defineFunction({
    summary: 'True where the text ends with another.',
    parameters: [text('value'), text('end')],
    example: ['ends_with "base.xml" ".xml"', true],
    run: ([value, end]) => value.endsWith(end),
  }),
  matches: defineFunction({
    summary: 'True where a regular expression matches anywhere in the text.',
    parameters: [text('value'), text('pattern')],
    options: ignoreCase,
    example: ['matches "eth0" "^eth\\d+$"', true],
    run: ([value, pattern], options) => regularExpression(pattern, flagsOf(options)).test(value),
  }),
};
