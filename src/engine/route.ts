import type { ConnectionTarget } from '../core/connection.ts';
import type { SourcePosition } from '../core/position.ts';
import type { Scope } from '../core/scope.ts';
import { Secret } from '../core/secret.ts';
import { privilegesOf } from '../inventory/become.ts';
import { type ConnectionDefaults, connectionOf, type HostConnection } from '../inventory/connection.ts';
import { CONNECTION_VARIABLES } from '../inventory/connection-values.ts';
import { inventoryDirectory } from '../inventory/directory.ts';
import type { RunContext } from './context.ts';
import type { Route } from './host-access.ts';
import type { HostState } from './host-state.ts';
import { keywordReader } from './keywords.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * How a host is reached and as whom the work is done there: its variables first, then the keywords of play, blocks and task, then the
 * command line, as Ansible has it. Throws HostwrightErrors that name the host and the variable.
 */
export function routeOf(
  run: RunContext,
  host: HostState,
  around: Surroundings,
  scope: Scope,
  position: SourcePosition | undefined,
  /** Where the host's variables are looked up: the other host's names, where a task is delegated to it. */
  variables: Scope = scope,
): Route {
  const given = run.options.connection;
  const keywords = keywordReader(run.expressions, around, scope, position);
  const text = (keyword: 'remoteUser' | 'connection' | 'becomeUser' | 'becomeMethod') => {
    const value = keywords.value(keyword);
    return value === undefined || value === null ? undefined : String(value);
  };
  const flags = keywords.value('becomeFlags');
  const defaults: ConnectionDefaults = {
    ...given,
    user: text('remoteUser') ?? given.user,
    port: keywords.number('port'),
    transport: text('connection') ?? given.transport,
    becomeUser: text('becomeUser') ?? given.becomeUser,
    becomeMethod: text('becomeMethod') ?? given.becomeMethod,
    directory: inventoryDirectory(run.inventory),
  };
  const values = CONNECTION_VARIABLES.map((name) =>
    variables.has(name) ? run.expressions.resolve(variables.get(name), variables) : undefined,
  );
  const { target: written, become } = connectionFrom(run, host.name, values, defaults);
  const target = whereItIsNow(written, host);
  const becomes = become.enabled ?? keywords.flag('become', given.become);
  const settings = { ...become, flags: become.flags ?? (flags ? String(flags).split(/\s+/) : undefined) };
  const privileges = becomes ? privilegesOf(settings, defaults) : [];
  for (const secret of [
    target.password,
    target.privateKeyPassphrase,
    ...privileges.map((one) => one.password),
  ]) {
    if (secret) run.masker.add(secret);
  }
  return { target, privileges, lane: around.lane };
}

interface Known {
  readonly values: readonly unknown[];
  readonly connection: HostConnection;
}

/** By inventory, which is another one after each change to it, and host. */
const known = new WeakMap<object, Map<string, Known>>();

/** Every task asks how its host is reached, and nearly always it is as for the task before. */
function connectionFrom(
  run: RunContext,
  host: string,
  values: readonly unknown[],
  defaults: ConnectionDefaults,
): HostConnection {
  const { prompt } = run.options;
  const hosts = known.get(run.inventory) ?? new Map<string, Known>();
  known.set(run.inventory, hosts);
  const all = [...values, ...Object.values(defaults), prompt];
  const before = hosts.get(host);
  if (
    before?.values.length === all.length &&
    before.values.every((value, index) => isSame(value, all[index]))
  ) {
    return before.connection;
  }
  const variable = (name: string) => values[CONNECTION_VARIABLES.indexOf(name)];
  const { target, become } = connectionOf(host, variable, defaults);
  const connection: HostConnection = { target: prompt ? { ...target, ask: prompt } : target, become };
  hosts.set(host, { values: all, connection });
  return connection;
}

/** Maps and lists are resolved anew each time; what they hold is small. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  // Secrets look alike as JSON.
  return !holdsSecret(a) && !holdsSecret(b) && JSON.stringify(a) === JSON.stringify(b);
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret);
}

/** The inventory knows nothing yet of an address that this run has changed. */
function whereItIsNow(target: ConnectionTarget, { moved }: HostState): ConnectionTarget {
  if (!moved || target.host !== moved.from) return target;
  const { to, pinned } = moved;
  return {
    ...target,
    host: to,
    ...(pinned === undefined ? {} : { hostKeys: { ...target.hostKeys, pinned } }),
  };
}
