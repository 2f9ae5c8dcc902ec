import path from 'node:path';
import { callPosition } from '../../source/call-position.ts';
import { authored, authoredMap, placed } from './authored.ts';
import { inOrder } from './handler.ts';
import { inputsDocument } from './inputs.ts';
import type { SharedKeywords } from './keywords.ts';
import { type Document, documentsOf, type Handler, nodesOf, notifiedBy, type Section } from './node.ts';
import type { Condition, Data, Lazy, Scope } from './scope.ts';
import { WrittenRole } from './written-role.ts';

export interface RoleDefinition<Values extends object> {
  readonly name: string;
  /** From `defineInputs`: what a use of the role may or must give. */
  readonly inputs?: Values;
  /** Variables that anything else overrides. */
  readonly defaults?: { readonly [name: string]: Data<Scope> };
  readonly vars?: { readonly [name: string]: Data<Scope> };
  readonly tasks: Section;
  /** Handlers that tasks notify by a text. */
  readonly handlers?: readonly Handler[];
}

/** Keywords of a role's use. */
export interface RoleKeywords extends SharedKeywords {
  readonly when?: Condition<Scope>;
}

/** A role in a play's `roles`. */
export interface RoleUse {
  readonly document: Document;
}

const uses = new WeakSet<object>();

export function isRoleUse(value: unknown): value is RoleUse {
  return typeof value === 'object' && value !== null && uses.has(value);
}

/** Uses a role: with values for its inputs, and keywords for all its tasks. */
export type Role<Values extends object> = (
  values?: { readonly [Name in keyof Values]?: Lazy<Values[Name], Scope> },
  keywords?: RoleKeywords,
) => RoleUse;

/** Tasks under a name, with inputs of their own, to be used by many plays. Files and templates are looked for beside its file. */
export function defineRole<Values extends object = Record<never, never>>(
  definition: RoleDefinition<Values>,
): Role<Values> {
  const position = callPosition(defineRole, 'defineRole');
  const tasks = nodesOf(definition.tasks, position);
  const handlers = inOrder([...(definition.handlers ?? []), ...notifiedBy(tasks)]);
  const content = {
    name: definition.name,
    directory: path.dirname(path.resolve(position?.file ?? '.')),
    file: path.resolve(position?.file ?? '.'),
    inputs: inputsDocument(definition.inputs),
    defaults: authoredMap(definition.defaults ?? {}, position),
    vars: authoredMap(definition.vars ?? {}, position),
    tasks: placed([...documentsOf(tasks)], position),
    handlers: placed([...documentsOf(handlers.map((one) => one.node))], position),
  };
  const use: Role<Values> = (values = {}, keywords = {}) => {
    const at = callPosition(use, '\\w+');
    const role = new WrittenRole(content, authoredMap(values, at));
    const made = { document: placed({ role, ...(authored(keywords, at) as Document) }, at) };
    uses.add(made);
    return made;
  };
  return use;
}
