import type { HostwrightError } from '../../core/error.ts';
import * as problems from './problems.ts';
import type { Resolver } from './resolver.ts';
import { isScoped, type Locate, type Path } from './template-tree.ts';
import { describeValue, fieldNames, ownField } from './values.ts';

/** Stands for "the variables" as the thing that names are fields of. */
export const ROOT = Symbol('variables');

/** Inside a block: what names are fields of, the `@` data, the block's parameters, and the frame around it. */
export interface Frame {
  readonly context: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  readonly parameters: ReadonlyMap<string, unknown>;
  readonly outer: Frame | undefined;
}

export const rootFrame: Frame = { context: ROOT, data: {}, parameters: new Map(), outer: undefined };

type Found = { readonly value: unknown } | { readonly error: HostwrightError };

interface Surrounding {
  readonly resolver: Resolver;
  readonly locate: Locate;
}

/** What a path means in a frame. The error is given back, not thrown, because a function of that name may be meant. */
export function lookUp(path: Path, frame: Frame, surrounding: Surrounding): Found {
  const { resolver } = surrounding;
  if (path.data) return lookUpData(path, frame, surrounding);
  const [name, ...others] = path.parts;
  if (name !== undefined && path.depth === 0 && !isScoped(path)) {
    const owner = frameWith(frame, (one) => one.parameters.has(name));
    if (owner)
      return descend(resolver.settle(owner.parameters.get(name), name), name, others, path, surrounding);
  }
  const target = outward(frame, path.depth);
  if (!target) {
    const hint = 'Fewer ../ lead to the variables; @root.name always does.';
    return { error: problems.undefinedVariable(surrounding.locate(path.loc), path.original, [], hint) };
  }
  if (target.context === ROOT) return inVariables(path.parts, path, surrounding);
  if (name === undefined) return { value: resolver.settle(target.context) };
  const value = ownField(target.context, name);
  if (value === undefined) return { error: missingInItem(path, name, target, surrounding) };
  return descend(resolver.settle(value, name), name, others, path, surrounding);
}

function inVariables(parts: readonly string[], path: Path, surrounding: Surrounding): Found {
  const { resolver, locate } = surrounding;
  const [name = 'vars', ...others] = parts;
  const value = resolver.has(name) ? resolver.get(name) : undefined;
  if (value === undefined)
    return {
      error: problems.undefinedVariable(
        locate(path.loc),
        name,
        resolver.scope.names(),
        spelling(path, name, resolver),
      ),
    };
  return descend(value, name, others, path, surrounding);
}

function lookUpData(path: Path, frame: Frame, surrounding: Surrounding): Found {
  const [name = '', ...others] = path.parts;
  if (name === 'root') return inVariables(others, path, surrounding);
  let owner = frameWith(frame, (one) => Object.hasOwn(one.data, name));
  for (let level = path.depth; level > 0 && owner; level--)
    owner = owner.outer && frameWith(owner.outer, (one) => Object.hasOwn(one.data, name));
  if (!owner) {
    const hint = '@index, @key, @first and @last exist inside {{#each}}; @root is the map of all variables.';
    return { error: problems.undefinedVariable(surrounding.locate(path.loc), `@${name}`, [], hint) };
  }
  return descend(owner.data[name], `@${name}`, others, path, surrounding);
}

function descend(
  start: unknown,
  startName: string,
  steps: readonly string[],
  path: Path,
  { resolver, locate }: Surrounding,
): Found {
  let current = start;
  let name = startName;
  for (const step of steps) {
    const next = ownField(current, step);
    if (next === undefined) {
      const error = problems.undefinedField(
        locate(path.loc),
        path.original,
        step,
        name,
        describeValue(current),
        fieldNames(current),
      );
      return { error };
    }
    name = `${name}.${step}`;
    current = resolver.settle(next, name);
  }
  return { value: current };
}

function missingInItem(
  path: Path,
  name: string,
  frame: Frame,
  { resolver, locate }: Surrounding,
): HostwrightError {
  // Inside {{#each}} and {{#with}} a name means a field of the item; who means a variable gets told how to reach it.
  const hint = resolver.has(name) ? `For the variable write {{@root.${path.parts.join('.')}}}.` : undefined;
  return problems.undefinedField(
    locate(path.loc),
    path.original,
    name,
    'the item',
    describeValue(frame.context),
    fieldNames(frame.context),
    hint,
  );
}

/** Python's spellings of constants are taken for names. */
function spelling(path: Path, name: string, resolver: Resolver): string | undefined {
  const constants: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
  if (Object.hasOwn(constants, name)) return `Write: ${constants[name]}`;
  // A variable may have a dash or a point in its name as a whole: {{ a.b }} where "a.b" is defined.
  if (path.parts.length > 1 && resolver.has(path.original))
    return `Write: {{ lookup vars "${path.original}" }}`;
  return undefined;
}

function frameWith(frame: Frame, test: (frame: Frame) => boolean): Frame | undefined {
  let current: Frame | undefined = frame;
  while (current && !test(current)) current = current.outer;
  return current;
}

function outward(frame: Frame, depth: number): Frame | undefined {
  let current: Frame | undefined = frame;
  for (let level = depth; level > 0 && current; level--) current = current.outer;
  return current;
}
