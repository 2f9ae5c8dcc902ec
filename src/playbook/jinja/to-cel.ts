import {
  CEL_NAMES,
  CEL_WORDS,
  COMPARISONS,
  celText,
  OUTCOMES,
  RECEIVERS,
  TEMPLATES_ONLY,
  TYPES,
} from './cel-words.ts';
import { filters, methodAsFilter, versionArguments } from './filters.ts';
import { kindOf, type Names, partsOfText } from './kinds.ts';
import { settle } from './names.ts';
import { type Expression, type Given, Refusal } from './tree.ts';

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

/** A condition in CEL. Throws a Refusal for what has no counterpart. */
export function toCel(node: Expression, names: Names): string {
  return truth(node, names)[0];
}

/** A value in CEL, whatever its type. */
export function toCelValue(node: Expression, names: Names): string {
  return write(node, names)[0];
}

/** The expression as something that is true or false: Jinja takes anything, CEL only a boolean. */
function truth(unsettled: Expression, names: Names): Written {
  const node = settle(unsettled, names);
  if (node.kind === 'not') return not(truth(node.of, names));
  if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')) {
    const level = BINDING[node.operator];
    const sign = node.operator === 'and' ? '&&' : '||';
    const [left, right] = [truth(node.left, names), truth(node.right, names)];
    return [`${within(left, level)} ${sign} ${within(right, level + 1)}`, level];
  }
  const written = write(node, names);
  switch (kindOf(node, names)) {
    case 'list':
    case 'map':
      return [`size(${written[0]}) > 0`, BINDING.comparison];
    case 'text':
      return [`${within(written, BINDING.sum)} != ''`, BINDING.comparison];
    case 'number':
      return [`${within(written, BINDING.sum)} != 0`, BINDING.comparison];
    default:
      return written;
  }
}

function within([source, binding]: Written, least: number): string {
  return binding < least ? `(${source})` : source;
}

function not([source, binding]: Written): Written {
  // Not twice: `x is not undefined` is has(vars.x).
  if (source.startsWith('!') && binding === BINDING.unary) return [source.slice(1), BINDING.postfix];
  return [`!${within([source, binding], BINDING.unary)}`, BINDING.unary];
}

function write(unsettled: Expression, names: Names): Written {
  const node = settle(unsettled, names);
  const plain = (inner: Expression) => write(inner, names)[0];
  switch (node.kind) {
    case 'text':
      return [celText(node.value), BINDING.postfix];
    case 'number':
      return [String(node.value), node.value < 0 ? BINDING.unary : BINDING.postfix];
    case 'constant':
      return [String(node.value), BINDING.postfix];
    case 'name':
      return [CEL_WORDS.has(node.name) ? `vars.${node.name}` : node.name, BINDING.postfix];
    case 'field':
      return receiver(node.of, `.${node.name}`, names);
    case 'item':
      if (node.index.kind === 'text' && /^[A-Za-z_]\w*$/.test(node.index.value))
        return receiver(node.of, `.${node.index.value}`, names);
      if (node.index.kind === 'number' && node.index.value === -1) return call('last', [node.of], names);
      return receiver(node.of, `[${plain(node.index)}]`, names);
    case 'slice': {
      const from = node.from ?? { kind: 'number', value: 0 };
      return call('slice', [node.of, from, ...(node.to ? [node.to] : [])], names);
    }
    case 'list':
      return [`[${node.items.map(plain).join(', ')}]`, BINDING.postfix];
    case 'map':
      return [
        `{${node.entries.map(([key, value]) => `${plain(key)}: ${plain(value)}`).join(', ')}}`,
        BINDING.postfix,
      ];
    case 'not':
      return not(truth(node.of, names));
    case 'minus':
      return [`-${within(write(node.of, names), BINDING.unary)}`, BINDING.unary];
    case 'choice': {
      const condition = within(truth(node.condition, names), BINDING.or);
      const yes = within(write(node.yes, names), BINDING.or);
      return [`${condition} ? ${yes} : ${node.no ? plain(node.no) : "''"}`, BINDING.choice];
    }
    case 'binary':
      return binary(node, names);
    case 'test':
      return test(node, names);
    case 'filter':
      return filter(node, names);
    case 'call':
      return called(node.of, node.given, names);
  }
}

