import { errorsIn, type HostwrightError } from '../core/error.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { Layer, Scope } from '../core/scope.ts';
import { isAction } from '../modules/table.ts';
import { validateParams } from '../playbook/param-problems.ts';
import type { Node, RoleContext, Task } from '../playbook/tree.ts';
import { resolveParams, searchPathOf } from './attempt.ts';
import type { PlayContext, RunContext } from './context.ts';
import { readOnController } from './controller-reads.ts';
import type { Route } from './host-access.ts';
import { FactsNeeded } from './host-state.ts';
import { inputValues } from './inputs.ts';
import { toFlag, toNumber } from './keywords.ts';
import type { LearnedNames } from './learned-names.ts';
import { createPlay, type PreparedPlay } from './play.ts';
import { problems } from './problems.ts';
import { routeOf } from './route.ts';
import { taskScope, withoutOmitted } from './scope.ts';
import {
  below,
  inherited,
  playSurroundings,
  type Surroundings,
  selectedByTags,
  tagsOf,
} from './surroundings.ts';

/** What the tasks before may have done to this machine, from play to play. */
export interface OwnMachine {
  /** True where they may have made files: what is missing now may be there in time. */
  maybeWritten: boolean;
  /** What people should know about connections; each said once. */
  readonly warned: Set<string>;
}

/**
 * What can be known about a play on its hosts before any of them is contacted: inputs, connection variables with the keys they name,
 * and for each task whose values do not depend on what the run will learn: its parameters, and the files and templates on the
 * controller that it needs. Where it cannot be sure (a condition that is not known yet, a rescue that may be meant to catch it, a
 * file that an earlier task may make) it stays silent.
 */
export async function checkPlay(
  run: RunContext,
  prepared: PreparedPlay,
  learned: LearnedNames,
  machine: OwnMachine,
): Promise<readonly HostwrightError[]> {
  const errors: HostwrightError[] = [];
  const hosts = prepared.batches.flat().map(run.hostState);
  const play = createPlay(run, prepared, hosts, prepared.batches.flat());
  const around = playSurroundings(prepared.play);
  const { preTasks, roles, tasks, postTasks, handlers } = prepared.play;
  const nodes = [...preTasks, ...roles.map((use) => use.block), ...tasks, ...postTasks];
  const before = machine.maybeWritten;
  for (const host of hosts) {
    const own: OwnMachine = { maybeWritten: before, warned: machine.warned };
    let local = false;
    const scope = taskScope(play, host, around);
    errors.push(
      ...(await collected(async () => {
        checkKeywords(play, scope);
        const route = routeOf(run, host, around, scope, prepared.play.position);
        local = route.target.transport === 'local';
        if (!before) await checkConnection(run, route, machine.warned);
      })),
    );
    const inputs = scope.get('inputs') as Layer;
    for (const name of Object.keys(prepared.inputs))
      errors.push(...(await collected(async () => void inputs[name])));
    const checked = new Set<RoleContext>();
    const look: Look = { play, host: host.name, learned, machine: own, local, handler: false, checked };
    errors.push(...(await checkNodes(look, nodes, around)));
    errors.push(...(await checkNodes({ ...look, handler: true }, handlers, around)));
    machine.maybeWritten ||= own.maybeWritten;
  }
  return errors;
}

/** Keys, known hosts and options of a connection, as far as this machine knows them. */
async function checkConnection({ parts }: RunContext, { target }: Route, warned: Set<string>): Promise<void> {
  const load = parts.transports[target.transport];
  if (!load) throw problems.unknownTransport(target.name, target.transport, Object.keys(parts.transports));
  for (const message of (await (await load()).check?.(target)) ?? []) warned.add(message);
}

interface Look {
  readonly play: PlayContext;
  readonly host: string;
  readonly learned: LearnedNames;
  /** Uses of roles whose inputs were looked at. */
  readonly checked: Set<RoleContext>;
  readonly machine: OwnMachine;
  /** The host is this machine. */
  readonly local: boolean;
  /** Handlers ignore tags. */
  readonly handler: boolean;
}

async function checkNodes(
  look: Look,
  nodes: readonly Node[],
  around: Surroundings,
): Promise<HostwrightError[]> {
  const errors: HostwrightError[] = [];
  for (const node of nodes) {
    const inside = below(around, node);
    if (node.kind === 'task') {
      errors.push(...(await checkRoleInputs(look, node, inside)), ...(await checkTask(look, node, inside)));
    }
    // What a rescue may be meant to catch, and what a loop's items decide, is not ours to judge.
    if (node.kind === 'block' && node.loop === undefined && node.rescue.length === 0) {
      const conditions = [...inside.conditions, ...node.when];
      errors.push(...(await checkNodes(look, [...node.block, ...node.always], { ...inside, conditions })));
    }
    look.machine.maybeWritten ||= mayWriteHere(node, inside, look.local);
  }
  return errors;
}

