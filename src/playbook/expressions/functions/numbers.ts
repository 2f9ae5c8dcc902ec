import { isEqual } from '../values.ts';
import {
  any,
  bool,
  defineFunction,
  FunctionFailure,
  type FunctionTable,
  integer,
  list,
  number,
  optional,
  rest,
  text,
} from './define.ts';
import { compareValues } from './lists.ts';

const TRUE_WORDS = new Set(['true', 'yes', 'on', '1', 't', 'y']);
const FALSE_WORDS = new Set(['false', 'no', 'off', '0', 'f', 'n', '']);

/** True and false in the words that people write. */
export function booleanOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const word =
    typeof value === 'number' || typeof value === 'string' ? String(value).trim().toLowerCase() : undefined;
  if (word !== undefined && TRUE_WORDS.has(word)) return true;
  if (word !== undefined && FALSE_WORDS.has(word)) return false;
  throw new FunctionFailure(
    `${JSON.stringify(value) ?? 'this value'} is neither true nor false`,
    'Words for it are true, yes, on, 1 and false, no, off, 0.',
  );
}

function order(a: unknown, b: unknown): number {
  if (typeof a === typeof b && (typeof a === 'number' || typeof a === 'string')) return compareValues(a, b);
  throw new FunctionFailure('only two numbers or two texts have an order', 'Convert one of them: (int x)');
}

function divide(a: number, b: number): number {
  if (b === 0) throw new FunctionFailure('division by zero');
  return a / b;
}

function extreme(items: readonly unknown[], sign: 1 | -1): unknown {
  const [first, ...others] = items;
  if (first === undefined) throw new FunctionFailure('the list is empty');
  return others.reduce((best, item) => (order(item, best) * sign > 0 ? item : best), first);
}

const sides = [any('a'), any('b')] as const;

function comparison(
  summary: string,
  example: readonly [string, unknown],
  test: (a: unknown, b: unknown) => boolean,
) {
  return defineFunction({
    summary,
    parameters: sides,
    example,
    inConditions: false,
    run: ([a, b]) => test(a, b),
  });
}