function receiver(of: Expression, rest: string, names: Names): Written {
  return [within(write(of, names), BINDING.postfix) + rest, BINDING.postfix];
}

function call(name: string, values: readonly Expression[], names: Names): Written {
  return [`${name}(${values.map((value) => write(value, names)[0]).join(', ')})`, BINDING.postfix];
}

function binary(node: Expression & { readonly kind: 'binary' }, names: Names): Written {
  const { operator, left, right } = node;
  const join = (sign: string, level: number): Written => [
    `${within(write(left, names), level)} ${sign} ${within(write(right, names), level + 1)}`,
    level,
  ];
  const found = findComparison(node, names);
  if (found) return found;
  switch (operator) {
    case 'and':
    case 'or':
      if (kindOf(left, names) !== 'bool' || kindOf(right, names) !== 'bool')
        throw new Refusal(`"${operator}" gives one of its sides in Jinja, but true or false here`);
      return truth(node, names);
    case '~':
      return [
        partsOfText(node)
          .map((part) => (part.kind === 'text' ? celText(part.value) : `string(${write(part, names)[0]})`))
          .join(' + '),
        BINDING.sum,
      ];
    case '+':
    case '-':
      return join(operator, BINDING.sum);
    case '*':
    case '%':
      return join(operator, BINDING.product);
    case '/':
      throw new Refusal('"/" of two whole numbers gives a whole number in CEL');
    case '//':
      return join('/', BINDING.product);
    case '**':
      throw new Refusal('there is no power here');
    default:
      return join(operator, BINDING.comparison);
  }
}

/** `text.find('x') == -1`, which Python's users write for "is not in". */
function findComparison(
  { operator, left, right }: Expression & { readonly kind: 'binary' },
  names: Names,
): Written | undefined {
  if (left.kind !== 'call' || left.of.kind !== 'field' || left.of.name !== 'find') return undefined;
  const [part] = left.given.list;
  if (!part || right.kind !== 'number' || right.value !== -1 || !['==', '!='].includes(operator))
    return undefined;
  const contains = receiver(left.of.of, `.contains(${write(part, names)[0]})`, names);
  return operator === '==' ? not(contains) : contains;
}

function test(node: Expression & { readonly kind: 'test' }, names: Names): Written {
  const { of, given, name } = node;
  const [first] = given.list;
  const argument = (): Expression => {
    if (!first) throw new Refusal(`the test ${name} needs an argument`);
    return first;
  };
  const outcome = OUTCOMES[name];
  if (outcome !== undefined) return call(outcome, [of], names);
  const type = TYPES[name];
  if (type !== undefined) return [`type(${write(of, names)[0]}) == ${type}`, BINDING.comparison];
  const operator = COMPARISONS[name];
  if (operator !== undefined) return binary({ kind: 'binary', operator, left: of, right: argument() }, names);
  switch (name) {
    case 'defined':
      return has(of, names);
    case 'undefined':
      return not(has(of, names));
    case 'none':
      return [`${within(write(of, names), BINDING.sum)} == null`, BINDING.comparison];
    case 'true':
    case 'truthy':
      return truth(of, names);
    case 'false':
    case 'falsy':
      return not(truth(of, names));
    case 'search':
    case 'regex':
      return receiver(of, `.matches(${write(argument(), names)[0]})`, names);
    case 'match': {
      const pattern = argument();
      if (pattern.kind !== 'text') throw new Refusal('a computed pattern has no counterpart');
      const anchored = pattern.value.startsWith('^') ? pattern.value : `^(?:${pattern.value})`;
      return receiver(of, `.matches(${celText(anchored)})`, names);
    }
    case 'version':
    case 'version_compare':
      return call('version', versionArguments(of, given), names);
    case 'in':
      return binary({ kind: 'binary', operator: 'in', left: of, right: argument() }, names);
    case 'contains':
      return binary({ kind: 'binary', operator: 'in', left: argument(), right: of }, names);
    case 'subset':
    case 'superset': {
      const pair = name === 'subset' ? [of, argument()] : [argument(), of];
      return [`size(${call('difference', pair, names)[0]}) == 0`, BINDING.comparison];
    }
    case 'divisibleby':
      return [
        `${within(write(of, names), BINDING.product)} % ${write(argument(), names)[0]} == 0`,
        BINDING.comparison,
      ];
    default:
      throw new Refusal(`the test "is ${name}" has no counterpart in conditions`);
  }
}

