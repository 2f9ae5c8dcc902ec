import type { ConnectionTarget } from '../core/connection.ts';
import type { SourcePosition } from '../core/position.ts';
import type { Scope } from '../core/scope.ts';
import { privilegesOf } from '../inventory/become.ts';
import { type ConnectionDefaults, connectionOf } from '../inventory/connection.ts';
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
  const variable = (name: string) =>
    variables.has(name) ? run.expressions.resolve(variables.get(name), variables) : undefined;
  const { target: written, become } = connectionOf(host.name, variable, defaults);
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
  const { prompt } = run.options;
  return { target: prompt ? { ...target, ask: prompt } : target, privileges, lane: around.lane };
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
