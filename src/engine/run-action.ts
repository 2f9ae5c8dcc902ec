import type { AnyAction, EngineRequest } from '../core/action.ts';
import type { TaskResult } from '../core/result.ts';
import type { Layer, Scope } from '../core/scope.ts';
import { variablesOf } from '../facts/fact-names.ts';
import { withGroup, withHost } from '../inventory/add-host.ts';
import type { Condition } from '../playbook/tree.ts';
import type { ActionLog } from './action-log.ts';
import type { PlayContext } from './context.ts';
import { EndBatch, EndHost, EndOfWindow, EndPlay, FlushHandlers } from './control-flow.ts';
import { findFile, type SearchPath } from './controller-reads.ts';
import { fetchFile } from './fetch-file.ts';
import type { HostAccess, Route } from './host-access.ts';
import type { HostState } from './host-state.ts';
import { warnings } from './problems.ts';
import { reboot } from './reboot.ts';
import type { Patience } from './transfer.ts';
import { loadVariables, variableFilesIn } from './variable-files.ts';

/** What requests are carried out with. */
type RequestGround = Pick<ActionGround, 'play' | 'host' | 'factsHosts' | 'search'>;

/** Where an action works. */
export interface ActionGround {
  readonly play: PlayContext;
  readonly host: HostState;
  /** Whose facts set_fact sets: the host itself, with delegate_facts the host delegated to, with run_once the batch. */
  readonly factsHosts: readonly HostState[];
  readonly scope: Scope;
  readonly checkMode: boolean;
  readonly search: SearchPath;
  /** Reads the facts of the host that the task works on, for the host itself. */
  readonly gatherFacts: () => Promise<void>;
  readonly reconnect: (patience: Patience) => Promise<void>;
  /** Told what the action asked for, before it is carried out. */
  readonly requested?: (requests: readonly EngineRequest[]) => void;
  /** The host that the task works on (with delegate_to another one), and the way to it. */
  readonly target: () => {
    readonly host: string;
    readonly access: HostAccess & { readonly close: () => Promise<void> };
    readonly route: Route;
    readonly log: ActionLog;
  };
}

/** Decides (pure), and then does what the action asked the engine for. */
export async function runAction(
  action: AnyAction,
  params: unknown,
  ground: ActionGround,
): Promise<TaskResult> {
  const { play, host, scope, search } = ground;
  const { expressions } = play.run;
  const conditionsOf = (expression: unknown): Condition[] =>
    (Array.isArray(expression) ? expression : [expression]).map((part) => ({
      expression: part,
      position: search.position,
    }));
  const outcome = action.run(params, {
    checkMode: ground.checkMode,
    host: host.name,
    verbosity: play.run.options.verbosity,
    condition: (expression) => expressions.holds(conditionsOf(expression), scope),
    lookup: (expression) => expressions.evaluate(expression, scope, search.position),
  });
  const requests = outcome.requests ?? [];
  if (!play.ahead) ground.requested?.(requests);
  const answers: Record<string, unknown> = {};
  for (const request of requests) Object.assign(answers, await carryOut(request, ground));
  return { changed: false, ...outcome.result, ...answers };
}

/** Requests that whoever looks ahead can follow: they only touch what is known of the host. */
const LOOKED_THROUGH: readonly EngineRequest['do'][] = ['set_facts', 'include_vars', 'flush_handlers'];

/** Does again what an action asked for in a run that is continued, but nothing that asks a person, a clock or a host. */
export async function repeatRequests(
  requests: readonly EngineRequest[],
  ground: RequestGround,
): Promise<void> {
  for (const request of requests) if (!isOutside(request)) await changeRun(request, ground);
}

/** Requests that are about the outside: a host, a person, a clock. */
type Outside = Extract<
  EngineRequest,
  { readonly do: 'gather_facts' | 'pause' | 'reset_connection' | 'wait_for_connection' | 'fetch' | 'reboot' }
>;

const OUTSIDE: readonly EngineRequest['do'][] = [
  'gather_facts',
  'pause',
  'reset_connection',
  'wait_for_connection',
  'fetch',
  'reboot',
] satisfies Outside['do'][];

function isOutside(request: EngineRequest): request is Outside {
  return OUTSIDE.includes(request.do);
}

/** Does one request. Control flow of the play (flush, end) is thrown, for whoever walks the play to catch. */
async function carryOut(
  request: EngineRequest,
  ground: ActionGround,
): Promise<Readonly<Record<string, unknown>>> {
  const { play, host } = ground;
  const { run } = play;
  if (play.ahead && !LOOKED_THROUGH.includes(request.do)) throw new EndOfWindow();
  if (!isOutside(request)) return changeRun(request, ground);
  switch (request.do) {
    case 'gather_facts':
      host.facts = undefined;
      await ground.gatherFacts();
      return { ansible_facts: variablesOf(host.facts ?? {}, request.filter) };
    case 'reset_connection':
      await host.access.close();
      return {};
    case 'wait_for_connection':
      await run.sleep(request.delaySeconds * 1000);
      await ground.reconnect(request);
      return {};
    case 'pause': {
      if (request.seconds !== undefined) await run.sleep(request.seconds * 1000);
      else if (run.options.prompt) {
        return {
          user_input: await run.options.prompt(request.prompt ?? 'Press Enter to go on', request.echo),
        };
      }
      return {};
    }
    case 'fetch':
      return fetchFile(request, {
        ...ground.target(),
        host: host.name,
        directory: play.directory,
        broken: (name) =>
          run.emit({ type: 'warning', message: warnings.transferBroken(name), host: host.name }),
      });
    case 'reboot':
      return reboot(request, { ...ground.target(), sleep: run.sleep });
  }
}

/** Does a request that only touches what the run knows. */
async function changeRun(
  request: Exclude<EngineRequest, Outside>,
  { play, host, factsHosts, search }: RequestGround,
): Promise<Readonly<Record<string, unknown>>> {
  const { run } = play;
  switch (request.do) {
    case 'set_facts':
      for (const facts of factsHosts) {
        Object.assign(facts.learned, request.facts);
        if (request.cacheable) Object.assign(facts.kept, request.facts);
      }
      return {};
    case 'flush_handlers':
      throw new FlushHandlers();
    case 'end_play':
      throw new EndPlay();
    case 'end_batch':
      throw new EndBatch();
    case 'end_host':
      throw new EndHost();
    case 'clear_host_errors':
      for (const name of play.playHosts) run.hostState(name).standing = 'active';
      return {};
    case 'clear_facts':
      host.facts = undefined;
      host.kept = {};
      return {};
    case 'include_vars': {
      const file = await findFile(request.path, search);
      const files = request.directory ? await variableFilesIn(file, request.directory, search) : [file];
      for (const one of files) run.parts.planner?.file(one);
      const layers = await Promise.all(files.map((one) => loadVariables(one, search)));
      const values: Layer = Object.assign({}, ...layers);
      for (const { included } of factsHosts) {
        Object.assign(included, request.name === undefined ? values : { [request.name]: values });
      }
      return { ansible_included_var_files: files };
    }
    case 'add_host':
      run.inventory = withHost(run.inventory, request);
      return {};
    case 'group_by':
      run.inventory = withGroup(run.inventory, {
        name: request.key,
        hosts: [host.name],
        parents: request.parents,
      });
      return {};
  }
}
