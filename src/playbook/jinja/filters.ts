import { type Expression, type Given, Refusal } from './tree.ts';

/** A filter or method as a function of ours: arguments in order, the value first, and options by name. */
export interface Translated {
  readonly name: string;
  readonly values: readonly Expression[];
  readonly options: Readonly<Record<string, Expression>>;
}

type Options = Record<string, Expression>;

const option = (name: string, value: Expression | undefined): Options => (value ? { [name]: value } : {});

type Translate = (of: Expression, given: Given) => Translated;

/** The same function under our name, with at most so many arguments after the value. */
function same(name: string, most: number, named: readonly string[] = []): Translate {
  return (of, { list, named: options }) => {
    const other = Object.keys(options).find((key) => !named.includes(key));
    if (other !== undefined) throw new Refusal(`the argument ${other}= has no counterpart`);
    if (list.length > most) throw new Refusal(`${name} takes fewer arguments here`);
    return { name, values: [of, ...list], options };
  };
}

const textOf = (node: Expression | undefined) => (node?.kind === 'text' ? node.value : undefined);

/** Groups of a pattern that would be given back alone. */
const hasGroup = (pattern: string) => /(^|[^\\])\((?!\?)/.test(pattern);

const regexSearch: Translate = (of, { list, named }) => {
  const [pattern, group, more] = list;
  const text = textOf(pattern);
  if (pattern === undefined || more !== undefined) throw new Refusal('regex_search takes a pattern here');
  if (Object.keys(named).some((key) => key !== 'ignorecase'))
    throw new Refusal('regex_search has fewer options here');
  const groups = text === undefined ? undefined : hasGroup(text);
  if (group === undefined && groups !== false)
    throw new Refusal('regex_search gives the first group here where the pattern has one');
  const isFirst = textOf(group) === '\\1' || textOf(group) === '\\g<1>';
  if (group !== undefined && !(isFirst && groups))
    throw new Refusal('regex_search gives one group here, the first');
  return { name: 'regex_search', values: [of, pattern], options: option('ignore_case', named.ignorecase) };
};

const ATTRIBUTE_TESTS = new Set(['equalto', '==', 'eq', 'sameas']);

function selectAttribute(name: 'select' | 'reject'): Translate {
  return (of, { list }) => {
    const [attribute, test, value] = list;
    if (!attribute) throw new Refusal(`${name}attr needs the name of an attribute`);
    if (test === undefined) return { name, values: [of, attribute], options: {} };
    if (!ATTRIBUTE_TESTS.has(textOf(test) ?? '') || !value)
      throw new Refusal(`${name}attr with the test ${textOf(test) ?? '…'} has no counterpart`);
    return { name, values: [of, attribute, value], options: {} };
  };
}

const ADDRESS_PARTS = new Set(['address', 'network', 'netmask', 'hostmask', 'prefix', 'broadcast']);

const addressPart: Translate = (of, { list: [part, ...more] }) => {
  const name = textOf(part) ?? '';
  if (!ADDRESS_PARTS.has(name) || more.length > 0)
    throw new Refusal(`ipaddr is a function each here: ${[...ADDRESS_PARTS].join(', ')}`);
  return { name, values: [of], options: {} };
};

const onlyValue = (name: string) => same(name, 0);

/** Filters by Ansible's names. What is not here has no counterpart that is sure to mean the same. */
export const filters: Readonly<Record<string, Translate>> = Object.assign(Object.create(null), {
  ipaddr: addressPart,
  lower: onlyValue('lower'),
  upper: onlyValue('upper'),
  capitalize: onlyValue('capitalize'),
  title: onlyValue('title'),
  trim: same('trim', 1),
  replace: same('replace', 2),
  regex_replace: same('regex_replace', 2),
  regex_search: regexSearch,
  regex_findall: same('regex_findall', 1),
  regex_escape: onlyValue('regex_escape'),
  split: same('split', 1),
  join: (of, given) => {
    if (given.named.attribute)
      return {
        name: 'join',
        values: [filterCall('map', of, [], { attribute: given.named.attribute }), ...given.list],
        options: {},
      };
    return same('join', 1)(of, given);
  },
  quote: onlyValue('quote'),
  indent: (of, { list, named }) => {
    const width = list[0] ?? named.width;
    const first = list[1] ?? named.first;
    return {
      name: 'indent',
      values: width ? [of, width] : [of],
      options: option('first', first),
    };
  },
  length: onlyValue('length'),
  count: onlyValue('length'),
  first: onlyValue('first'),
  last: onlyValue('last'),
  unique: onlyValue('unique'),
  sort: (of, { list, named }) => {
    const { reverse = list[0], attribute, ...rest } = named;
    if (Object.keys(rest).length > 0) throw new Refusal('sort has fewer options here');
    return {
      name: 'sort',
      values: [of],
      options: { ...option('by', attribute), ...option('reverse', reverse) },
    };
  },
  reverse: onlyValue('reverse'),
  min: onlyValue('min'),
  max: onlyValue('max'),
  sum: (of, { list, named }) => {
    if (list.length > 0 || Object.keys(named).some((key) => key !== 'attribute'))
      throw new Refusal('sum with a start has no counterpart');
    const inner = named.attribute ? filterCall('map', of, [], { attribute: named.attribute }) : of;
    return { name: 'sum', values: [inner], options: {} };
  },
  abs: onlyValue('abs'),
  round: same('round', 1),
  int: onlyValue('int'),
  float: onlyValue('float'),
  string: onlyValue('string'),
  bool: onlyValue('to_bool'),
  flatten: (of, { list, named }) => ({
    name: 'flatten',
    values: [of, ...(list[0] ? [list[0]] : named.levels ? [named.levels] : [])],
    options: {},
  }),
  union: same('union', 1),
  intersect: same('intersect', 1),
  difference: same('difference', 1),
  map: (of, { list, named }) => {
    const { attribute, default: fallback } = named;
    if (!attribute || list.length > 0)
      throw new Refusal(`map(${textOf(list[0]) ?? '…'}) has no counterpart; map(attribute=…) has`);
    return { name: 'map_attribute', values: [of, attribute], options: option('default', fallback) };
  },
  selectattr: selectAttribute('select'),
  rejectattr: selectAttribute('reject'),
  select: onlyValue('select'),
  reject: onlyValue('reject'),
  dict2items: same('dict2items', 0, ['key_name', 'value_name']),
  items2dict: same('items2dict', 0, ['key_name', 'value_name']),
  combine: (of, { list, named }) => {
    const { recursive, ...rest } = named;
    if (Object.keys(rest).length > 0) throw new Refusal('combine with list_merge has no counterpart');
    return { name: 'merge', values: [of, ...list], options: option('deep', recursive) };
  },
  zip: same('zip', 1),
  to_json: onlyValue('to_json'),
  to_nice_json: (of, { named }) => ({
    name: 'to_nice_json',
    values: named.indent ? [of, named.indent] : [of],
    options: {},
  }),
  to_yaml: onlyValue('to_yaml'),
  to_nice_yaml: same('to_yaml', 0, ['indent']),
  from_json: onlyValue('from_json'),
  from_yaml: onlyValue('from_yaml'),
  b64encode: onlyValue('b64encode'),
  b64decode: onlyValue('b64decode'),
  hash: same('hash', 1),
  checksum: onlyValue('hash'),
  sha1: (of) => ({ name: 'hash', values: [of, { kind: 'text', value: 'sha1' }], options: {} }),
  md5: (of) => ({ name: 'hash', values: [of, { kind: 'text', value: 'md5' }], options: {} }),
  basename: onlyValue('basename'),
  dirname: onlyValue('dirname'),
  mandatory: same('required', 1),
  ternary: same('ternary', 2),
} satisfies Record<string, Translate>);

function filterCall(
  name: string,
  of: Expression,
  list: readonly Expression[],
  named: Readonly<Record<string, Expression>>,
): Expression {
  return { kind: 'filter', of, name, given: { list, named } };
}

/** Methods of Python's values that are filters here too. */
const METHODS: Readonly<Record<string, string>> = {
  lower: 'lower',
  upper: 'upper',
  strip: 'trim',
  capitalize: 'capitalize',
  title: 'title',
  replace: 'replace',
  split: 'split',
};

/** `x.lower()` as the filter that does the same; undefined where it is another method. */
export function methodAsFilter(of: Expression, method: string, given: Given): Expression | undefined {
  if (method === 'join') {
    const [list] = given.list;
    return list && { kind: 'filter', of: list, name: 'join', given: { list: [of], named: {} } };
  }
  if (method === 'get') {
    const [key, fallback] = given.list;
    if (!key) return undefined;
    const value: Expression = { kind: 'item', of, index: key };
    return {
      kind: 'filter',
      of: value,
      name: 'default',
      given: { list: [fallback ?? { kind: 'text', value: '' }], named: {} },
    };
  }
  const filter = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  return filter === undefined ? undefined : { kind: 'filter', of, name: filter, given };
}

/** The operator of a version test by any of its names. */
const OPERATORS: Readonly<Record<string, string>> = {
  '==': '==',
  '=': '==',
  eq: '==',
  '!=': '!=',
  '<>': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '<=': '<=',
  le: '<=',
  '>': '>',
  gt: '>',
  '>=': '>=',
  ge: '>=',
};

/** Arguments of `version value operator other`. */
export function versionArguments(of: Expression, { list, named }: Given): readonly Expression[] {
  const [other, operator] = [list[0] ?? named.version, list[1] ?? named.operator];
  if (!other) throw new Refusal('the version test needs a version');
  const sign = operator === undefined ? '==' : OPERATORS[textOf(operator) ?? ''];
  if (sign === undefined) throw new Refusal('the operator of this version test is not known');
  return [of, { kind: 'text', value: sign }, other];
}