export const numberFunctions: FunctionTable = {
  int: defineFunction({
    summary: 'A whole number from a number (cut), a text (in a base, 10) or a boolean.',
    parameters: [any('value'), optional(integer('base'))],
    example: ['int "42"', 42],
    inConditions: false,
    run: ([value, base = 10]) => {
      if (typeof value === 'boolean') return Number(value);
      if (typeof value === 'string' && base !== 10) {
        const digits = value.trim().replace(/^(0x|0o|0b)/i, '');
        const parsed = Number.parseInt(digits, base);
        // parseInt stops at the first wrong digit; only a text that is a number as a whole counts.
        const isWhole = digits !== '' && [...digits].every((digit) => Number.parseInt(digit, 36) < base);
        if (!isWhole || Number.isNaN(parsed))
          throw new FunctionFailure(`${JSON.stringify(value)} is not a number in base ${base}`);
        return parsed;
      }
      return Math.trunc(number('value').convert(value));
    },
  }),
  float: defineFunction({
    summary: 'A number from a text.',
    parameters: [number('value')],
    example: ['float "1.5"', 1.5],
    run: ([value]) => value,
  }),
  type_of: defineFunction({
    summary: 'What a value is: string, number, boolean, list, map or null.',
    parameters: [any('value')],
    example: ['type_of (list 1)', 'list'],
    inConditions: false,
    run: ([value]) => {
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'list';
      return typeof value === 'object' ? 'map' : typeof value;
    },
  }),
  string: defineFunction({
    summary: 'The value as text.',
    parameters: [any('value')],
    example: ['string 8080', '8080'],
    inConditions: false,
    run: ([value]) =>
      typeof value === 'object' ? (JSON.stringify(value) ?? '') : text('value').convert(value),
  }),
  to_bool: defineFunction({
    summary: 'True or false from a word for it: true, yes, on, 1; false, no, off, 0.',
    parameters: [any('value')],
    example: ['to_bool "yes"', true],
    run: ([value]) => booleanOf(value),
  }),
  bool: defineFunction({
    summary: 'The same as to_bool.',
    parameters: [any('value')],
    example: ['bool "no"', false],
    inConditions: false,
    run: ([value]) => booleanOf(value),
  }),
  eq: comparison(
    'True where both are equal; lists and maps by content, a number and a text never.',
    ['eq 1 1', true],
    isEqual,
  ),
  ne: comparison('True where they differ.', ['ne "a" "b"', true], (a, b) => !isEqual(a, b)),
  lt: comparison('True where a < b.', ['lt 1 2', true], (a, b) => order(a, b) < 0),
  le: comparison('True where a <= b.', ['le 2 2', true], (a, b) => order(a, b) <= 0),
  gt: comparison('True where a > b.', ['gt 2 1', true], (a, b) => order(a, b) > 0),
  ge: comparison('True where a >= b.', ['ge 1 2', false], (a, b) => order(a, b) >= 0),
  not: defineFunction({
    summary: 'True for false and the reverse.',
    parameters: [bool('value')],
    example: ['not false', true],
    inConditions: false,
    run: ([value]) => !value,
  }),
  add: defineFunction({
    summary: 'The sum.',
    parameters: [rest(number('numbers'))],
    example: ['add 1 2 3', 6],
    inConditions: false,
    run: ([values]) => values.reduce((sum, value) => sum + value, 0),
  }),
  sub: defineFunction({
    summary: 'a - b.',
    parameters: [number('a'), number('b')],
    example: ['sub 5 2', 3],
    inConditions: false,
    run: ([a, b]) => a - b,
  }),
  mul: defineFunction({
    summary: 'The product.',
    parameters: [rest(number('numbers'))],
    example: ['mul 2 3', 6],
    inConditions: false,
    run: ([values]) => values.reduce((product, value) => product * value, 1),
  }),
  div: defineFunction({
    summary: 'a / b, with a fraction; (int (div a b)) cuts it.',
    parameters: [number('a'), number('b')],
    example: ['div 5 2', 2.5],
    inConditions: false,
    run: ([a, b]) => divide(a, b),
  }),
  mod: defineFunction({
    summary: 'What is left of a after division by b; never negative for a positive b.',
    parameters: [number('a'), number('b')],
    example: ['mod 7 3', 1],
    inConditions: false,
    run: ([a, b]) => a - b * Math.floor(divide(a, b)),
  }),
  abs: defineFunction({
    summary: 'The number without its sign.',
    parameters: [number('value')],
    example: ['abs -3', 3],
    run: ([value]) => Math.abs(value),
  }),
  round: defineFunction({
    summary: 'The nearest number with so many digits after the point (0).',
    parameters: [number('value'), optional(integer('digits'))],
    example: ['round 2.345 1', 2.3],
    run: ([value, digits = 0]) => Number(`${Math.round(Number(`${value}e${digits}`))}e${-digits}`),
  }),
  min: defineFunction({
    summary: 'The smallest item of a list.',
    parameters: [list('list')],
    example: ['min (list 3 1 2)', 1],
    run: ([items]) => extreme(items, -1),
  }),
  max: defineFunction({
    summary: 'The greatest item of a list.',
    parameters: [list('list')],
    example: ['max (list 3 1 2)', 3],
    run: ([items]) => extreme(items, 1),
  }),
  sum: defineFunction({
    summary: 'The sum of a list of numbers.',
    parameters: [list('list')],
    example: ['sum (list 1 2 3)', 6],
    run: ([items]) => items.reduce<number>((total, item) => total + number('item').convert(item), 0),
  }),
  version: defineFunction({
    summary:
      'Compares version numbers, part by part: version "7.2" ">=" "7.10" is false. A pre-release (1.0-rc1) is older.',
    parameters: [text('version'), text('operator'), text('other')],
    example: ['version "7.10" ">=" "7.2"', true],
    run: ([version, operator, other]) => {
      const found = compareVersions(version, other);
      switch (operator) {
        case '==':
        case '=':
        case 'eq':
          return found === 0;
        case '!=':
        case 'ne':
          return found !== 0;
        case '<':
        case 'lt':
          return found < 0;
        case '<=':
        case 'le':
          return found <= 0;
        case '>':
        case 'gt':
          return found > 0;
        case '>=':
        case 'ge':
          return found >= 0;
        default:
          throw new FunctionFailure(
            `${JSON.stringify(operator)} compares nothing`,
            'Operators are ==, !=, <, <=, >, >=.',
          );
      }
    },
  }),
};

/** Order of two version numbers: runs of digits as numbers, other runs as text; `~` and `-rc` come before the release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) =>
    version
      .trim()
      .replace(/^v(?=\d)/, '')
      .match(/\d+|[a-z]+|~/gi) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = weigh(left[index]) - weigh(right[index]) || compareParts(left[index], right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

// A number after the common part makes a version newer, a word (rc1, beta) or `~` makes it older than the bare one.
function weigh(part: string | undefined): number {
  if (part === undefined) return 1;
  if (part === '~') return -1;
  return /^\d/.test(part) ? 2 : 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return /^\d/.test(a) ? Number(a) - Number(b) : compareValues(a.toLowerCase(), b.toLowerCase());
}
