import { collectErrors, errorsIn, type HostwrightError, placed } from '../core/error.ts';
import { createScope, type Layer, type Scope } from '../core/scope.ts';
import { readLimit } from '../inventory/limit.ts';
import { checkNames, type KnownNames } from '../playbook/check-names.ts';
import type { Inputs, LoadedPlaybook, Node, Play } from '../playbook/tree.ts';
import { batchesOf, orderHosts } from './batches.ts';
import { checkSelection } from './check-selection.ts';
import type { RunContext } from './context.ts';
import { guardErrors } from './guard/settings.ts';
import { FactsNeeded, learnedLayers } from './host-state.ts';
import { missingInputs } from './inputs.ts';
import { learnedNames } from './learned-names.ts';
import { mayMakeHosts } from './made-hosts.ts';
import type { PreparedPlay } from './play.ts';
import { checkPlay, type OwnMachine } from './preflight.ts';
import { problems, warnings } from './problems.ts';
import { routeOf } from './route.ts';
import { hostNames, withFacts } from './scope.ts';
import { holdsStart } from './start-at.ts';
import { playSurroundings, selectedByTags } from './surroundings.ts';
import { variableFiles } from './variable-files.ts';

/** The plays of a run, checked. */
export interface PreparedRun {
  /** Prepares one play each, when its turn comes: an earlier play may have added hosts. */
  readonly plays: readonly (() => Promise<PreparedPlay | undefined>)[];
  /** What a person should know but what stops nothing; one sentence each. */
  readonly warnings: readonly string[];
}

/** Finds out everything about the plays that can be known before any host is contacted, and throws all mistakes at once. */
export async function preparePlays(
  run: RunContext,
  playbooks: readonly LoadedPlaybook[],
): Promise<PreparedRun> {
  const errors = collectErrors();
  const limit = run.options.limit === undefined ? undefined : await readLimit(run.options.limit);
  const limited = errors.attempt(() => limitOf(run, limit));
  const plays = playbooks.flatMap((playbook) =>
    playbook.plays.map((play) => ({ play, inputs: { ...playbook.inputs, ...play.inputs } })),
  );
  const learned = learnedNames(plays.map(({ play }) => play));
  run.learned = learned;
  const hostsOf = new Map<Play, readonly string[]>();
  const machine: OwnMachine = { maybeWritten: false, warned: new Set() };
  const empty: HostwrightError[] = [];
  const afterMakers = new Set<Play>();
  for (const [index, { play, inputs }] of plays.entries()) {
    if (plays.slice(0, index).some((earlier) => mayMakeHosts(nodesOf(earlier.play)))) afterMakers.add(play);
    try {
      for (const error of guardErrors(nodesOf(play))) errors.add(error);
      const prepared = await preparePlay(run, play, inputs, limited, index);
      if (!prepared) continue;
      hostsOf.set(play, prepared.batches.flat());
      await askForInputs(run, prepared);
      for (const error of await checkPlay(run, prepared, learned, machine)) errors.add(error);
    } catch (thrown) {
      if (thrown instanceof FactsNeeded) continue;
      for (const error of errorsIn(thrown)) {
        // A later play may be about hosts that an earlier one adds; and a group may be empty in this inventory.
        if (afterMakers.has(play) && isAboutHosts(error)) continue;
        if (error.code === NO_HOSTS) empty.push(error);
        else errors.add(error);
      }
    }
  }
  if (hostsOf.size === 0) for (const error of empty) errors.add(error);
  const selection = checkSelection(
    plays.map(({ play }) => play),
    run.options,
  );
  for (const error of selection.errors) errors.add(error);
  const knownOf = (play: Play) => knownNames(run, hostsOf.get(play) ?? []);
  for (const error of checkNames([...hostsOf.keys()], knownOf, run.expressions)) errors.add(error);
  const { startAtTask } = run.options;
  if (startAtTask !== undefined && !plays.some(({ play }) => holdsStart(startAtTask, nodesOf(play))))
    errors.add(problems.unknownTask(startAtTask));
  errors.throwIfAny();
  return {
    plays: plays.map(
      ({ play, inputs }, index) =>
        () =>
          playInTurn(run, play, inputs, limitOf(run, limit), index),
    ),
    warnings: [
      ...selection.warnings,
      ...machine.warned,
      ...(limit !== undefined && hostsOf.size === 0 && afterMakers.size === 0
        ? [warnings.limitLeavesNobody(limit)]
        : []),
    ],
  };
}

/** A play whose hosts are still not there when its turn comes is left out, as Ansible does. */
async function playInTurn(
  run: RunContext,
  play: Play,
  inputs: Inputs,
  limited: ReadonlySet<string> | undefined,
  number: number,
): Promise<PreparedPlay | undefined> {
  const gather = (name: string) => {
    const host = run.hostState(name);
    const scope = earlyScope(run, name, [play.vars ?? {}], run.options.extraVars);
    const route = routeOf(run, host, playSurroundings(play), scope, play.position);
    return run.gatherFacts(host, route, host.access);
  };
  try {
    return await preparePlay(run, play, inputs, limited, number, gather);
  } catch (thrown) {
    const [error] = errorsIn(thrown);
    if (!error || !isAboutHosts(error)) throw thrown;
    const position = error.position ? { position: error.position } : {};
    run.emit({ type: 'warning', message: `${error.message} The play is left out.`, ...position });
    return undefined;
  }
}

