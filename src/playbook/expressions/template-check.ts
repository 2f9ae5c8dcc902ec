import type { HostwrightError } from '../../core/error.ts';
import type { Reference } from '../expressions.ts';
import { arity, type FunctionTable, usageOf } from './functions/define.ts';
import * as problems from './problems.ts';
import { blocks, type SpecialForm, specialForms } from './special-forms.ts';
import { suggestTemplate } from './suggest.ts';
import {
  type Block,
  type Call,
  type Content,
  type Expression,
  hasArguments,
  isBareName,
  isScoped,
  type Locate,
  type Location,
  type Path,
  type Program,
  type Statement,
  writeCall,
} from './template-tree.ts';

const JINJA =
  /\{%-?\s*(?:if|elif|else|endif|for|endfor|set|block|macro|raw|include|import|filter)\b[^%]*%?\}?/;

type Found = Omit<Reference, 'position'> & { readonly at: Location };

/** What names mean at a place: how many `../` lead to the variables, and which block parameters there are. */
interface Place {
  readonly depth: number;
  readonly parameters: readonly string[];
}

/** Checks functions, arguments and blocks of a template; gives the variables that it refers to. Throws a HostwrightError. */
export function checkTemplate(program: Program, locate: Locate, functions: FunctionTable): readonly Found[] {
  const found: Found[] = [];

  const path = (node: Path, place: Place, optional: boolean) => {
    const [name, second] = node.parts;
    const isRoot = node.data && name === 'root' && node.depth === 0;
    if (node.data && !isRoot) return;
    const variable = isRoot ? second : name;
    if (variable === undefined || (!isRoot && node.depth !== place.depth)) return;
    if (!isRoot && node.depth === 0 && !isScoped(node) && place.parameters.includes(variable)) return;
    if (variable === 'vars' && !isRoot) {
      if (second !== undefined) found.push({ name: second, at: node.loc, optional });
      return;
    }
    found.push({ name: variable, at: node.loc, optional });
  };

  const expression = (node: Expression, place: Place, optional: boolean): void => {
    if (node.type === 'PathExpression') path(node, place, optional);
    else if (node.type === 'SubExpression') call(node, place, optional);
  };

  const operands = (node: Call, place: Place, optional: (index: number) => boolean) => {
    for (const [index, one] of (node.params ?? []).entries()) expression(one, place, optional(index));
    for (const pair of node.hash?.pairs ?? []) expression(pair.value, place, false);
  };

  const unknown = (node: Call, name: string): HostwrightError => {
    const suggestion = suggestTemplate(writeCall(node));
    const names = [...Object.keys(functions), ...Object.keys(specialForms)];
    const hint = suggestion === null ? undefined : `Write: {{ ${suggestion} }}`;
    return problems.unknownFunction(locate(node.loc), name, names, hint);
  };

  /** Something in a function's place: `{{ name … }}` or `(name …)`. */
  const call = (node: Call, place: Place, optional: boolean): void => {
    if (node.path.type !== 'PathExpression') {
      if (hasArguments(node)) throw unknown(node, String(node.path.value));
      return;
    }
    const name = isBareName(node.path) ? (node.path.parts[0] ?? '') : undefined;
    const isSubExpression = 'type' in node && node.type === 'SubExpression';
    if (!hasArguments(node) && !isSubExpression) {
      // A function without arguments (`now`) only where no variable of that name exists, so it is optional.
      path(node.path, place, optional || (name !== undefined && takesNothing(functions, name)));
      return;
    }
    const special = name === undefined ? undefined : specialForms[name];
    if (special) {
      checkSpecial(node, name ?? '', special, locate);
      const [named] = node.params ?? [];
      if (name === 'defined' && named?.type === 'StringLiteral')
        found.push({ name: String(named.value), at: node.loc, optional: true });
      const last = (node.params?.length ?? 0) - 1;
      operands(
        node,
        place,
        (index) =>
          optional ||
          (special.optional === 'all' ? index < last : special.optional === 'first' && index === 0),
      );
      return;
    }
    const known = name === undefined ? undefined : functions[name];
    if (!known || name === undefined) throw unknown(node, writeCall({ path: node.path, loc: node.loc }));
    const [least, most] = arity(known);
    const count = node.params?.length ?? 0;
    const usage = `{{ ${usageOf(name, known)} }}`;
    if (count < least || count > most)
      throw problems.wrongArguments(locate(node.loc), name, countProblem(count, least, most), usage);
    for (const { key, loc } of node.hash?.pairs ?? [])
      if (!Object.hasOwn(known.options, key) && name !== 'dict')
        throw problems.wrongArguments(locate(loc), name, `has no option ${JSON.stringify(key)}`, usage);
    operands(node, place, () => optional);
  };

  const block = (node: Block, place: Place) => {
    const name = node.path.original;
    const parameters = node.program?.blockParams ?? [];
    if (name === 'raw' && !hasArguments(node)) return;
    if (Object.hasOwn(blocks, name) || name in blocks) {
      if (node.params?.length !== 1)
        throw problems.wrongArguments(locate(node.loc), `#${name}`, 'needs one argument', blocks[name] ?? '');
      operands(node, place, () => false);
    } else if (hasArguments(node)) {
      const isFunction = isBareName(node.path) && (name in functions || name in specialForms);
      if (!isFunction)
        throw problems.unknownFunction(
          locate(node.loc),
          `#${name}`,
          Object.keys(blocks),
          `Blocks are ${Object.keys(blocks)
            .map((one) => `#${one}`)
            .join(', ')}.`,
        );
      throw problems.templateUnsupported(
        locate(node.loc),
        `The function ${name} as a block`,
        `Write {{#if (${writeCall(node)})}} … {{/if}}.`,
      );
    } else path(node.path, place, false);
    const entersItem = name === 'each' || name === 'with' || !(name in blocks);
    const inside = entersItem
      ? { depth: place.depth + 1, parameters: [...place.parameters, ...parameters] }
      : place;
    if (node.program) statements(node.program, inside);
    if (node.inverse) statements(node.inverse, place);
  };

  const statements = (of: Program, place: Place): void => {
    for (const node of of.body) statement(node, place);
  };

  const statement = (node: Statement, place: Place): void => {
    switch (node.type) {
      case 'ContentStatement':
        rejectJinja(node, locate);
        return;
      case 'CommentStatement':
        return;
      case 'MustacheStatement':
        call(node, place, false);
        return;
      case 'BlockStatement':
        block(node, place);
        return;
      case 'PartialStatement':
      case 'PartialBlockStatement':
        throw problems.templateUnsupported(
          locate(node.loc),
          'A partial ({{> name}})',
          'Put the text into a variable, or into this file.',
        );
      default:
        throw problems.templateUnsupported(locate(node.loc), 'A decorator ({{* name}})', 'Take it out.');
    }
  };

  statements(program, { depth: 0, parameters: [] });
  return found;
}

function takesNothing(functions: FunctionTable, name: string): boolean {
  const known = functions[name];
  return known !== undefined && arity(known)[0] === 0;
}

function countProblem(count: number, least: number, most: number): string {
  const wanted =
    least === most
      ? String(least)
      : most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : `${least} to ${most}`;
  return `needs ${wanted} argument${wanted === '1' || wanted === 'at least 1' ? '' : 's'} but gets ${count}`;
}

function checkSpecial(node: Call, name: string, form: SpecialForm, locate: Locate): void {
  const [least, most] = form.arguments;
  const count = node.params?.length ?? 0;
  const usage = `{{ ${form.usage} }}`;
  if (count < least || count > most)
    throw problems.wrongArguments(locate(node.loc), name, countProblem(count, least, most), usage);
  for (const { key, loc } of node.hash?.pairs ?? [])
    if (!form.options?.includes(key))
      throw problems.wrongArguments(locate(loc), name, `has no option ${JSON.stringify(key)}`, usage);
}

function rejectJinja(node: Content, locate: Locate): void {
  const found = JINJA.exec(node.value);
  if (!found) return;
  const before = node.value.slice(0, found.index).split('\n');
  const line = node.loc.start.line + before.length - 1;
  const column = (before.at(-1)?.length ?? 0) + (before.length === 1 ? node.loc.start.column : 0);
  throw problems.jinjaStatement(locate({ start: { line, column } }), found[0]);
}
