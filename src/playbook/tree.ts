import type { SourcePosition } from '../core/position.ts';
import type { Template } from '../core/template.ts';
import type { ModuleTable } from '../modules/table.ts';

/**
 * The typed tree that YAML and TypeScript playbooks both become. Values may hold `Template`s anywhere and are evaluated at use;
 * `Condition`s are CEL.
 */
export interface Playbook {
  readonly file: string;
  readonly name: string | undefined;
  readonly description?: string | undefined;
  readonly inputs: Inputs;
  readonly plays: readonly (Play | ImportPlaybook)[];
}

export type InputType = 'string' | 'int' | 'number' | 'bool' | 'list' | 'map' | 'path' | 'any';

/** A typed parameter of a playbook, play or role. */
export interface InputDefinition {
  readonly type: InputType;
  readonly description: string | undefined;
  /** Undefined: must be given. */
  readonly default: unknown;
  readonly required: boolean;
  /** Regular expression that the whole value must match. */
  readonly pattern: string | undefined;
  readonly choices: readonly unknown[] | undefined;
  readonly secret: boolean;
  readonly position: SourcePosition | undefined;
}

export type Inputs = Readonly<Record<string, InputDefinition>>;

/** Variables as written: values may hold Templates. */
export type Variables = Readonly<Record<string, unknown>>;

/** CEL source or, from TypeScript, a function of the names in scope; a list means AND. Evaluated per host (and per loop item). */
export interface Condition {
  readonly expression: string | boolean | Template | ((scope: Readonly<Record<string, unknown>>) => unknown);
  readonly position: SourcePosition | undefined;
}

/**
 * Where a node was written, shared by all nodes of one file in one use of a role. Relative paths in it are looked for in
 * `searchPaths(origin, …)`.
 */
export interface Origin {
  /** The file with the node in it. */
  readonly file: string;
  /** Directory of the play's own file: `playbook_dir`. */
  readonly playbookDirectory: string;
  /** The role that the file belongs to. */
  readonly role: RoleContext | undefined;
}

/** One use of a role: what its tasks and handlers see beyond the play's variables. */
export interface RoleContext {
  readonly name: string;
  /** The role's directory: `role_path`. */
  readonly path: string;
  /** Of lowest precedence. */
  readonly defaults: Variables;
  /** Above the play's variables and vars_files, below block and task variables. */
  readonly vars: Variables;
  /** Given with the use (`roles: [{role: x, http_port: 80}]`); above set_fact and register. */
  readonly params: Variables;
  /** The role's typed parameters (`inputs` of meta/main, or the `main` entry of argument_specs). */
  readonly inputs: Inputs;
  /** Roles that brought this one in as a dependency, the nearest first. */
  readonly dependents: readonly RoleContext[];
}

/** Keywords that plays, blocks, roles and tasks share, each inheriting from what contains it. */
export interface SharedKeywords {
  readonly become?: unknown;
  readonly becomeUser?: unknown;
  readonly becomeMethod?: unknown;
  readonly becomeFlags?: unknown;
  readonly tags?: readonly string[];
  readonly vars?: Variables;
  readonly environment?: unknown;
  readonly noLog?: unknown;
  readonly checkMode?: unknown;
  readonly diff?: unknown;
  readonly ignoreErrors?: unknown;
  readonly ignoreUnreachable?: unknown;
  readonly anyErrorsFatal?: unknown;
  readonly runOnce?: unknown;
  readonly throttle?: unknown;
  readonly timeout?: unknown;
  readonly delegateTo?: unknown;
  readonly delegateFacts?: unknown;
  readonly connection?: unknown;
  readonly remoteUser?: unknown;
  readonly port?: unknown;
}

export interface Play extends SharedKeywords {
  readonly kind: 'play';
  readonly position: SourcePosition | undefined;
  readonly file: string;
  /** A text; may be a Template. */
  readonly name: unknown;
  /** Pattern or list of patterns; may hold Templates. */
  readonly hosts: unknown;
  /** Undefined: facts are read when something refers to them. */
  readonly gatherFacts: unknown;
  /** Paths as written; a list among them means the first that exists. */
  readonly varsFiles: readonly unknown[];
  /** What stands in each of `varsFiles`; undefined where its path is a template and so known only at run time. */
  readonly loadedVarsFiles: readonly (Variables | undefined)[];
  readonly inputs: Inputs;
  readonly preTasks: readonly Node[];
  /** The `roles:` section with dependencies before what depends on them. */
  readonly roles: readonly RoleUse[];
  /** Every role that is in use statically (`roles:`, import_role); their defaults and vars are visible in the whole play. */
  readonly staticRoles: readonly RoleContext[];
  readonly tasks: readonly Node[];
  readonly postTasks: readonly Node[];
  /** In definition order: those of `roles:`, then the play's own, then those of import_role. */
  readonly handlers: readonly Node[];
  readonly serial: unknown;
  readonly strategy: 'linear' | 'free' | 'host_pinned';
  readonly maxFailPercentage: unknown;
  readonly forceHandlers: unknown;
  /** Conditions of the import_playbook that brought the play in; its tasks carry them already. */
  readonly importedWhen?: readonly Condition[];
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
}

