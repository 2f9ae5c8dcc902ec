import { isEqual, isMapping, isTruthy, type Mapping, mappingOf } from '../values.ts';
import {
  any,
  bool,
  defineFunction,
  FunctionFailure,
  type FunctionTable,
  integer,
  list,
  optional,
  rest,
  text,
} from './define.ts';

/** Longer lists are a mistake in a playbook and would only fill the memory. */
const MAX_RANGE = 100_000;

/** The value at a dotted path in an item; undefined where it is not there. */
export function attributeOf(item: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((current, step) => {
    if (Array.isArray(current)) return current[Number(step)];
    return isMapping(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }, item);
}

function firstOfEach(items: readonly unknown[]): unknown[] {
  const kept: unknown[] = [];
  // Most lists hold texts and numbers, for which a Set is enough; only lists and maps are compared one by one.
  const seen = new Set<unknown>();
  for (const item of items) {
    const simple = typeof item !== 'object' || item === null;
    if (simple ? seen.has(item) : kept.some((one) => isEqual(one, item))) continue;
    seen.add(item);
    kept.push(item);
  }
  return kept;
}

/** Order of numbers by size, of anything else as text by code point. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [a, b].map((value) =>
    typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
  );
  if (left === right) return 0;
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

function includes(items: readonly unknown[], wanted: unknown): boolean {
  return items.some((item) => isEqual(item, wanted));
}

function edge(value: unknown, which: 'first' | 'last'): unknown {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new FunctionFailure('a list or a text is needed');
  if (value.length === 0)
    throw new FunctionFailure(
      `an empty ${typeof value === 'string' ? 'text' : 'list'} has no ${which} item`,
      `Give a fallback: default (${which} …) "x"`,
    );
  return value.at(which === 'first' ? 0 : -1);
}

function chosen(items: readonly unknown[], attribute: string | undefined, wanted: unknown): boolean[] {
  return items.map((item) => {
    const value = attribute === undefined ? item : attributeOf(item, attribute);
    return wanted === undefined ? value !== undefined && isTruthy(value) : isEqual(value, wanted);
  });
}

export const listFunctions: FunctionTable = {
  list: defineFunction({
    summary: 'A list of the arguments.',
    parameters: [rest(any('items'))],
    example: ['list 1 "a"', [1, 'a']],
    inConditions: false,
    run: ([items]) => items,
  }),
  length: defineFunction({
    summary: 'Number of items of a list, entries of a map, characters of a text.',
    parameters: [any('value')],
    example: ['length (list "a" "b")', 2],
    run: ([value]) => {
      if (typeof value === 'string') return [...value].length;
      if (Array.isArray(value)) return value.length;
      if (isMapping(value)) return Object.keys(value).length;
      throw new FunctionFailure('only lists, maps and texts have a length');
    },
  }),
  first: defineFunction({
    summary: 'The first item of a list, or character of a text.',
    parameters: [any('list')],
    example: ['first (list "a" "b")', 'a'],
    run: ([value]) => edge(value, 'first'),
  }),
  last: defineFunction({
    summary: 'The last item of a list, or character of a text.',
    parameters: [any('list')],
    example: ['last (list "a" "b")', 'b'],
    run: ([value]) => edge(value, 'last'),
  }),
  slice: defineFunction({
    summary:
      'Part of a list or text, from an index (0 is the first, -1 the last) up to, not including, another.',
    parameters: [any('value'), integer('from'), optional(integer('to'))],
    example: ['slice (list 1 2 3 4) 1 3', [2, 3]],
    run: ([value, from, to]) => {
      if (typeof value === 'string' || Array.isArray(value)) return value.slice(from, to);
      throw new FunctionFailure('a list or a text is needed');
    },
  }),
  unique: defineFunction({
    summary: 'The list without repeated items; the first of each stays.',
    parameters: [list('list')],
    example: ['unique (list 1 2 1)', [1, 2]],
    run: ([items]) => firstOfEach(items),
  }),
  sort: defineFunction({
    summary:
      'The list in ascending order (numbers by size, else as text), by an attribute of its items with by="name".',
    parameters: [list('list')],
    options: { by: text('by'), reverse: bool('reverse') },
    example: ['sort (list "b" "a")', ['a', 'b']],
    run: ([items], { by, reverse }) => {
      const key = (item: unknown) => (by === undefined ? item : attributeOf(item, by));
      const sorted = items.toSorted((a, b) => compareValues(key(a), key(b)));
      return reverse ? sorted.reverse() : sorted;
    },
  }),
  reverse: defineFunction({
    summary: 'The list, or text, from its end to its beginning.',
    parameters: [any('value')],
    example: ['reverse (list 1 2 3)', [3, 2, 1]],
    run: ([value]) => {
      if (typeof value === 'string') return [...value].reverse().join('');
      if (Array.isArray(value)) return value.toReversed();
      throw new FunctionFailure('a list or a text is needed');
    },
  }),
  range: defineFunction({
    summary: 'Whole numbers from start up to, not including, end; with one argument from 0.',
    parameters: [integer('start'), optional(integer('end')), optional(integer('step'))],
    example: ['range 1 4', [1, 2, 3]],
    run: ([first, second, step = 1]) => {
      const [start, end] = second === undefined ? [0, first] : [first, second];
      if (step === 0) throw new FunctionFailure('the step cannot be 0');
      const count = Math.max(0, Math.ceil((end - start) / step));
      if (count > MAX_RANGE)
        throw new FunctionFailure(`${count} numbers are too many (at most ${MAX_RANGE})`);
      return Array.from({ length: count }, (_, index) => start + index * step);
    },
  }),
  contains: defineFunction({
    summary: 'True where a list has the item, a map the key, or a text the part.',
    parameters: [any('value'), any('item')],
    example: ['contains (list "a" "b") "a"', true],
    run: ([value, item]) => {
      if (Array.isArray(value)) return includes(value, item);
      if (isMapping(value)) return Object.hasOwn(value, text('').convert(item));
      if (typeof value === 'string') return value.includes(text('item').convert(item));
      throw new FunctionFailure('a list, a map or a text is needed');
    },
  }),
  concat: defineFunction({
    summary: 'Several lists, one after the other, as one.',
    parameters: [rest(list('lists'))],
    example: ['concat (list 1) (list 2 3)', [1, 2, 3]],
    inConditions: false,
    run: ([lists]) => lists.flat(),
  }),
  flatten: defineFunction({
    summary:
      'The list with lists in it replaced by their items, through all levels or as many as given. Nulls are left out.',
    parameters: [list('list'), optional(integer('levels'))],
    example: ['flatten (list 1 (list 2 (list 3)))', [1, 2, 3]],
    run: ([items, levels]) =>
      (items.flat(Math.min(levels ?? 1000, 1000) as 1) as unknown[]).filter((item) => item !== null),
  }),
  union: defineFunction({
    summary: 'Items that are in either list, each once.',
    parameters: [list('a'), list('b')],
    example: ['union (list 1 2) (list 2 3)', [1, 2, 3]],
    run: ([a, b]) => firstOfEach([...a, ...b]),
  }),
  intersect: defineFunction({
    summary: 'Items that are in both lists, each once.',
    parameters: [list('a'), list('b')],
    example: ['intersect (list 1 2) (list 2 3)', [2]],
    run: ([a, b]) => firstOfEach(a.filter((item) => includes(b, item))),
  }),
  difference: defineFunction({
    summary: 'Items of the first list that are not in the second, each once.',
    parameters: [list('a'), list('b')],
    example: ['difference (list 1 2) (list 2 3)', [1]],
    run: ([a, b]) => firstOfEach(a.filter((item) => !includes(b, item))),
  }),
  map_attribute: defineFunction({
    summary: 'One attribute (a dotted path) of every item of a list; with default=… for items without it.',
    parameters: [list('list'), text('attribute')],
    options: { default: any('default') },
    example: ['map_attribute (list (dict name="a") (dict name="b")) "name"', ['a', 'b']],
    run: ([items, attribute], options) =>
      items.map((item, index) => {
        const value = attributeOf(item, attribute);
        if (value !== undefined) return value;
        if (Object.hasOwn(options, 'default')) return options.default;
        throw new FunctionFailure(
          `item ${index} has no ${JSON.stringify(attribute)}`,
          'Add default="" for items without it.',
        );
      }),
  }),
  select: defineFunction({
    summary: 'Items that are true; with an attribute, those whose attribute is true, or equal to a value.',
    parameters: [list('list'), optional(text('attribute')), optional(any('value'))],
    example: ['select (list (dict n=1) (dict n=2)) "n" 2', [{ n: 2 }]],
    run: ([items, attribute, value]) => {
      const keep = chosen(items, attribute, value);
      return items.filter((_, index) => keep[index]);
    },
  }),
  reject: defineFunction({
    summary: 'The items that select leaves out.',
    parameters: [list('list'), optional(text('attribute')), optional(any('value'))],
    example: ['reject (list (dict n=1) (dict n=2)) "n" 2', [{ n: 1 }]],
    run: ([items, attribute, value]) => {
      const drop = chosen(items, attribute, value);
      return items.filter((_, index) => !drop[index]);
    },
  }),
  group_items: defineFunction({
    summary: 'A map from each value of an attribute to the list of items that have it.',
    parameters: [list('list'), text('attribute')],
    example: [
      'group_items (list (dict n="a" x=1) (dict n="a" x=2)) "n"',
      {
        a: [
          { n: 'a', x: 1 },
          { n: 'a', x: 2 },
        ],
      },
    ],
    run: ([items, attribute]) => {
      const groups = new Map<string, unknown[]>();
      for (const item of items) {
        const key = text('').convert(attributeOf(item, attribute) ?? '');
        const group = groups.get(key);
        if (group) group.push(item);
        else groups.set(key, [item]);
      }
      return mappingOf(groups) as Mapping;
    },
  }),
};
