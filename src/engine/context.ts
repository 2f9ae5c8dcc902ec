import type { RunEvent } from '../core/event.ts';
import type { TaskResult } from '../core/result.ts';
import type { Layer } from '../core/scope.ts';
import type { Masker } from '../core/secret.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Journal } from '../journal/journal.ts';
import type { ModuleOrAction } from '../modules/table.ts';
import type { Expressions } from '../playbook/expressions.ts';
import type { Included, Inputs, Node, Play, RoleContext, Task } from '../playbook/tree.ts';
import type { HostFailed } from './control-flow.ts';
import type { HostAccess, Route } from './host-access.ts';
import type { HostState } from './host-state.ts';
import type { LearnedNames } from './learned-names.ts';
import type { Order, Pace, Slots } from './lockstep.ts';
import type { RunOptions, RunParts } from './options.ts';
import type { Replay } from './replay.ts';
import type { Surroundings } from './surroundings.ts';
import type { Unrecorded } from './unrecorded.ts';

type WithoutStamp<Event> = Event extends RunEvent ? Omit<Event, 'time' | 'check'> : never;

/** An event as the engine words it; time and check are added when it is sent. */
export type UnstampedEvent = WithoutStamp<RunEvent>;

/** What lives as long as the run. */
export interface RunContext {
  readonly runId: string;
  readonly options: RunOptions;
  readonly parts: RunParts;
  readonly expressions: Expressions;
  readonly masker: Masker;
  /** Hosts worked on at the same time. */
  readonly slots: Slots;
  readonly emit: (event: UnstampedEvent) => void;
  /** What is written down of the run; undefined where nothing is, and before the first host is contacted. */
  journal: Journal | undefined;
  readonly unrecorded: Unrecorded;
  /** What was done before, where a run is continued. */
  readonly replay: Replay | undefined;
  /** Changes through add_host and group_by. */
  inventory: Inventory;
  readonly hostState: (name: string) => HostState;
  readonly loadModule: (name: string) => Promise<ModuleOrAction>;
  /** Reads the facts of a host, once. */
  readonly gatherFacts: (host: HostState, route: Route, access: HostAccess) => Promise<void>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Counts what was begun and ended that may have changed something on any host. */
  changes: number;
  /** Names that the plays' tasks set. */
  learned: LearnedNames;
  /** Inputs that were asked for; a layer of `options.extraVars`. */
  readonly answers: Record<string, unknown>;
  /** Tasks named so far, so that events can tell two of the same name apart. */
  nextTaskId: number;
  /** False until the task that --start-at-task names has been met. */
  reachedStart: boolean;
  /** Whether to ask before each task; "continue" ends it. */
  asking: boolean;
}

/** A handler of the play, in definition order. */
export interface Handler {
  readonly index: number;
  readonly name: string | undefined;
  readonly listen: readonly string[];
  readonly node: Node;
}

/** What lives as long as one batch of a play. */
export interface PlayContext {
  readonly run: RunContext;
  readonly play: Play;
  readonly name: string;
  /** Number of the play in the run and of the batch in the play, `0.0`. */
  readonly part: string;
  /** Directory of the playbook file. */
  readonly directory: string;
  readonly batch: readonly HostState[];
  readonly playHosts: readonly string[];
  /** Included roles add theirs. */
  readonly handlers: Handler[];
  readonly pace: Pace;
  /** Play variables and vars_files as the host sees them, lowest precedence first. */
  readonly variableLayers: (host: HostState) => readonly Layer[];
  /** Names of the run, lowest precedence first. */
  readonly magic: (host: HostState, around: Surroundings) => readonly Layer[];
  /** The step at this place: its number in events, and what run_once shares. */
  readonly step: (order: Order, node: Node, around: Surroundings, handler: boolean) => Step;
  /**
   * Waits for the host's turn at a place of the play (in a lane of a parallel block there is nothing to wait for); false where the task
   * is to be left out (--step, --start-at-task). `rest` walks what comes from here on.
   */
  readonly begins: (host: HostState, order: Order, step: Step, rest: Rest) => Promise<boolean>;
  /** Waits for the host's turn at a place where no task begins. */
  readonly arrives: (host: HostState, order: Order) => Promise<void>;
  /** Before a host's first task: throws HostFailed where its variables could not be read. */
  readonly beginOn: (host: HostState) => Promise<void>;
  /** Hosts worked on at the same time in this play. */
  readonly slots: Slots;
  /** Roles that `include_role` made visible to the whole play (`public: true`). */
  readonly publicRoles: RoleContext[];
  /** Failures that are every host's. */
  readonly fatals: Fatal[];
  /** How a task of `host` reaches a host: the same, or the one it is delegated to. */
  readonly accessOf: (target: HostState, host: HostState) => HostAccess;
  /** Set where somebody only looks what comes: which reads, or which changes. Nothing is done, told or waited for. */
  readonly ahead: 'reads' | 'changes' | undefined;
  readonly inputs: Inputs;
  /** `run.changes` when the current step began. */
  changesBefore: number;
  /** Set when the whole play is called off (max_fail_percentage, a person; meta end_play or end_batch). */
  calledOff: 'failed' | 'ended' | 'batchEnded' | undefined;
  /** Hosts that only run their `always` sections any more, because the play was called off. */
  readonly unwinding: Set<string>;
}

/** A failure that counts for every host of the batch (any_errors_fatal), and who failed at that step by itself. */
export interface Fatal {
  readonly failure: HostFailed;
  readonly failed: ReadonlySet<string>;
  /** Hosts that have heard of it. */
  readonly heard: Set<string>;
}

/** One task at one place of the play, shared by the hosts that come to it. */
export interface Step {
  readonly taskId: number;
  readonly order: Order;
  readonly node: Node;
  readonly around: Surroundings;
  readonly handler: boolean;
  /** The host that acts for all where the task runs once: the first of the batch that came. */
  leader: string | undefined;
  /** run_once: settled by the leader, for all others. */
  readonly once: {
    readonly promise: Promise<SharedOutcome>;
    readonly settle: (outcome: SharedOutcome) => void;
  };
  throttle: Slots | undefined;
  /** What an include brought, by its target: loaded once for all hosts. */
  readonly included: Map<string, Promise<Included>>;
  /** Hosts that failed here by themselves. */
  readonly failed: Set<string>;
  /** Settled when reporters were told, and a person was asked where that is wanted. */
  announced: Promise<void> | undefined;
  /** Left out: not reached yet by --start-at-task, or declined with --step. */
  leftOut: boolean;
}

/** What the others take over from the host that ran a task for all. */
export interface SharedOutcome {
  readonly result: TaskResult;
  readonly failed: boolean;
}

/** A task on a host at its place in the play. */
export interface Performance {
  readonly play: PlayContext;
  readonly host: HostState;
  readonly task: Task;
  readonly around: Surroundings;
  readonly step: Step;
}

/** A host on its way through a play. */
export interface Walk {
  readonly play: PlayContext;
  readonly host: HostState;
  /** Handlers ignore tags. */
  readonly handler: boolean;
  /** What comes after the nodes that are walked. */
  readonly rest: Rest;
  /** What is done with a task; by default it is performed. */
  readonly perform?: (performance: Performance) => Promise<void>;
}

/** What still comes for a host from a place on, for whoever looks ahead: walks it, on the host and in the play of that walk. */
export type Rest = (walk: Walk) => Promise<void>;

/** A task on a host at its place in the play. */
export interface Performance {
  readonly play: PlayContext;
  readonly host: HostState;
  readonly task: Task;
  readonly around: Surroundings;
  readonly step: Step;
}