/** The names that hosts have before any task has run. */
function knownNames(run: RunContext, hosts: readonly string[]): KnownNames {
  const { tags, skipTags, extraVars } = run.options;
  const namesOf = (host: string) =>
    new Set([...run.inventory.layersOf(host), ...learnedLayers(run.hostState(host))].flatMap(Object.keys));
  return {
    ofHost: new Map(hosts.map((host) => [host, namesOf(host)])),
    everywhere: extraVars.flatMap(Object.keys),
    selected: (own) => selectedByTags(own, tags, skipTags),
  };
}

/** Hosts that --limit leaves; undefined: all. */
function limitOf(run: RunContext, limit: string | undefined): ReadonlySet<string> | undefined {
  if (limit === undefined) return undefined;
  const hosts = run.inventory.select(limit);
  if (hosts.length === 0) throw problems.noHosts(limit, undefined);
  return new Set(hosts);
}

async function preparePlay(
  run: RunContext,
  play: Play,
  inputs: Inputs,
  limited: ReadonlySet<string> | undefined,
  number: number,
  gather?: (host: string) => Promise<void>,
): Promise<PreparedPlay | undefined> {
  const { expressions, inventory, options } = run;
  // Inputs are in scope here, so that a playbook can take its hosts as one.
  const given = [...options.extraVars, { inputs: defaultInputs(run, inputs), groups: inventory.groups }];
  const early = createScope([play.vars ?? {}, ...given]);
  const written = expressions.resolve(play.hosts, early);
  const pattern = Array.isArray(written) ? written.join(',') : String(written);
  const matching = placed(play.position, () => inventory.select(pattern));
  if (matching.length === 0) throw problems.noHosts(pattern, play.position);
  const hosts = orderHosts(limited ? matching.filter((host) => limited.has(host)) : matching, play.order);
  const [first] = hosts;
  if (first === undefined) return undefined;
  const layers = new Map<string, readonly Layer[]>();
  const unprepared = new Map<string, unknown>();
  for (const host of hosts) {
    const read = () => variableFiles(run, play, host);
    const files = await (gather ? withFacts(gather, read) : read()).catch((thrown: unknown) => {
      if (!gather) throw thrown;
      unprepared.set(host, thrown);
      return [];
    });
    layers.set(host, [play.vars ?? {}, ...files]);
  }
  const scope = earlyScope(run, first, layers.get(first) ?? [], given);
  const serial = expressions.resolve(play.serial, scope);
  return {
    play,
    name: playName(run, play.name ?? pattern, scope),
    number,
    batches: batchesOf(hosts, serial, play.position),
    variableLayers: (host) => layers.get(host) ?? [play.vars ?? {}],
    inputs,
    unprepared,
  };
}

/** What a host sees of the play before its first task: for keywords of the play that are needed by then. */
function earlyScope(run: RunContext, name: string, layers: readonly Layer[], given: readonly Layer[]): Scope {
  const host = run.hostState(name);
  return createScope([
    ...run.inventory.layersOf(name),
    ...layers,
    ...learnedLayers(host),
    ...given,
    hostNames(run, host),
  ]);
}

function nodesOf(play: Play): readonly Node[] {
  const { preTasks, roles, tasks, postTasks, handlers } = play;
  return [...preTasks, ...roles.map((use) => use.block), ...tasks, ...postTasks, ...handlers];
}

/** The play's name for people; a template in it that cannot be rendered stays as it is. */
function playName({ expressions, masker }: RunContext, name: unknown, scope: Scope): string {
  try {
    return masker.text(String(expressions.resolve(name, scope)));
  } catch {
    return String(name);
  }
}

/** What inputs say as far as `-e` and their defaults go; what is missing is found later, per host. */
function defaultInputs(run: RunContext, inputs: Inputs): Layer {
  const given = createScope(run.options.extraVars);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: otherwise }]) => [
      name,
      given.has(name) ? given.get(name) : otherwise,
    ]),
  );
}

/** Asks for inputs that have no value, where somebody is there to answer; else they are an error later. */
async function askForInputs(run: RunContext, prepared: PreparedPlay): Promise<void> {
  const { prompt } = run.options;
  if (!prompt) return;
  for (const host of prepared.batches.flat()) {
    const scope = createScope([
      ...prepared.variableLayers(host),
      ...run.inventory.layersOf(host),
      ...run.options.extraVars,
    ]);
    for (const [name, definition] of missingInputs(prepared.inputs, scope)) {
      const question = definition.description ? `${name} (${definition.description})` : name;
      run.answers[name] = await prompt(question, !definition.secret);
    }
  }
}

/** The pattern's parts are all known, but no host is left. */
const NO_HOSTS = 'no-hosts';

function isAboutHosts(error: HostwrightError): boolean {
  return [NO_HOSTS, 'pattern-unknown', 'pattern-empty'].includes(error.code);
}
