import { isMapping, type Mapping, mappingOf } from '../values.ts';
import {
  any,
  bool,
  defineFunction,
  FunctionFailure,
  type FunctionTable,
  list,
  map,
  optional,
  rest,
  text,
} from './define.ts';

function mergeDeep(low: Mapping, high: Mapping): Mapping {
  const merged = new Map(Object.entries(low));
  for (const [key, value] of Object.entries(high)) {
    const below = merged.get(key);
    merged.set(key, isMapping(below) && isMapping(value) ? mergeDeep(below, value) : value);
  }
  return mappingOf(merged);
}

export const mapFunctions: FunctionTable = {
  dict: defineFunction({
    summary: 'A map: of key=value pairs, or of keys and values in turn.',
    parameters: [rest(any('keys_and_values'))],
    example: ['dict name="br0" stp=false', { name: 'br0', stp: false }],
    inConditions: false,
    run: ([values], options) => {
      if (values.length % 2 === 1) throw new FunctionFailure('the last key has no value');
      const pairs = Array.from({ length: values.length / 2 }, (_, index): [string, unknown] => [
        text('key').convert(values[index * 2]),
        values[index * 2 + 1],
      ]);
      return mappingOf([...pairs, ...Object.entries(options)]);
    },
  }),
  keys: defineFunction({
    summary: 'The keys of a map, in order.',
    parameters: [map('map')],
    example: ['keys (dict a=1 b=2)', ['a', 'b']],
    run: ([value]) => Object.keys(value),
  }),
  values: defineFunction({
    summary: 'The values of a map, in the order of its keys.',
    parameters: [map('map')],
    example: ['values (dict a=1 b=2)', [1, 2]],
    run: ([value]) => Object.values(value),
  }),
  merge: defineFunction({
    summary: 'Maps as one; a later one wins. With deep=true maps inside are merged too.',
    parameters: [rest(map('maps'))],
    options: { deep: bool('deep') },
    example: ['merge (dict a=1 b=1) (dict b=2)', { a: 1, b: 2 }],
    inConditions: false,
    run: ([maps], { deep }) =>
      maps.reduce<Mapping>(
        (low, high) =>
          deep ? mergeDeep(low, high) : mappingOf([...Object.entries(low), ...Object.entries(high)]),
        {},
      ),
  }),
  dict2items: defineFunction({
    summary:
      'A list of {key, value}, one for each entry of a map; other names with key_name= and value_name=.',
    parameters: [map('map')],
    options: { key_name: text('key_name'), value_name: text('value_name') },
    example: ['dict2items (dict a=1)', [{ key: 'a', value: 1 }]],
    run: ([value], { key_name = 'key', value_name = 'value' }) =>
      Object.entries(value).map(([key, one]) =>
        mappingOf([
          [key_name, key],
          [value_name, one],
        ]),
      ),
  }),
  items2dict: defineFunction({
    summary: 'A map from a list of {key, value}; other names with key_name= and value_name=.',
    parameters: [list('list')],
    options: { key_name: text('key_name'), value_name: text('value_name') },
    example: ['items2dict (list (dict key="a" value=1))', { a: 1 }],
    run: ([items], { key_name = 'key', value_name = 'value' }) =>
      mappingOf(
        items.map((item, index): [string, unknown] => {
          if (!isMapping(item) || !Object.hasOwn(item, key_name) || !Object.hasOwn(item, value_name))
            throw new FunctionFailure(
              `item ${index} has no ${JSON.stringify(key_name)} and ${JSON.stringify(value_name)}`,
            );
          return [text(key_name).convert(item[key_name]), item[value_name]];
        }),
      ),
  }),
  pick: defineFunction({
    summary: 'The map with only the given keys (those that it has).',
    parameters: [map('map'), rest(text('keys'))],
    example: ['pick (dict a=1 b=2) "a"', { a: 1 }],
    inConditions: false,
    run: ([value, wanted]) => mappingOf(Object.entries(value).filter(([key]) => wanted.includes(key))),
  }),
  omit_keys: defineFunction({
    summary: 'The map without the given keys.',
    parameters: [map('map'), rest(text('keys'))],
    example: ['omit_keys (dict a=1 b=2) "a"', { b: 2 }],
    inConditions: false,
    run: ([value, unwanted]) => mappingOf(Object.entries(value).filter(([key]) => !unwanted.includes(key))),
  }),
  zip: defineFunction({
    summary:
      'A list of pairs from two lists, as long as the shorter; with a list of two names, a list of maps.',
    parameters: [list('a'), list('b'), optional(list('names'))],
    example: [
      'zip (list 1 2) (list "a" "b")',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    run: ([a, b, names]) =>
      a.slice(0, b.length).map((item, index) =>
        names
          ? mappingOf([
              [text('').convert(names[0]), item],
              [text('').convert(names[1]), b[index]],
            ])
          : [item, b[index]],
      ),
  }),
};
