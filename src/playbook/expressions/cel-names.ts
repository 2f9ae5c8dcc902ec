import type { ASTNode } from '@marcbachmann/cel-js';

/** A variable that a condition refers to. */
interface Found {
  readonly name: string;
  readonly optional: boolean;
}

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Names that CEL has values for itself, which would hide a variable of the same name. */
const OWN_NAMES = new Set([
  'bool',
  'bytes',
  'double',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
  'google',
]);

/** In front of a name that may be a variable or CEL's own; no identifier can hold a blank. */
const EITHER = 'variable ';

/** A name that is asked for: a variable, or else what CEL has under it (`type(x) == list`). */
export function readName(asked: string): { readonly name: string; readonly isOwn: boolean } {
  return asked.startsWith(EITHER)
    ? { name: asked.slice(EITHER.length), isOwn: true }
    : { name: asked, isOwn: false };
}

/** Lets variables be called `list`, `type` or `string`: the library would take such a name for its own before it asks for a variable. */
export function uncoverVariables(ast: ASTNode): void {
  visitNames(ast, (node) => {
    if (node.op === 'id' && OWN_NAMES.has(node.args)) (node as { args: string }).args = EITHER + node.args;
  });
}

/** The variables that a parsed condition refers to. */
export function referencesOfCel(ast: ASTNode): readonly Found[] {
  const found: Found[] = [];
  visitNames(ast, (_, asked, optional) => {
    const { name, isOwn } = readName(asked);
    found.push({ name, optional: optional || isOwn });
  });
  return found;
}

type OnName = (node: ASTNode, name: string, optional: boolean) => void;

/** Calls `onName` for every variable: with its node where it stands alone, with the node around it for `vars.x` and `defined("x")`. */
function visitNames(ast: ASTNode, onName: OnName): void {
  const visit = (node: ASTNode, local: ReadonlySet<string>, optional: boolean): void => {
    switch (node.op) {
      case 'value':
        return;
      case 'id':
        if (!local.has(node.args)) onName(node, node.args, optional);
        return;
      case '.':
      case '.?': {
        const [of, name] = node.args;
        if (isVars(of, local)) onName(node, name, optional);
        else visit(of, local, optional);
        return;
      }
      case '[]':
      case '[?]': {
        const [of, key] = node.args;
        const name = key.op === 'value' && typeof key.args === 'string' ? key.args : undefined;
        if (isVars(of, local) && name !== undefined) onName(node, name, optional);
        else for (const one of node.args) visit(one, local, optional);
        return;
      }
      case 'call': {
        const [name, values] = node.args;
        const [first] = values;
        if (name === 'defined' && first?.op === 'value' && typeof first.args === 'string') {
          onName(node, first.args, true);
          return;
        }
        const forgives = name === 'default' || name === 'defined' || name === 'has';
        for (const [index, one] of values.entries()) visit(one, local, optional || (forgives && index === 0));
        return;
      }
      case 'rcall':
        visitMethod(node, local, optional, visit);
        return;
      case 'map':
        for (const [key, value] of node.args) {
          visit(key, local, optional);
          visit(value, local, optional);
        }
        return;
      case '!_':
      case '-_':
        visit(node.args, local, optional);
        return;
      default:
        for (const one of node.args) visit(one, local, optional);
    }
  };
  visit(ast, new Set(), false);
}

function visitMethod(
  node: ASTNode & { readonly op: 'rcall' },
  local: ReadonlySet<string>,
  optional: boolean,
  visit: (node: ASTNode, local: ReadonlySet<string>, optional: boolean) => void,
): void {
  const [name, of, values] = node.args;
  const [variable, ...rest] = values;
  const isBind = name === 'bind' && of.op === 'id' && of.args === 'cel';
  if (!isBind) visit(of, local, optional);
  if ((COMPREHENSIONS.has(name) || isBind) && variable?.op === 'id') {
    const inner = new Set([...local, variable.args]);
    for (const [index, one] of rest.entries()) visit(one, isBind && index === 0 ? local : inner, optional);
  } else for (const one of values) visit(one, local, optional);
}

function isVars(node: ASTNode, local: ReadonlySet<string>): boolean {
  return node.op === 'id' && node.args === 'vars' && !local.has('vars');
}
