import { type Jinja, parseJinja } from './jinja.ts';

class NoSpelling extends Error {}

/** How tightly an operator binds in CEL; what binds less stands in parentheses. */
const BINDING = {
  choice: 0,
  or: 1,
  and: 2,
  comparison: 3,
  sum: 4,
  product: 5,
  unary: 6,
  postfix: 7,
} as const;

type Written = readonly [source: string, binding: number];

/**
 * The CEL spelling of a condition in Jinja; null where there is no simple one, or nothing to change. Names that are tested with
 * `is defined` become `has(vars.name)`.
 */
export function suggestCel(jinja: string): string | null {
  const bare = /^\{\{(.*)\}\}$/s.exec(jinja.trim())?.[1] ?? jinja;
  const tree = parseJinja(bare);
  if (!tree) return null;
  try {
    const [source] = write(tree);
    return source === jinja.trim() ? null : source;
  } catch (thrown) {
    if (thrown instanceof NoSpelling) return null;
    throw thrown;
  }
}

function within([source, binding]: Written, least: number): string {
  return binding < least ? `(${source})` : source;
}

function text(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  return quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

const call = (name: string, ...values: Jinja[]): Written => [
  `${name}(${values.map((value) => write(value)[0]).join(', ')})`,
  BINDING.postfix,
];

const receiver = (of: Jinja, rest: string): Written => [
  within(write(of), BINDING.postfix) + rest,
  BINDING.postfix,
];

function write(node: Jinja): Written {
  switch (node.kind) {
    case 'literal':
      return [typeof node.value === 'string' ? text(node.value) : String(node.value), BINDING.postfix];
    case 'name':
      return [node.name, BINDING.postfix];
    case 'field':
      return receiver(node.of, `.${node.name}`);
    case 'index':
      if (
        node.index.kind === 'literal' &&
        typeof node.index.value === 'string' &&
        /^[A-Za-z_]\w*$/.test(node.index.value)
      )
        return receiver(node.of, `.${node.index.value}`);
      return receiver(node.of, `[${write(node.index)[0]}]`);
    case 'list':
      return [`[${node.items.map((item) => write(item)[0]).join(', ')}]`, BINDING.postfix];
    case 'not':
      return not(write(node.of));
    case 'minus':
      return [`-${within(write(node.of), BINDING.unary)}`, BINDING.unary];
    case 'choice': {
      const [condition, yes, no] = [node.condition, node.yes, node.no].map(write) as [
        Written,
        Written,
        Written,
      ];
      return [`${within(condition, BINDING.or)} ? ${within(yes, BINDING.or)} : ${no[0]}`, BINDING.choice];
    }
    case 'binary':
      return binary(node.operator, node.left, node.right);
    case 'test':
      return node.negated ? not(test(node)) : test(node);
    case 'filter':
      return filter(node);
    case 'call':
      return method(node);
  }
}

function not(of: Written): Written {
  const [source] = of;
  // Not twice: `x is not undefined` is has(x).
  return source.startsWith('!') && of[1] === BINDING.unary
    ? [source.slice(1), BINDING.postfix]
    : [`!${within(of, BINDING.unary)}`, BINDING.unary];
}

function binary(operator: string, left: Jinja, right: Jinja): Written {
  const join = (sign: string, level: number, rightLevel = level + 1): Written => [
    `${within(write(left), level)} ${sign} ${within(write(right), rightLevel)}`,
    level,
  ];
  switch (operator) {
    case 'or':
      return join('||', BINDING.or);
    case 'and':
      return join('&&', BINDING.and);
    case '+':
    case '-':
      return join(operator, BINDING.sum);
    case '*':
    case '/':
    case '%':
      return join(operator, BINDING.product);
    case '~':
      return [`string(${write(left)[0]}) + string(${write(right)[0]})`, BINDING.sum];
    case '//':
      throw new NoSpelling();
    default:
      return join(operator, BINDING.comparison);
  }
}

/** `has(…)` for something that may be missing; a bare name is looked for among all variables. */
function has(of: Jinja): Written {
  if (of.kind === 'name') return [`has(vars.${of.name})`, BINDING.postfix];
  const written = write(of);
  if (of.kind === 'field') return [`has(${written[0]})`, BINDING.postfix];
  // has() takes fields only; for an item of a list or a computed key there is a function.
  return [`defined(${written[0]})`, BINDING.postfix];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  mapping: 'map',
  boolean: 'bool',
  integer: 'int',
  float: 'double',
};
const OUTCOMES: Readonly<Record<string, string>> = {
  failed: 'failed',
  failure: 'failed',
  changed: 'changed',
  change: 'changed',
  skipped: 'skipped',
  skip: 'skipped',
  succeeded: 'succeeded',
  success: 'succeeded',
  successful: 'succeeded',
  unreachable: 'unreachable',
};

function test(node: Jinja & { readonly kind: 'test' }): Written {
  const { of, name } = node;
  const [first, second] = node.given.list;
  const outcome = OUTCOMES[name];
  if (outcome) return call(outcome, of);
  if (TYPES[name]) return [`type(${write(of)[0]}) == ${TYPES[name]}`, BINDING.comparison];
  switch (name) {
    case 'defined':
      return has(of);
    case 'undefined':
      return not(has(of));
    case 'none':
      return [`${within(write(of), BINDING.sum)} == null`, BINDING.comparison];
    case 'true':
    case 'truthy':
    case 'false':
    case 'falsy': {
      const written = call('to_bool', of);
      return name.startsWith('t') ? written : not(written);
    }
    case 'match':
    case 'search':
    case 'regex': {
      if (first?.kind !== 'literal' || typeof first.value !== 'string') throw new NoSpelling();
      const pattern = name === 'match' && !first.value.startsWith('^') ? `^(?:${first.value})` : first.value;
      return receiver(of, `.matches(${text(pattern)})`);
    }
    case 'version':
    case 'version_compare':
      if (!first) throw new NoSpelling();
      return call('version', of, second ?? { kind: 'literal', value: '==' }, first);
    case 'in':
      if (!first) throw new NoSpelling();
      return binary('in', of, first);
    case 'contains':
      if (!first) throw new NoSpelling();
      return binary('in', first, of);
    case 'equalto':
    case 'eq':
      if (!first) throw new NoSpelling();
      return binary('==', of, first);
    default:
      throw new NoSpelling();
  }
}

const METHODS: Readonly<Record<string, string>> = {
  lower: 'lowerAscii',
  upper: 'upperAscii',
  trim: 'trim',
  strip: 'trim',
  startswith: 'startsWith',
  endswith: 'endsWith',
  split: 'split',
  join: 'join',
};
const FUNCTIONS: Readonly<Record<string, string>> = {
  length: 'size',
  count: 'size',
  int: 'int',
  float: 'double',
  string: 'string',
  bool: 'to_bool',
  first: 'first',
  last: 'last',
  unique: 'unique',
  sort: 'sort',
  min: 'min',
  max: 'max',
  sum: 'sum',
  abs: 'abs',
  keys: 'keys',
  basename: 'basename',
  dirname: 'dirname',
  from_json: 'from_json',
  from_yaml: 'from_yaml',
  b64decode: 'b64decode',
  quote: 'quote',
  flatten: 'flatten',
  difference: 'difference',
  intersect: 'intersect',
  union: 'union',
  regex_search: 'regex_search',
  regex_replace: 'regex_replace',
  replace: 'replace',
  round: 'round',
};

function filter(node: Jinja & { readonly kind: 'filter' }): Written {
  const { of, name } = node;
  const { list, named } = node.given;
  if (name === 'default' || name === 'd') {
    const [fallback = { kind: 'literal', value: '' }] = list;
    return call(
      'default',
      of.kind === 'name' ? { kind: 'field', of: { kind: 'name', name: 'vars' }, name: of.name } : of,
      fallback,
    );
  }
  if (name === 'list') return write(of);
  if (name === 'selectattr' && list.length === 1 && list[0]?.kind === 'literal')
    return receiver(of, `.filter(i, i.${list[0].value})`);
  if (name === 'map' && named.attribute?.kind === 'literal')
    return receiver(of, `.map(i, i.${named.attribute.value})`);
  if (Object.keys(named).length > 0) throw new NoSpelling();
  if (METHODS[name]) return receiver(of, `.${METHODS[name]}(${list.map((one) => write(one)[0]).join(', ')})`);
  if (FUNCTIONS[name]) return call(FUNCTIONS[name], of, ...list);
  throw new NoSpelling();
}

function method({ of, given }: Jinja & { readonly kind: 'call' }): Written {
  if (Object.keys(given.named).length > 0) throw new NoSpelling();
  // Functions that conditions have under the same name: has(…), size(…), default(…).
  if (of.kind === 'name') return call(of.name, ...given.list);
  if (of.kind !== 'field') throw new NoSpelling();
  if (of.name === 'get' && given.list[0]) {
    const [key, fallback = { kind: 'literal', value: null }] = given.list;
    return call('default', { kind: 'index', of: of.of, index: key as Jinja }, fallback);
  }
  return receiver(
    of.of,
    `.${METHODS[of.name] ?? of.name}(${given.list.map((one) => write(one)[0]).join(', ')})`,
  );
}
