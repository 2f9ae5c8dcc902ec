import { NotKnownYet } from '../core/not-known.ts';
import { createScope, type Layer, type Scope } from '../core/scope.ts';
import { factNames, mayBeInterface } from '../facts/fact-names.ts';
import { inventoryDirectory } from '../inventory/directory.ts';
import type { PlayContext, RunContext } from './context.ts';
import { FactsNeeded, type HostState, learnedLayers } from './host-state.ts';
import { roleLayers, type Surroundings } from './surroundings.ts';

/** What `{{ omit }}` gives: a parameter with this value is left out. */
export const OMIT: unique symbol = Symbol('omit');

/**
 * The names that a task sees on a host, lowest precedence first (SPEC section 3, semantic 14): role defaults, groups and host, play,
 * vars_files, role, blocks and task, include_vars, set_fact and registers, role parameters, loop variables, `-e`, and the magic names.
 */
export function taskScope(
  play: PlayContext,
  host: HostState,
  around: Surroundings,
  local: Layer = {},
): Scope {
  const { run } = play;
  const roles = [...play.play.staticRoles, ...play.publicRoles];
  const scope = createScope([
    ...roleLayers(roles, around, 'defaults'),
    ...run.inventory.layersOf(host.name),
    factVariables(host),
    ...play.variableLayers(host),
    ...roleLayers(roles, around, 'vars'),
    ...around.lineage.slice(1).flatMap((keywords) => (keywords.vars ? [keywords.vars] : [])),
    ...learnedLayers(host),
    ...roleLayers(roles, around, 'params'),
    around.loopVars,
    local,
    ...run.options.extraVars,
    ...play.magic(host, around),
  ]);
  return host.uncertain ? uncertainScope(scope, run.learned.names) : scope;
}

/** After a task that a check run did not run, a name that some task sets and that is not there is not known rather than undefined. */
function uncertainScope(scope: Scope, learned: ReadonlySet<string>): Scope {
  const known = (name: string) => {
    if (scope.has(name)) return true;
    if (learned.has(name)) throw new NotKnownYet(name);
    return false;
  };
  return { has: known, get: (name) => (known(name) ? scope.get(name) : undefined), names: scope.names };
}

/** The names of a host outside any play: what `hostvars` shows of it, and what its connection variables are taken from. */
export function hostScope(run: RunContext, host: HostState): Scope {
  return createScope([
    ...run.inventory.layersOf(host.name),
    factVariables(host),
    ...learnedLayers(host),
    ...run.options.extraVars,
    hostNames(run, host),
  ]);
}

/** Magic names that depend on the host alone. Getters, so that nothing is worked out which nobody asks for. */
export function hostNames(run: RunContext, host: HostState): Layer {
  const { inventory } = run;
  return {
    inventory_hostname: host.name,
    inventory_hostname_short: /^[\d.:]+$/.test(host.name) ? host.name : host.name.split('.')[0],
    get group_names() {
      return inventory.groupsOf(host.name).filter((group) => group !== 'all');
    },
    groups: inventory.groups,
    inventory_dir: inventoryDirectory(inventory),
    get facts() {
      return factsOf(host);
    },
    get ansible_facts() {
      return factsOf(host);
    },
    get hostvars() {
      return hostVariables(run);
    },
    check_mode: run.options.check,
    ansible_check_mode: run.options.check,
    ansible_diff_mode: run.options.diff,
    ansible_verbosity: run.options.verbosity,
    ansible_forks: run.options.forks,
    ansible_limit: run.options.limit,
    ansible_run_tags: run.options.tags.length > 0 ? run.options.tags : ['all'],
    ansible_skip_tags: run.options.skipTags,
    omit: OMIT,
  };
}

/** `ansible_os_family` and the like: facts as variables, read when somebody asks for one. */
function factVariables(host: HostState): Layer {
  const known = variablesOfFacts.get(host);
  if (known) return known;
  const layer = lazyMap(
    factNames.map((name) => `ansible_${name}`),
    (variable) => factsOf(host)[variable.slice('ansible_'.length)],
  );
  const whole = withInterfaces(layer, host);
  variablesOfFacts.set(host, whole);
  return whole;
}

/** `ansible_eth0` as well: which interfaces there are is known when the facts are; until then every one may be there. */
function withInterfaces(layer: Layer, host: HostState): Layer {
  const factOf = (name: string) => factsOf(host)[name.slice('ansible_'.length)];
  const isFact = (name: string) =>
    mayBeInterface(name) && (host.facts === undefined || factOf(name) !== undefined);
  return new Proxy(layer, {
    get: (known, name) => {
      if (Object.hasOwn(known, name)) return Reflect.get(known, name);
      return typeof name === 'string' && isFact(name) ? factOf(name) : undefined;
    },
    getOwnPropertyDescriptor: (known, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(known, name);
      if (descriptor || typeof name !== 'string' || !isFact(name)) return descriptor;
      return { get: () => factOf(name), enumerable: true, configurable: true };
    },
  });
}

const variablesOfFacts = new WeakMap<HostState, Layer>();

function factsOf(host: HostState): Readonly<Record<string, unknown>> {
  if (!host.facts) throw new FactsNeeded(host.name);
  return Object.keys(host.kept).length === 0 ? host.facts : { ...host.facts, ...host.kept };
}

/** `hostvars`: every host's variables by name, each resolved in that host's own scope when it is looked at. */
function hostVariables(run: RunContext): Layer {
  return lazyMap(run.inventory.hosts, (name) => {
    const scope = hostScope(run, run.hostState(name));
    return lazyMap(scope.names(), (variable) => run.expressions.resolve(scope.get(variable), scope));
  });
}

/** A map whose values are worked out when they are looked at. */
export function lazyMap(names: Iterable<string>, resolve: (name: string) => unknown): Layer {
  const map: Record<string, unknown> = {};
  for (const name of names) {
    Object.defineProperty(map, name, { enumerable: true, configurable: true, get: () => resolve(name) });
  }
  return map;
}

/** Removes parameters whose value is `omit`, however deep. */
export function withoutOmitted(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((entry) => entry !== OMIT).map(withoutOmitted);
  if (!isPlainMap(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== OMIT);
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutOmitted(entry)]));
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * Runs an evaluation; where it needs facts that have not been read, reads them and starts over.
 * Nothing may be done before everything is evaluated: then starting over is harmless.
 */
export async function withFacts<T>(
  gather: (host: string) => Promise<void>,
  evaluate: () => T | Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await evaluate();
    } catch (thrown) {
      if (!(thrown instanceof FactsNeeded)) throw thrown;
      await gather(thrown.host);
    }
  }
}
