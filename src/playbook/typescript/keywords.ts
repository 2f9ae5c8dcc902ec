import type { Handler } from './node.ts';
import type { Condition, Data, Lazy, ResultScope, Scope } from './scope.ts';

/** Keywords that plays, blocks, roles and tasks share; what is inside inherits them. */
export interface SharedKeywords<Names = Scope> {
  readonly become?: Lazy<boolean, Names>;
  readonly become_user?: Lazy<string, Names>;
  readonly become_method?: Lazy<'sudo' | 'su' | 'doas' | 'runuser', Names>;
  readonly become_flags?: Lazy<string, Names>;
  readonly tags?: string | readonly string[];
  readonly vars?: { readonly [name: string]: Data<Names> };
  readonly environment?: Lazy<Readonly<Record<string, string>>, Names>;
  /** Neither parameters nor result are shown or stored. */
  readonly no_log?: Lazy<boolean, Names>;
  readonly check_mode?: Lazy<boolean, Names>;
  readonly diff?: Lazy<boolean, Names>;
  readonly ignore_errors?: Lazy<boolean, Names>;
  readonly ignore_unreachable?: Lazy<boolean, Names>;
  readonly any_errors_fatal?: Lazy<boolean, Names>;
  readonly run_once?: Lazy<boolean, Names>;
  readonly throttle?: Lazy<number, Names>;
  /** Seconds. */
  readonly timeout?: Lazy<number, Names>;
  readonly connection?: Lazy<string, Names>;
  readonly remote_user?: Lazy<string, Names>;
  readonly port?: Lazy<number, Names>;
}

interface Delegation<Names> {
  readonly delegate_to?: Lazy<string, Names>;
  readonly delegate_facts?: Lazy<boolean, Names>;
}

/** Handlers, or names of handlers that YAML defines. */
export type Notify = Handler | string | readonly (Handler | string)[];

export interface LoopKeywords<Item> {
  readonly loop?: readonly Item[] | ((names: Scope<unknown>) => readonly Item[]);
  readonly loop_control?: {
    readonly loop_var?: string;
    readonly index_var?: string;
    /** What people see instead of the item. */
    readonly label?: Lazy<string, Scope<Item>>;
    /** Seconds between items. */
    readonly pause?: Lazy<number, Scope<Item>>;
    readonly extended?: boolean;
    readonly break_when?: Condition<Scope<Item>>;
  };
}

/** What a task says beside its module's parameters. */
export interface TaskKeywords<Item, Result>
  extends LoopKeywords<Item>,
    SharedKeywords<Scope<Item>>,
    Delegation<Scope<Item>> {
  readonly when?: Condition<Scope<Item>>;
  /** A name for the result, for templates and conditions in text; functions use `task.result`. */
  readonly register?: string;
  readonly changed_when?: Condition<ResultScope<Item, Result>>;
  readonly failed_when?: Condition<ResultScope<Item, Result>>;
  readonly until?: Condition<ResultScope<Item, Result>>;
  /** How often it is tried in all. */
  readonly retries?: Lazy<number, Scope<Item>>;
  /** Seconds between two tries. */
  readonly delay?: Lazy<number, Scope<Item>>;
  readonly notify?: Notify;
}

/** What an include or import says beside what it names. */
export interface IncludeKeywords<Item>
  extends LoopKeywords<Item>,
    SharedKeywords<Scope<Item>>,
    Delegation<Scope<Item>> {
  readonly when?: Condition<Scope<Item>>;
}

/** What a block says beside its tasks. */
export interface BlockKeywords<Item> extends IncludeKeywords<Item> {
  readonly notify?: Notify;
  /** Puts the host's network back by itself where the tasks cut it off. */
  readonly network_guard?: Data<Scope<Item>>;
  /** How many of its tasks may run at the same time on one host; true: all. */
  readonly parallel?: boolean | number;
}
