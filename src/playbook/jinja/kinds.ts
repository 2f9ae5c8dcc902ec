import type { Expression } from './tree.ts';

/** What is known about the type of a value without running anything. */
export type Kind = 'bool' | 'text' | 'number' | 'list' | 'map' | 'unknown';

/** What an expression is translated in. */
export interface Names {
  /** What kind of value a variable has, from the role's or play's own variables. */
  readonly kindOf: (name: string) => Kind;
  /** True for a variable that the playbook or role defines itself, whatever its name looks like. */
  readonly isOwn: (name: string) => boolean;
  /** Names of the loops around, which stand for themselves; undefined outside of loops. */
  readonly locals: ReadonlySet<string> | undefined;
  /** What stands for a name that a template sets (`{% set x = … %}`), or a loop's own names. */
  readonly replace: (name: string) => Expression | undefined;
}

export const plainNames: Names = {
  kindOf: () => 'unknown',
  isOwn: () => false,
  locals: undefined,
  replace: () => undefined,
};

const FILTERS: Readonly<Record<string, Kind>> = {
  bool: 'bool',
  int: 'number',
  float: 'number',
  length: 'number',
  count: 'number',
  abs: 'number',
  round: 'number',
  lower: 'text',
  upper: 'text',
  trim: 'text',
  replace: 'text',
  regex_replace: 'text',
  join: 'text',
  string: 'text',
  basename: 'text',
  dirname: 'text',
  quote: 'text',
  to_json: 'text',
  b64encode: 'text',
  b64decode: 'text',
  split: 'list',
  list: 'list',
  map: 'list',
  select: 'list',
  reject: 'list',
  selectattr: 'list',
  rejectattr: 'list',
  unique: 'list',
  sort: 'list',
  union: 'list',
  intersect: 'list',
  difference: 'list',
  flatten: 'list',
  zip: 'list',
  dict2items: 'list',
  items2dict: 'map',
  combine: 'map',
};

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

/** The kind of an expression, as far as its form tells. */
export function kindOf(node: Expression, names: Names): Kind {
  switch (node.kind) {
    case 'text':
    case 'number':
    case 'list':
    case 'map':
      return node.kind;
    case 'constant':
      return node.value === null ? 'unknown' : 'bool';
    case 'test':
    case 'not':
      return 'bool';
    case 'minus':
      return 'number';
    case 'name': {
      const other = names.replace(node.name);
      return other ? kindOf(other, names) : names.kindOf(node.name);
    }
    case 'slice':
      return kindOf(node.of, names);
    case 'choice': {
      const yes = kindOf(node.yes, names);
      return node.no && kindOf(node.no, names) === yes ? yes : 'unknown';
    }
    case 'binary':
      return kindOfBinary(node, names);
    case 'filter':
      if (node.name === 'default' || node.name === 'd') {
        const known = kindOf(node.of, names);
        const [fallback] = node.given.list;
        return known === 'unknown' && fallback ? kindOf(fallback, names) : known;
      }
      return FILTERS[node.name] ?? 'unknown';
    default:
      return 'unknown';
  }
}

function kindOfBinary(node: Expression & { readonly kind: 'binary' }, names: Names): Kind {
  if (COMPARISONS.has(node.operator)) return 'bool';
  const [left, right] = [kindOf(node.left, names), kindOf(node.right, names)];
  switch (node.operator) {
    case 'and':
    case 'or':
      return left === right ? left : 'unknown';
    case '~':
      return 'text';
    case '+':
      return left === 'unknown' ? right : left;
    default:
      return 'number';
  }
}

/** The parts of `a ~ b ~ c`. */
export function partsOfText(node: Expression): readonly Expression[] {
  return node.kind === 'binary' && node.operator === '~'
    ? [...partsOfText(node.left), ...partsOfText(node.right)]
    : [node];
}