/** Keywords of the play that are evaluated while it runs, when an error would come too late. */
function checkKeywords({ play, run }: PlayContext, scope: Scope): void {
  const { maxFailPercentage, gatherFacts, forceHandlers, position } = play;
  const value = (written: unknown) => run.expressions.resolve(written, scope);
  if (maxFailPercentage !== undefined) toNumber('max_fail_percentage', value(maxFailPercentage), position);
  if (gatherFacts !== undefined) toFlag('gather_facts', value(gatherFacts), position);
  if (forceHandlers !== undefined) toFlag('force_handlers', value(forceHandlers), position);
}

/** The typed parameters of a role that surely runs on this host; looked at once for each use of it. */
async function checkRoleInputs(look: Look, task: Task, around: Surroundings): Promise<HostwrightError[]> {
  const { play, host, learned, checked, handler } = look;
  const { role } = around;
  const { tags, skipTags } = play.run.options;
  if (!role || checked.has(role)) return [];
  if (!handler && !selectedByTags(tagsOf(around), tags, skipTags)) return [];
  const { expressions, masker } = play.run;
  const scope = cautious(taskScope(play, play.run.hostState(host), around), learned);
  const holds = async () => {
    if (!expressions.holds([...around.conditions, ...task.when], scope)) return;
    checked.add(role);
  };
  const unsure = await collected(holds);
  if (unsure.length > 0 || !checked.has(role)) return [];
  const inputs = inputValues(role.inputs, scope, scope, expressions, masker);
  const errors: HostwrightError[] = [];
  for (const name of Object.keys(inputs)) errors.push(...(await collected(async () => void inputs[name])));
  return errors;
}

/** Whether a node may make files on this machine: it runs here, or brings files here. */
function mayWriteHere(node: Node, around: Surroundings, local: boolean): boolean {
  if (local || inherited(around, 'delegateTo') !== undefined || inherited(around, 'connection') === 'local')
    return true;
  if (node.kind === 'task') return node.module === 'fetch';
  const inside = node.kind === 'block' ? [...node.block, ...node.rescue, ...node.always] : node.loaded?.nodes;
  return inside?.some((child) => mayWriteHere(child, below(around, child), local)) ?? true;
}

async function checkTask(look: Look, task: Task, around: Surroundings): Promise<HostwrightError[]> {
  const { play, host, learned, machine, handler } = look;
  const { run } = play;
  const { tags, skipTags } = run.options;
  if (!handler && !selectedByTags(tagsOf(around), tags, skipTags)) return [];
  if (task.loop !== undefined || inherited(around, 'ignoreErrors') !== undefined || task.failedWhen)
    return [];
  const module = await run.loadModule(task.module);
  if (isAction(module)) return [];
  const scope = cautious(taskScope(play, run.hostState(host), around), learned);
  return collected(async () => {
    if (!run.expressions.holds([...around.conditions, ...task.when], scope)) return;
    const params = withoutOmitted(resolveParams(run.expressions, task, scope, []));
    const parsed = validateParams(module, params, task.params, task.position);
    if (machine.maybeWritten) return;
    for (const read of Object.values(module.reads?.(parsed) ?? {})) {
      if ((read as { kind: string }).kind !== 'controller') continue;
      const kind = (read as { source: string }).source === 'template' ? 'templates' : 'files';
      await readOnController(read as never, searchPathOf(task, kind), async (text, file, escaping) =>
        run.expressions.renderText(text, file, scope, escaping),
      );
    }
  });
}

/** A scope that refuses to guess what tasks will set. */
function cautious(scope: Scope, learned: LearnedNames): Scope {
  return {
    has: (name) => {
      if (learned.names.has(name)) throw new NotKnownYet(name);
      const has = scope.has(name);
      if (!has && learned.any) throw new NotKnownYet(name);
      return has;
    },
    get: (name) => {
      if (learned.names.has(name)) throw new NotKnownYet(name);
      return scope.get(name);
    },
    names: scope.names,
  };
}

/** The errors of a step; what is not known yet is no error. */
async function collected(step: () => Promise<void>): Promise<HostwrightError[]> {
  try {
    await step();
    return [];
  } catch (thrown) {
    if (thrown instanceof NotKnownYet || thrown instanceof FactsNeeded) return [];
    return [...errorsIn(thrown)];
  }
}
