import { functions } from './functions/index.ts';
import { type Arguments, type Jinja, parseJinja } from './jinja.ts';
import { specialForms } from './special-forms.ts';

/** Filters and methods whose name here differs from Ansible's. */
const RENAMED: Readonly<Record<string, string>> = {
  d: 'default',
  mandatory: 'required',
  combine: 'merge',
  count: 'length',
  to_nice_yaml: 'to_yaml',
  strip: 'trim',
  startswith: 'starts_with',
  endswith: 'ends_with',
  strftime: 'date_format',
  symmetric_difference: '',
  splitext: 'extension',
  nthhost: 'nth_host',
};

const OPERATORS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  and: 'and',
  or: 'or',
};

class NoSpelling extends Error {}

/** What stands between `{{` and `}}` for a Jinja expression; null where there is no simple equivalent or nothing to change. */
export function suggestTemplate(jinja: string): string | null {
  const tree = parseJinja(jinja);
  if (!tree) return null;
  try {
    const written = write(tree);
    const bare = written.startsWith('(') && written.endsWith(')') ? written.slice(1, -1) : written;
    return bare === jinja.trim() ? null : bare;
  } catch (thrown) {
    if (thrown instanceof NoSpelling) return null;
    throw thrown;
  }
}

const fieldName = (name: string) => (/^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `.[${name}]`);

function text(value: string): string {
  if (!value.includes('"')) return `"${value}"`;
  if (!value.includes("'")) return `'${value}'`;
  throw new NoSpelling();
}

function call(name: string, words: readonly string[], named: Readonly<Record<string, Jinja>> = {}): string {
  if (!(name in functions) && !(name in specialForms)) throw new NoSpelling();
  const pairs = Object.entries(named).map(([key, value]) => `${key}=${write(value)}`);
  return `(${[name, ...words, ...pairs].join(' ')})`;
}

function write(node: Jinja): string {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'string' ? text(node.value) : String(node.value);
    case 'name':
      return node.name;
    case 'field':
      return path(node.of, fieldName(node.name));
    case 'index':
      return index(node.of, node.index);
    case 'list':
      return call('list', node.items.map(write));
    case 'not':
      return call('not', [write(node.of)]);
    case 'minus':
      return node.of.kind === 'literal' && typeof node.of.value === 'number'
        ? `-${node.of.value}`
        : call('sub', ['0', write(node.of)]);
    case 'choice':
      return call('ternary', [node.condition, node.yes, node.no].map(write));
    case 'binary':
      return binary(node.operator, node.left, node.right);
    case 'test':
      return test(node);
    case 'filter':
      return apply(node.name, node.of, node.given);
    case 'call':
      return method(node.of, node.given);
  }
}

function path(of: Jinja, step: string): string {
  const owner = write(of);
  if (owner.startsWith('(') || owner.startsWith('"')) throw new NoSpelling();
  return owner + step;
}

function index(of: Jinja, at: Jinja): string {
  if (at.kind === 'literal' && typeof at.value === 'string') return path(of, fieldName(at.value));
  if (at.kind === 'literal' && typeof at.value === 'number') return path(of, `.[${at.value}]`);
  return call('lookup', [write(of), write(at)]);
}

function binary(operator: string, left: Jinja, right: Jinja): string {
  if (operator === 'in') return call('contains', [write(right), write(left)]);
  if (operator === '//') return call('int', [call('div', [write(left), write(right)])]);
  return call(OPERATORS[operator] ?? '', [write(left), write(right)]);
}

function test(node: Jinja & { readonly kind: 'test' }): string {
  const of = write(node.of);
  const positive = () => {
    switch (node.name) {
      case 'defined':
        return call('defined', [of]);
      case 'undefined':
        return call('not', [call('defined', [of])]);
      case 'none':
        return call('eq', [of, 'null']);
      case 'search':
        return call('matches', [of, ...node.given.list.map(write)]);
      case 'version':
      case 'version_compare': {
        const [other, operator] = node.given.list;
        if (!other) throw new NoSpelling();
        return call('version', [of, operator ? write(operator) : '"=="', write(other)]);
      }
      default:
        throw new NoSpelling();
    }
  };
  return node.negated ? call('not', [positive()]) : positive();
}

function apply(name: string, of: Jinja, given: Arguments): string {
  const words = given.list.map(write);
  const value = write(of);
  const [first, second, third] = given.list;
  switch (name) {
    case 'list':
      return value;
    case 'map':
      if (given.named.attribute) return call('map_attribute', [value, write(given.named.attribute)]);
      throw new NoSpelling();
    case 'selectattr':
    case 'rejectattr': {
      const function_ = name === 'selectattr' ? 'select' : 'reject';
      if (!first) throw new NoSpelling();
      if (!second) return call(function_, [value, write(first)]);
      const isEqual = second.kind === 'literal' && ['equalto', '==', 'eq'].includes(String(second.value));
      if (!isEqual || !third) throw new NoSpelling();
      return call(function_, [value, write(first), write(third)]);
    }
    case 'default':
    case 'd': {
      const [fallback, emptyToo] = words;
      return call('default', [value, fallback ?? '""', ...(emptyToo === 'true' ? ['empty=true'] : [])]);
    }
    case 'ipaddr': {
      const [what] = given.list;
      if (
        what?.kind !== 'literal' ||
        !['network', 'netmask', 'prefix', 'broadcast', 'address', 'hostmask'].includes(String(what.value))
      )
        throw new NoSpelling();
      return call(String(what.value), [value]);
    }
    case 'combine':
      return call('merge', [value, ...words], given.named.recursive ? { deep: given.named.recursive } : {});
    default:
      return call(RENAMED[name] ?? name, [value, ...words], given.named);
  }
}

/** `x.split(',')`, `range(3)`, `lookup('env', 'HOME')`. */
function method(of: Jinja, given: Arguments): string {
  const words = given.list.map(write);
  if (of.kind === 'name') {
    const [plugin, name] = given.list;
    if ((of.name === 'lookup' || of.name === 'query') && plugin?.kind === 'literal') {
      if (plugin.value === 'env' && name) return call('env', [write(name)]);
      throw new NoSpelling();
    }
    return call(of.name === 'dict' || of.name === 'range' ? of.name : '', words, given.named);
  }
  if (of.kind !== 'field') throw new NoSpelling();
  if (of.name === 'get') {
    const [key, fallback = '""'] = words;
    if (key === undefined || !given.list[0]) throw new NoSpelling();
    return call('default', [index(of.of, given.list[0]), fallback]);
  }
  return call(RENAMED[of.name] ?? of.name, [write(of.of), ...words], given.named);
}
