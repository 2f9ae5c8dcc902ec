import { filters, methodAsFilter, versionArguments } from './filters.ts';
import { kindOf, type Names, partsOfText } from './kinds.ts';
import { settle } from './names.ts';
import { type Expression, type Given, Refusal } from './tree.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
};

/** What stands between `{{` and `}}`. Throws a Refusal for what has no counterpart. */
export function toHandlebars(node: Expression, names: Names): string {
  const written = write(node, names);
  return written.startsWith('(') ? written.slice(1, -1) : written;
}

/** As an argument where only true or false counts: there "and" and "or" need not give one of their sides. */
export function toCondition(node: Expression, names: Names): string {
  return condition(node, names);
}

function condition(unsettled: Expression, names: Names): string {
  const node = settle(unsettled, names);
  if (node.kind === 'not') return call('not', [condition(node.of, names)]);
  if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or'))
    return call(node.operator, [condition(node.left, names), condition(node.right, names)]);
  return write(node, names);
}

/** The same as an argument: a path, a literal, or a call in parentheses. */
export function toArgument(node: Expression, names: Names): string {
  return write(node, names);
}

function write(unsettled: Expression, names: Names): string {
  const node = settle(unsettled, names);
  const of = (inner: Expression) => write(inner, names);
  switch (node.kind) {
    case 'text':
      return text(node.value);
    case 'number':
    case 'constant':
      return String(node.value);
    case 'name':
      return variable(node.name, names);
    case 'field':
      return step(node.of, fieldStep(node.name), text(node.name), names);
    case 'item':
      return item(node, names);
    case 'slice':
      return call('slice', [of(node.of), node.from ? of(node.from) : '0', ...(node.to ? [of(node.to)] : [])]);
    case 'list':
      return call('list', node.items.map(of));
    case 'map':
      return call(
        'dict',
        node.entries.flatMap(([key, value]) => [of(key), of(value)]),
      );
    case 'not':
      return call('not', [condition(node.of, names)]);
    case 'minus':
      return call('sub', ['0', of(node.of)]);
    case 'choice':
      return call('ternary', [condition(node.condition, names), of(node.yes), node.no ? of(node.no) : '""']);
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

/** Inside {{#each}} a name means a field of the item, so variables are written below @root there. */
function variable(name: string, { locals }: Names): string {
  return name.startsWith('@') || !locals || locals.has(name) ? name : `@root.${name}`;
}

/** Handlebars has no escapes in its texts. */
function text(value: string): string {
  if (value.includes('}}') || value.includes('{{'))
    throw new Refusal('a text with {{ or }} cannot stand in a template');
  if (!value.includes('"') && !value.endsWith('\\')) return `"${value}"`;
  if (!value.includes("'") && !value.endsWith('\\')) return `'${value}'`;
  throw new Refusal('a text with both kinds of quotes cannot stand in a template');
}

function call(name: string, words: readonly string[], options: readonly string[] = []): string {
  return `(${[name, ...words, ...options].join(' ')})`;
}

const fieldStep = (name: string) => (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `.[${name}]`);

function step(owner: Expression, written: string, key: string, names: Names): string {
  const path = write(owner, names);
  const isPath = /^[@A-Za-z_.]/.test(path) && !/^(true|false|null)$/.test(path);
  return isPath && !written.includes(']]') ? path + written : call('lookup', [path, key]);
}

function item(node: Expression & { readonly kind: 'item' }, names: Names): string {
  const { index } = node;
  if (index.kind === 'text') return step(node.of, fieldStep(index.value), text(index.value), names);
  if (index.kind === 'number') {
    const value = write(node.of, names);
    if (index.value === -1) return call('last', [value]);
    if (index.value < 0) throw new Refusal('an index below -1 has no counterpart');
    return step(node.of, `.[${index.value}]`, String(index.value), names);
  }
  return call('lookup', [write(node.of, names), write(index, names)]);
}

function binary(node: Expression & { readonly kind: 'binary' }, names: Names): string {
  const { operator, left, right } = node;
  const words = [write(left, names), write(right, names)];
  switch (operator) {
    case 'and':
    case 'or':
      return kindOf(left, names) === 'bool' && kindOf(right, names) === 'bool'
        ? call(operator, words)
        : oneSide(operator, words);
    case 'in':
      return call('contains', words.toReversed());
    case '~':
      return call('join', [
        call(
          'list',
          partsOfText(node).map((part) => write(part, names)),
        ),
      ]);
    case '+':
      return plus(node, names);
    case '//':
      return call('int', [call('div', words)]);
    case '**':
      throw new Refusal('there is no power here');
    default:
      return call(OPERATORS[operator] ?? '', words);
  }
}

/** Longer sides are not written twice. */
const LONGEST_SIDE = 100;

/** In Jinja `a or b` is a where a counts as true, else b. */
function oneSide(operator: 'and' | 'or', [left = '', right = '']: readonly string[]): string {
  if (left.length > LONGEST_SIDE)
    throw new Refusal(`"${operator}" gives one of its sides in Jinja, but true or false here`);
  return call('ternary', operator === 'or' ? [left, left, right] : [left, right, left]);
}

/** `+` means three things; which one has to be sure from what stands beside it. */
function plus({ left, right }: Expression & { readonly kind: 'binary' }, names: Names): string {
  const words = [write(left, names), write(right, names)];
  const kinds = [kindOf(left, names), kindOf(right, names)];
  if (kinds.includes('list')) return call('concat', words);
  if (kinds.includes('text')) return call('join', [call('list', words)]);
  if (kinds.includes('number')) return call('add', words);
  throw new Refusal('"+" may add numbers, texts or lists: write add, join (list …) or concat');
}

function test(node: Expression & { readonly kind: 'test' }, names: Names): string {
  const { of, given } = node;
  const [first] = given.list;
  const value = () => write(of, names);
  const argument = () => {
    if (!first) throw new Refusal(`the test ${node.name} needs an argument`);
    return write(first, names);
  };
  switch (node.name) {
    case 'defined':
      return call('defined', [value()]);
    case 'undefined':
      return call('not', [call('defined', [value()])]);
    case 'none':
      return call('eq', [value(), 'null']);
    case 'search':
    case 'regex':
      return call('matches', [value(), argument()]);
    case 'match':
      if (first?.kind !== 'text') throw new Refusal('a computed pattern has no counterpart');
      return call('matches', [
        value(),
        text(first.value.startsWith('^') ? first.value : `^(?:${first.value})`),
      ]);
    case 'version':
    case 'version_compare':
      return call(
        'version',
        versionArguments(of, given).map((one) => write(one, names)),
      );
    case 'in':
      return call('contains', [argument(), value()]);
    case 'contains':
      return call('contains', [value(), argument()]);
    case 'eq':
    case 'equalto':
    case 'sameas':
      return call('eq', [value(), argument()]);
    case 'ne':
      return call('ne', [value(), argument()]);
    case 'true':
    case 'truthy':
      return call('not', [call('not', [value()])]);
    case 'false':
    case 'falsy':
      return call('not', [value()]);
    case 'string':
    case 'number':
    case 'boolean':
      return call('eq', [call('type_of', [value()]), `"${node.name}"`]);
    case 'mapping':
      return call('eq', [call('type_of', [value()]), '"map"']);
    case 'divisibleby':
      return call('eq', [call('mod', [value(), argument()]), '0']);
    case 'failed':
    case 'changed':
    case 'skipped':
      return call('default', [step(of, `.${node.name}`, text(node.name), names), 'false']);
    default:
      throw new Refusal(`the test "is ${node.name}" has no counterpart in templates`);
  }
}

function filter(node: Expression & { readonly kind: 'filter' }, names: Names): string {
  const { of, given } = node;
  const value = () => write(of, names);
  if (node.name === 'default' || node.name === 'd') {
    const [fallback, emptyToo = given.named.boolean] = given.list;
    const options = emptyToo?.kind === 'constant' && emptyToo.value === true ? ['empty=true'] : [];
    return call('default', [value(), fallback ? write(fallback, names) : '""'], options);
  }
  if (node.name === 'list') return value();
  if (node.name === 'comment') {
    const inner = settle(of, names);
    if (inner.kind !== 'text' || given.list.length > 0 || Object.keys(given.named).length > 0)
      throw new Refusal('the filter comment has no counterpart; write the signs of the comment yourself');
    return text(`#\n# ${inner.value}\n#`);
  }
  const translate = filters[node.name];
  if (!translate) throw new Refusal(`the filter ${node.name} has no counterpart`);
  const { name, values, options } = translate(of, given);
  const words = values.map((one) => write(one, names));
  return call(
    name,
    words,
    Object.entries(options).map(([key, one]) => `${key}=${write(one, names)}`),
  );
}

function called(of: Expression, given: Given, names: Names): string {
  if (of.kind === 'field') {
    const { name: method } = of;
    const asFilter = methodAsFilter(of.of, method, given);
    if (asFilter) return write(asFilter, names);
    const words = () => [write(of.of, names), ...given.list.map((one) => write(one, names))];
    if (method === 'startswith') return call('starts_with', words());
    if (method === 'endswith') return call('ends_with', words());
    if (method === 'keys' || method === 'values') return call(method, words());
    if (method === 'items') return call('dict2items', words());
    throw new Refusal(`the method ${method}() of Python has no counterpart`);
  }
  if (of.kind !== 'name') throw new Refusal('this call has no counterpart');
  const [plugin, first] = given.list;
  if (['lookup', 'query', 'q'].includes(of.name)) {
    const name = plugin?.kind === 'text' ? plugin.value.replace(/^ansible\.builtin\./, '') : '…';
    if (name === 'env' && first) return call('env', [write(first, names)]);
    if (name === 'file' && first && given.list.length === 2) return call('file_text', [write(first, names)]);
    if (name === 'flattened' && first) {
      const lists = given.list.slice(1).map((one) => write(one, names));
      return call('flatten', [lists.length === 1 ? (lists[0] ?? '') : call('list', lists)]);
    }
    if (name === 'dict' && first) return call('dict2items', [write(first, names)]);
    if (name === 'vars' && first) return call('lookup', ['vars', write(first, names)]);
    throw new Refusal(`the lookup ${name} has no counterpart`);
  }
  if (of.name === 'range')
    return call(
      'range',
      given.list.map((one) => write(one, names)),
    );
  if (of.name === 'dict')
    return call(
      'dict',
      [],
      Object.entries(given.named).map(([key, value]) => `${key}=${write(value, names)}`),
    );
  throw new Refusal(`there is no function ${of.name}`);
}
