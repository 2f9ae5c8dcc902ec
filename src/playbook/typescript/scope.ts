import type { SystemFacts } from '../../facts/system-facts.ts';

/** The fields of a type that are named, without "and any other". */
export type Named<T> = {
  [Key in keyof T as string extends Key ? never : number extends Key ? never : Key]: T[Key];
};

/** What is read on a host by itself. Facts of interfaces and other names that differ from host to host are in `vars.facts`. */
export type Facts = Named<SystemFacts>;

/** The names that a function of a playbook gets: the same as in YAML. `Item` is what a loop goes over. */
export interface Scope<Item = undefined> {
  /** The item of the loop that the task is at. */
  readonly item: Item;
  /** Read on the host when something asks for them. */
  readonly facts: Facts;
  /** The host's name in the inventory. */
  readonly inventory_hostname: string;
  readonly group_names: readonly string[];
  /** Names of hosts by group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Variables of every host, by its name. */
  readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Every variable by its name. What has a type is better declared as an input: inputs take the inventory's variables too. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** True in a check run. */
  readonly check_mode: boolean;
  readonly playbook_dir: string;
}

/** What `changed_when`, `failed_when` and `until` get: the task's own result too. */
export interface ResultScope<Item, Result> extends Scope<Item> {
  readonly result: Result;
}

/** A value, or a function that gives it, at any depth. A function that gives undefined leaves its parameter out. */
export type Lazy<T, Names> = unknown extends T ? Data<Names> : ((names: Names) => T) | Shape<T, Names>;

type Shape<T, Names> = T extends readonly (infer Entry)[]
  ? readonly Lazy<Entry, Names>[]
  : T extends object
    ? { readonly [Key in keyof T]: Lazy<T[Key], Names> }
    : T;

/** Any data, with functions at any depth. */
export type Data<Names> =
  | string
  | number
  | boolean
  | null
  | undefined
  | ((names: Names) => unknown)
  | readonly Data<Names>[]
  | { readonly [name: string]: Data<Names> };

/** A function, or CEL as in YAML; a list means that all must hold. */
export type Condition<Names> =
  | boolean
  | string
  | ((names: Names) => boolean)
  | readonly (boolean | string | ((names: Names) => boolean))[];
