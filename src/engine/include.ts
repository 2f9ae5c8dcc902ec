import { isDeepStrictEqual } from 'node:util';
import { kept } from '../core/kept.ts';
import type { SourcePosition } from '../core/position.ts';
import type { Status, TaskResult } from '../core/result.ts';
import type { Layer } from '../core/scope.ts';
import { loadRole, loadTasks } from '../playbook/load.ts';
import type { Include, Included, Node } from '../playbook/tree.ts';
import { searchPathOf } from './attempt.ts';
import type { PlayContext, Step, Walk } from './context.ts';
import { HostFailed } from './control-flow.ts';
import { findFile } from './controller-reads.ts';
import { checkGuards } from './guard/settings.ts';
import { numberHandlers } from './handlers.ts';
import { resultOfThrown } from './invoke.ts';
import { keywordReader } from './keywords.ts';
import { expandLoop } from './loop.ts';
import { problems } from './problems.ts';
import { readItemSettings, taskName } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { count, hidden, statusOf } from './verdict.ts';
import { evaluating, type Viewpoint } from './viewpoint.ts';

/** What one round of an include brings. */
export interface Round {
  readonly nodes: readonly Node[];
  readonly around: Surroundings;
}

/** Levels of includes that are surely a mistake. */
const DEEPEST = 50;

/** The rounds of an include on a host: none where its condition does not hold, several where it loops. */
export async function openInclude(
  walk: Walk,
  include: Include,
  around: Surroundings,
  step: Step,
): Promise<readonly Round[]> {
  const { play, host } = walk;
  const module = `include_${include.what}`;
  // Its own variables rank above what was set, for the include itself as for what it includes.
  const view: Viewpoint = { ...walk, around, local: include.vars ?? {}, position: include.position };
  const { expressions } = play.run;
  const name = await evaluating(view, (scope) =>
    taskName(play, { name: include.name, module }, () => expressions.resolve(include.name, scope)),
  );
  const names = { name, module, taskId: step.taskId, position: include.position };
  try {
    const once = await evaluating(view, (scope) =>
      keywordReader(expressions, around, scope, include.position).flag('runOnce', false),
    );
    // As in Ansible, what is included once is worked off by that one host.
    const rounds = once && step.leader !== host.name ? [] : await roundsOf(view, include, step);
    const targets = rounds.map((round) => round.target);
    const result =
      targets.length === 0
        ? { changed: false, skipped: true }
        : { changed: false, include: targets.length === 1 ? targets[0] : targets };
    reportInclude(walk, step, names, around, result);
    return rounds;
  } catch (thrown) {
    const result = resultOfThrown(thrown);
    const said = await readItemSettings(view);
    const status = reportInclude(walk, step, names, around, said.noLog ? hidden(result) : result, said);
    if (status === 'skipped' || status === 'ignored') return [];
    step.failed.add(host.name);
    throw new HostFailed(name, result, module);
  }
}

/** Tells of an include, and writes it down; in a run that is continued, one that is behind its host is not told again. */
function reportInclude(
  walk: Walk,
  step: Step,
  names: Parameters<typeof reportNode>[1],
  around: Surroundings,
  result: TaskResult,
  said = { ignoreErrors: false, ignoreUnreachable: false },
): Status {
  const { play, host } = walk;
  const { replay, journal, options } = play.run;
  const key = { part: play.part, host: host.name, place: step.order };
  const isLane = around.lane !== undefined;
  const ended = play.ahead
    ? undefined
    : replay?.ended(key, around.lane, names.module, () => journal?.live(key, isLane));
  if (ended) return ended.status;
  const status = reportNode(walk, names, around, result, said);
  if (!play.ahead && !options.check)
    journal?.done({ key, task: names.name, module: names.module, status, noLog: false });
  return status;
}

/** Tells and counts how something that is no task of a module went on a host. */
export function reportNode(
  { play, host }: Walk,
  names: {
    readonly name: string;
    readonly module: string;
    readonly taskId: number;
    readonly position: SourcePosition | undefined;
  },
  around: Surroundings,
  result: TaskResult,
  said = { ignoreErrors: false, ignoreUnreachable: false },
): Status {
  const status = statusOf(result, { ...said, noLog: false, diff: false, problem: undefined }, around);
  count(host, status, result);
  play.run.emit({
    type: 'hostResult',
    play: play.name,
    task: names.name,
    taskId: names.taskId,
    module: names.module,
    host: host.name,
    status,
    result: play.run.masker.data(result),
    durationMs: 0,
    ...(names.position ? { position: names.position } : {}),
  });
  return status;
}

async function roundsOf(view: Viewpoint, include: Include, step: Step) {
  const { play, around } = view;
  const { expressions } = play.run;
  if (around.depth > DEEPEST) throw problems.includeLoop(String(include.target), include.position);
  const holds = (round: Viewpoint) =>
    evaluating(round, (scope) => expressions.holds([...around.conditions, ...include.when], scope));
  const items =
    include.loop === undefined
      ? [{ names: {} as Layer }]
      : await evaluating(view, (scope) => expandLoop(play.run, include, scope)).catch(async (thrown) => {
          // A loop that cannot be worked out does no harm where the include would be skipped anyway.
          if (await holds(view).catch(() => true)) throw thrown;
          return [];
        });
  const rounds: (Round & { readonly target: string })[] = [];
  for (const { names } of items) {
    const round = { ...view, local: { ...view.local, ...names } };
    if (!(await holds(round))) continue;
    const [target, params] = await evaluating(round, (scope) => [
      String(expressions.resolve(include.target, scope)),
      expressions.resolve(include.params, scope) as Include['params'],
    ]);
    const included = await load(play, { ...include, params }, target, step);
    if (params.public === true) play.publicRoles.push(...included.roles);
    rounds.push({
      target,
      nodes: included.nodes,
      around: {
        ...around,
        // An include does not hand down its own keywords; `apply` is what it hands down.
        lineage: [...around.lineage.slice(0, -1), include.apply],
        // Its variables rank as parameters do: above what was set and registered.
        loopVars: { ...around.loopVars, ...names, ...include.vars },
        conditions: [...around.conditions, ...(include.apply.when ?? [])],
        depth: around.depth + 1,
      },
    });
  }
  return rounds;
}

/** Loads what an include names, once for all hosts of the step; an included role's handlers join the play's. */
function load(play: PlayContext, include: Include, target: string, step: Step): Promise<Included> {
  return kept(step.included, JSON.stringify([target, include.params]), async () => {
    const { modules } = play.run.parts;
    const options = { modules, expressions: play.run.expressions };
    const included =
      include.loaded ??
      (include.what === 'role'
        ? await loadRole(target, include, options)
        : await loadTasks(await fileOf(play, target, include), include, options));
    checkGuards(included.nodes);
    joinHandlers(play, included.handlers);
    return included;
  });
}

/** A plan holds for the file as it is. */
async function fileOf(play: PlayContext, target: string, include: Include): Promise<string> {
  const file = await findFile(target, searchPathOf(include, 'tasks'));
  play.run.parts.planner?.file(file);
  return file;
}

/** A role that is included again brings the same handlers: they take the place of the earlier ones, so that each runs once. */
function joinHandlers(play: PlayContext, nodes: readonly Node[]): void {
  for (const handler of numberHandlers(nodes, play.handlers.length)) {
    const { position, name } = handler.node;
    const known = play.handlers.find(
      ({ node }) => position && isDeepStrictEqual([node.position, node.name], [position, name]),
    );
    const index = known?.index ?? play.handlers.length;
    play.handlers[index] = { ...handler, index };
  }
}
