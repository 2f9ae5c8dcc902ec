import type { EngineRequest } from '../core/action.ts';
import type { Difference } from '../core/change.ts';
import { Computed } from '../core/computed.ts';
import { NotKnownYet } from '../core/not-known.ts';
import type { TaskResult } from '../core/result.ts';
import type { Scope } from '../core/scope.ts';
import type { PlaceKey } from '../journal/record.ts';
import { isAction } from '../modules/table.ts';
import type { Expressions } from '../playbook/expressions.ts';
import { validateParams } from '../playbook/param-problems.ts';
import { searchPaths } from '../playbook/search-paths.ts';
import type { Node, Task } from '../playbook/tree.ts';
import { createActionLog } from './action-log.ts';
import type { Step } from './context.ts';
import { EndOfWindow, Overtaken } from './control-flow.ts';
import { findFile, readOnController, type SearchPath } from './controller-reads.ts';
import { type GuardGround, guardGround } from './guard/ground.ts';
import type { HostState } from './host-state.ts';
import { checkInputs } from './inputs.ts';
import { type Ground, invoke, resultOfThrown } from './invoke.ts';
import { keywordReader } from './keywords.ts';
import { problems, warnings } from './problems.ts';
import { routeOf } from './route.ts';
import { runAction } from './run-action.ts';
import { taskScope, withoutOmitted } from './scope.ts';
import { taskName } from './settings.ts';
import { createTransfer, reconnect, type Transfer } from './transfer.ts';
import { evaluating, type Viewpoint } from './viewpoint.ts';

/** A task about to run on a host. */
export interface Attempt extends Viewpoint {
  readonly task: Task;
  readonly step: Step;
  /** Of the task's loop, from 0; undefined without one. */
  readonly round?: number;
  readonly item?: unknown;
  /** What actions asked the engine for, in order. */
  readonly requested?: EngineRequest[];
  /** Hosts whose facts set_fact sets: with run_once, the whole batch. */
  readonly factsHosts: readonly HostState[];
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** Told of the steps of a change under the guard. */
  readonly onGuard: GuardGround['tell'];
}

export interface AttemptOutcome {
  readonly result: TaskResult;
  readonly differences: readonly Difference[];
}

/** What was thrown, as a result; who plans changes ahead ends where something is not known. */
export function resultAhead({ play }: Attempt, thrown: unknown): TaskResult {
  if (play.ahead === 'changes' && thrown instanceof NotKnownYet) throw new EndOfWindow();
  return resultOfThrown(thrown);
}

/** Runs the task's module once. Never throws for what can go wrong on a host or in an expression: that is a failed result. */
export async function attemptOnce(attempt: Attempt): Promise<AttemptOutcome> {
  const { host, play } = attempt;
  const transfer = createTransfer((name) =>
    play.run.emit({ type: 'warning', message: warnings.transferBroken(name), host: host.name }),
  );
  for (;;) {
    const { changes } = host;
    try {
      return await attemptOrThrow(attempt, transfer);
    } catch (thrown) {
      if (thrown instanceof Overtaken) continue;
      const lost = await whenLost(attempt, thrown, host.changes !== changes);
      if (lost === 'again') continue;
      if (lost) return lost;
      const goesOn = await transfer.goesOn(thrown);
      if (goesOn === true) continue;
      return { result: resultAhead(attempt, goesOn || thrown), differences: [] };
    }
  }
}

/**
 * In a block under the guard a task may cut the connection it runs over, and the host answers again: then it is looked at anew, and what
 * cannot be looked at (a command) counts as done. It is never just repeated.
 */
async function whenLost(
  { around, play, task }: Attempt,
  thrown: unknown,
  begun: boolean,
): Promise<AttemptOutcome | 'again' | undefined> {
  if (play.ahead || !around.comesBack || !resultOfThrown(thrown).unreachable) return undefined;
  if (!(await around.comesBack())) return undefined;
  const module = await play.run.loadModule(task.module);
  if (!begun || isAction(module) || module.converges !== false) return 'again';
  const msg = 'The connection was lost while it ran; the host answers again.';
  return { result: { changed: true, msg, connection_lost: true }, differences: [] };
}