/** `has(…)` for something that may be missing; a bare name is looked for among all variables. */
function has(unsettled: Expression, names: Names): Written {
  const of = settle(unsettled, names);
  if (of.kind === 'name') return [`has(vars.${of.name})`, BINDING.postfix];
  const [source] = write(of, names);
  // has() takes fields only, and nothing on the way to it may be missing; defined() takes any path.
  const isField = of.kind === 'field' && of.of.kind === 'name';
  return [isField ? `has(${source})` : `defined(${source})`, BINDING.postfix];
}

function filter(node: Expression & { readonly kind: 'filter' }, names: Names): Written {
  const { of, given, name } = node;
  if (name === 'default' || name === 'd') {
    const [fallback, emptyToo = given.named.boolean] = given.list;
    if (emptyToo && !(emptyToo.kind === 'constant' && emptyToo.value === false))
      throw new Refusal('default with true, for empty values too, has no counterpart in conditions');
    const settled = settle(of, names);
    const value = settled.kind === 'name' ? `vars.${settled.name}` : write(settled, names)[0];
    const other = fallback ? write(fallback, names)[0] : "''";
    return [`default(${value}, ${other})`, BINDING.postfix];
  }
  if (name === 'list') return write(of, names);
  if (name in RECEIVERS) return receiver(of, `.${RECEIVERS[name]}()`, names);
  const translate = filters[name];
  if (!translate) throw new Refusal(`the filter ${name} has no counterpart`);
  const { name: ours, values, options } = translate(of, given);
  if (TEMPLATES_ONLY.has(ours)) throw new Refusal(`the filter ${name} has no counterpart in conditions`);
  const [option] = Object.keys(options);
  if (option !== undefined) throw new Refusal(`${ours} takes no option ${option} in conditions`);
  return call(CEL_NAMES[ours] ?? ours, values, names);
}

function called(of: Expression, given: Given, names: Names): Written {
  if (of.kind === 'field') {
    const { name: method } = of;
    const words = given.list.map((one) => write(one, names)[0]).join(', ');
    if (method === 'startswith') return receiver(of.of, `.startsWith(${words})`, names);
    if (method === 'endswith') return receiver(of.of, `.endsWith(${words})`, names);
    const asFilter = methodAsFilter(of.of, method, given);
    if (asFilter) return write(asFilter, names);
    if (method === 'keys' || method === 'values') return call(method, [of.of], names);
    throw new Refusal(`the method ${method}() of Python has no counterpart`);
  }
  if (of.kind !== 'name') throw new Refusal('this call has no counterpart');
  const [plugin, first] = given.list;
  if (['lookup', 'query', 'q'].includes(of.name)) {
    const name = plugin?.kind === 'text' ? plugin.value.replace(/^ansible\.builtin\./, '') : '…';
    if (name === 'env' && first) return call('env', [first], names);
    throw new Refusal(`the lookup ${name} has no counterpart`);
  }
  if (of.name === 'range') return call('range', given.list, names);
  throw new Refusal(`there is no function ${of.name}`);
}
