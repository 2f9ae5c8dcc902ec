import type { z } from 'zod';
import type { ActionDefinition } from '../../core/action.ts';
import type { SourcePosition } from '../../core/position.ts';
import { callPosition } from '../../source/call-position.ts';
import { authored, placed } from './authored.ts';
import type { TaskKeywords } from './keywords.ts';
import type { Modules } from './module-types.ts';
import { addNode, type Document, type PlaybookNode } from './node.ts';
import { notifying } from './notify.ts';
import { registerName } from './register-name.ts';
import { resultView } from './result-view.ts';
import type { Lazy, Scope } from './scope.ts';

/** What every result has. */
export interface BaseResult {
  readonly changed: boolean;
  readonly failed?: boolean;
  readonly skipped?: boolean;
  readonly unreachable?: boolean;
  readonly msg?: string;
  readonly attempts?: number;
}

/** What a task's result holds: with a loop, one result for each item. */
export type Registered<Result, Item> = [Item] extends [undefined]
  ? BaseResult & Result
  : BaseResult & { readonly results: readonly (BaseResult & Result & { readonly item: Item })[] };

/** A task. Its result can be read inside functions of the tasks after it. */
export interface Task<Result = unknown> extends PlaybookNode {
  /**
   * What the task gave on the host that is being worked on. Only inside functions: `when: () => look.result.stat.exists`. A field that is
   * missing because the task was skipped or failed is an error that says so.
   */
  readonly result: Result;
}

/** Parameters that a module takes, as they may be written. */
// biome-ignore lint/suspicious/noExplicitAny: any accepts every module and action.
type ParamsOf<Definition> = Definition extends { readonly params: infer Schema extends z.ZodType<any, any> }
  ? z.input<Schema>
  : never;

/** Fields that a module adds to its result. */
type ResultOf<Definition> =
  // biome-ignore lint/suspicious/noExplicitAny: any accepts every parameter list.
  Definition extends ActionDefinition<any>
    ? Readonly<Record<string, unknown>>
    : // biome-ignore lint/suspicious/noExplicitAny: any accepts every parameter list.
      Definition extends { readonly result?: (...words: any[]) => infer Result }
      ? Result
      : Readonly<Record<string, unknown>>;

/** A module as a function: a task's name (which may be left out), the module's parameters, the task's keywords. */
export interface ModuleFunction<Params, Result> {
  <const Item = undefined>(
    params: Lazy<Params, Scope<Item>>,
    keywords?: TaskKeywords<Item, BaseResult & Result>,
  ): Task<Registered<Result, Item>>;
  // Last, because mistakes are explained by the last one.
  <const Item = undefined>(
    name: string,
    params: Lazy<Params, Scope<Item>>,
    keywords?: TaskKeywords<Item, BaseResult & Result>,
  ): Task<Registered<Result, Item>>;
}

export type FunctionOf<Definition> = ModuleFunction<ParamsOf<Definition>, ResultOf<Definition>>;

/** The function of a module, by the module's name. */
export type ModuleFunctionOf<Name extends keyof Modules> = FunctionOf<Modules[Name]>;

/** Makes the function of the module of that name. */
export function moduleFunction<Name extends keyof Modules>(module: Name): ModuleFunctionOf<Name> {
  return callModule(module) as ModuleFunctionOf<Name>;
}

type Written = Readonly<Record<string, unknown>>;

/** The same without types. */
export function callModule(module: string) {
  const call = (...words: readonly unknown[]): Task => {
    const position = callPosition(call, module);
    const [name, params, keywords = {}] = typeof words[0] === 'string' ? words : [undefined, ...words];
    return createTask(name as string | undefined, module, params, keywords as Written, position);
  };
  return call;
}

function createTask(
  name: string | undefined,
  module: string,
  params: unknown,
  keywords: Written,
  position: SourcePosition | undefined,
): Task {
  const { notify, ...others } = keywords;
  // A function in the place of all parameters gives a map of them, which is what `args` takes.
  const given = authored(params ?? {}, position);
  const call = typeof params === 'function' ? { [module]: {}, args: given } : { [module]: given };
  return documentTask(
    {
      ...(name === undefined ? {} : { name: authored(name, position) }),
      ...call,
      ...(authored(others, position) as Document),
    },
    notify,
    position,
  );
}

function documentTask(document: Document, notify: unknown, position: SourcePosition | undefined): Task {
  const { names, handlers } = notifying(notify, position);
  const register = String(document.register ?? registerName(position));
  const title = String(document.name ?? `at line ${position?.line ?? '?'}`);
  return addNode({
    document: placed({ ...document, ...(names ? { notify: names } : {}), register }, position),
    position,
    notified: handlers,
    get result() {
      return resultView(register, title, position);
    },
  });
}

type AnyParams = { readonly [Name in keyof Modules]?: Lazy<ParamsOf<Modules[Name]>, Scope<unknown>> };

/**
 * A task in the form that YAML has it, with the module among its keywords: `task({ name: 'Say so', debug: { msg: 'Hello' } })`. The
 * modules' own functions know more: their results have types.
 */
export function task<const Item = undefined>(
  written: { readonly name?: string } & AnyParams & TaskKeywords<Item, Readonly<Record<string, unknown>>>,
): Task<Registered<Readonly<Record<string, unknown>>, Item>> {
  const position = callPosition(task, 'task');
  const { notify, ...others } = written;
  return documentTask(authored(others, position) as Document, notify, position) as Task<
    Registered<Readonly<Record<string, unknown>>, Item>
  >;
}