async function attemptOrThrow(attempt: Attempt, transfer: Transfer): Promise<AttemptOutcome> {
  const { play, host, task, around } = attempt;
  const { run } = play;
  const module = await run.loadModule(task.module);
  const params = await evaluating(attempt, (scope) =>
    withoutOmitted(
      resolveParams(run.expressions, task, scope, isAction(module) ? (module.conditions ?? []) : []),
    ),
  );
  const parsed = validateParams(module, params, task.params, task.position);
  if (around.role && !host.checkedRoles.has(around.role)) {
    await evaluating(attempt, (scope) => checkInputs(scope.get('inputs')));
    host.checkedRoles.add(around.role);
  }
  const settings = await evaluating(attempt, (scope) => {
    const keywords = keywordReader(run.expressions, around, scope, task.position);
    const onController = !isAction(module) && module.runsOn?.(parsed) === 'controller';
    const delegate = onController ? 'localhost' : keywords.value('delegateTo');
    const target = delegate === undefined || delegate === null ? host : run.hostState(String(delegate));
    return {
      target,
      delegateFacts: keywords.flag('delegateFacts', false),
      checkMode: keywords.flag('checkMode', run.options.check),
      timeoutSeconds: keywords.number('timeout') || undefined,
      environment: keywords.environment(),
      author: run.journal && {
        journal: run.journal,
        key: keyOf(attempt),
        on: target.name,
        play: play.name,
        task: taskName(play, task, () => run.expressions.resolve(task.name, scope)),
        item: attempt.item,
        noLog: keywords.flag('noLog', false),
      },
      route: () => {
        const route = routeOf(
          run,
          target,
          around,
          scope,
          task.position,
          target === host ? scope : taskScope(play, target, around, attempt.local),
        );
        // What a play does as root on its hosts is no reason to be root here.
        return onController ? { ...route, privileges: [] } : route;
      },
    };
  });
  // What a task in check mode foresees is not what the host will be.
  if (play.ahead === 'changes' && settings.checkMode) throw new EndOfWindow();
  if (isAction(module)) {
    const result = await evaluating(attempt, (scope) =>
      runAction(module, parsed, {
        play,
        host,
        factsHosts: settings.delegateFacts ? [settings.target] : attempt.factsHosts,
        scope,
        checkMode: settings.checkMode,
        search: searchPathOf(task, 'vars'),
        gatherFacts: async () => {
          await run.gatherFacts(settings.target, settings.route(), play.accessOf(settings.target, host));
          const recipients = settings.delegateFacts ? [settings.target] : attempt.factsHosts;
          for (const recipient of [host, ...recipients]) {
            recipient.facts = settings.target.facts;
            if (recipient !== settings.target) run.journal?.facts(recipient.name, recipient.facts ?? {});
          }
        },
        requested: (requests) => attempt.requested?.push(...requests),
        target: () => ({
          host: settings.target.name,
          access: settings.target.access,
          route: settings.route(),
          log: createActionLog(
            settings.checkMode ? undefined : settings.author,
            module.name,
            settings.route,
            run.replay?.made(keyOf(attempt)),
          ),
        }),
        reconnect: (patience) => reconnect(settings.target.access, settings.route(), patience),
      }),
    );
    return { result, differences: [] };
  }
  return invoke(module, parsed, {
    // What runs beside others asks for itself: nobody looks ahead for several at once.
    access: around.lane === undefined ? play.accessOf(settings.target, host) : settings.target.access,
    route: await evaluating(attempt, settings.route),
    readOnController: async (read) => {
      const search = searchPathOf(task, read.source === 'template' ? 'templates' : 'files');
      const { planner } = run.parts;
      if (planner) planner.file(await findFile(read.path, search));
      return readOnController(read, search, (text, file, escaping) =>
        evaluating(attempt, (scope) => run.expressions.renderText(text, file, scope, escaping)),
      );
    },
    checkMode: settings.checkMode,
    ahead: play.ahead,
    planned: plannedBy(attempt, settings.checkMode),
    // What a single task foresees in a real run is true of that task alone.
    predicted: run.options.check || play.ahead ? settings.target.predicted : new Map(),
    environment: settings.environment,
    timeoutSeconds: settings.timeoutSeconds,
    onOutput: attempt.onOutput,
    author: settings.author,
    inGuard: around.comesBack !== undefined,
    guard: (route) => guardGround(run, settings.target, route, attempt.onGuard),
    large: { access: settings.target.access, transfer },
    wasMade: settings.checkMode ? false : transfer.mayBeMade() || run.replay?.wasMade(keyOf(attempt)),
  });
}

/** Who is told of changes: a plan in the making, or one that is carried out. */
function plannedBy(attempt: Attempt, checkMode: boolean): Ground['planned'] {
  const { planner } = attempt.play.run.parts;
  if (!planner || checkMode !== attempt.play.run.options.check) return undefined;
  return (converges, differences, seen) => planner.change(keyOf(attempt), converges, differences, seen);
}

/** Where in the run the attempt is made. */
export function keyOf({
  play,
  host,
  step,
  round,
}: Pick<Attempt, 'play' | 'host' | 'step' | 'round'>): PlaceKey {
  return { part: play.part, host: host.name, place: step.order, ...(round === undefined ? {} : { round }) };
}

/** The parameters with templates rendered; conditions (`assert.that`) stay as written. */
export function resolveParams(
  expressions: Expressions,
  task: Task,
  scope: Scope,
  conditions: readonly string[],
): unknown {
  const entries = Object.entries(task.params).map(([name, value]) => [
    name,
    conditions.includes(name)
      ? askedConditions(expressions, value, scope)
      : expressions.resolve(value, scope),
  ]);
  const more = expressions.resolve(task.args, scope);
  if (more !== undefined && !isMap(more)) throw problems.argsNotMap(more, task.position);
  return { ...more, ...Object.fromEntries(entries) };
}

/** Conditions as written, but for functions: what they say is true or false, and never read as an expression again. */
function askedConditions(expressions: Expressions, value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => askedConditions(expressions, one, scope));
  if (!(value instanceof Computed)) return value;
  return expressions.holds([{ expression: value.compute, position: value.position }], scope);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where relative paths of a node are looked for: its role first, then the playbook's directory. */
export function searchPathOf(node: Node, kind: 'files' | 'templates' | 'vars' | 'tasks'): SearchPath {
  return { directories: searchPaths(node.origin, kind), position: node.position };
}