/** What tasks, includes and (an addition to Ansible) blocks loop over. */
export interface LoopKeywords {
  /** A list, or a Template that gives one; undefined: no loop. */
  readonly loop: unknown;
  /** True for `with_items`: an item that is a list stands for its own items. */
  readonly flattenLoop: boolean;
  /** Which of Ansible's older loops it is, where its items can only be worked out when it runs (`with_dict` of a template). */
  readonly loopForm?: string;
  readonly loopControl: LoopControl;
}

export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar: string | undefined;
  readonly label: unknown;
  readonly pause: unknown;
  readonly extended: boolean;
  readonly breakWhen: readonly Condition[];
}

/** What tasks, includes and blocks share beyond the inherited keywords. */
export interface NodeKeywords extends SharedKeywords {
  readonly position: SourcePosition | undefined;
  readonly origin: Origin;
  readonly name: unknown;
  readonly when: readonly Condition[];
}

export interface Task extends NodeKeywords, LoopKeywords {
  readonly kind: 'task';
  /** Short name in the module table. */
  readonly module: string;
  /** As written: a map with Templates in it; free-form text already under its parameter. */
  readonly params: Readonly<Record<string, unknown>>;
  /** A template that gives a map of parameters, of lower precedence than `params` (`args: "{{ x }}"`); else undefined. */
  readonly args: unknown;
  readonly register: string | undefined;
  readonly until: readonly Condition[];
  readonly retries: unknown;
  readonly delay: unknown;
  readonly changedWhen: readonly Condition[] | undefined;
  readonly failedWhen: readonly Condition[] | undefined;
  readonly notify: readonly unknown[];
  /** Topics that a handler listens to. */
  readonly listen: readonly string[];
}

/** A block as written, or what an import_tasks, import_role or a role of the play stands for: its keywords are inherited. */
export interface Block extends NodeKeywords, LoopKeywords {
  readonly kind: 'block';
  readonly block: readonly Node[];
  readonly rescue: readonly Node[];
  readonly always: readonly Node[];
  readonly notify: readonly unknown[];
  /** Parameters of the `network_guard` keyword, where it is set. */
  readonly networkGuard: unknown;
  /** How many of its tasks may run at the same time on one host (`true`: all); undefined: one after the other. */
  readonly parallel: unknown;
}

/** include_tasks or include_role. Imports become blocks when they are loaded. */
export interface Include extends NodeKeywords, LoopKeywords {
  readonly kind: 'include';
  readonly what: 'tasks' | 'role';
  /** A path or a role's name; may be a Template. */
  readonly target: unknown;
  readonly params: Readonly<Record<string, unknown>>;
  /** Keywords for what is included (`apply:`). */
  readonly apply: SharedKeywords & { readonly when?: readonly Condition[] };
  /** File that contains the include, against which a relative target is resolved. */
  readonly file: string;
  /** What it includes, where the target is known beforehand; else `loadTasks` or `loadRole` gives it at run time. */
  readonly loaded: Included | undefined;
  /** Topics that it listens to, where it is a handler. */
  readonly listen?: readonly string[];
}

/** What an include brings into a play. */
export interface Included {
  readonly nodes: readonly Node[];
  /** Of an included role, and of those it depends on. */
  readonly handlers: readonly Node[];
  /** The role and its dependencies; empty for include_tasks. */
  readonly roles: readonly RoleContext[];
}

export type Node = Task | Block | Include;

export interface RoleUse extends SharedKeywords {
  readonly position: SourcePosition | undefined;
  readonly name: string;
  readonly params: Variables;
  readonly when: readonly Condition[];
  readonly role: RoleContext;
  /** The role's tasks, ready to run: it carries the keywords of the use. */
  readonly block: Block;
}

/** A playbook after loading: import_playbook is expanded. */
export interface LoadedPlaybook extends Playbook {
  readonly plays: readonly Play[];
  /** Modules that the playbook defines itself. */
  readonly modules?: ModuleTable;
}

export interface ImportPlaybook extends SharedKeywords {
  readonly kind: 'importPlaybook';
  readonly position: SourcePosition | undefined;
  readonly path: string;
  readonly when: readonly Condition[];
}
