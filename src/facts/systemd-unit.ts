import type { Foresight, HostRead, ReadOutput } from '../core/read.ts';
import { raw, sh } from '../shell/sh.ts';
import { systemdAbsent, unexpectedOutput } from './problems.ts';

export type UnitScope = 'system' | 'user' | 'global';

/** A unit as systemd knows it. Words are systemd's own (`systemctl show`), which no locale changes. */
export interface SystemdUnit {
  /** Its real name, also where it was asked for by an alias. */
  readonly id: string;
  readonly found: boolean;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string;
  /** `enabled`, `disabled`, `static`, `indirect`, `masked`, … ; '' where systemd says nothing. */
  readonly fileState: string;
  /** What an indirect unit enables in its place, and whether all of that is enabled. */
  readonly alsoEnabled: boolean;
  readonly needsReload: boolean;
  /** Every property that was asked for. */
  readonly properties: Readonly<Record<string, string>>;
  /** Foreseen, of a unit that is started anew or reloaded: what tells one run from the next is not known. */
  readonly moved?: boolean;
}

/** Known to systemd 219 (EL7) already, but for InvocationID, which is left out there. */
const PROPERTIES = [
  'Id',
  'Names',
  'Description',
  'LoadState',
  'LoadError',
  'ActiveState',
  'SubState',
  'Result',
  'Type',
  'MainPID',
  'UnitFileState',
  'FragmentPath',
  'SourcePath',
  'NeedDaemonReload',
  'CanReload',
  'InvocationID',
  'ActiveEnterTimestampMonotonic',
  'StateChangeTimestamp',
  'StateChangeTimestampMonotonic',
] as const;

const SCOPES: Readonly<Record<UnitScope, string>> = {
  system: '--system',
  user: '--user',
  global: '--global',
};

/** Names the instance of systemd; the one of a user is found through its runtime directory, which a session by sudo does not set. */
export function scopePrelude(scope: UnitScope) {
  return scope === 'user'
    ? sh`
        : "\${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"
        export XDG_RUNTIME_DIR`
    : sh``;
}

export function scopeOption(scope: UnitScope) {
  return raw(SCOPES[scope]);
}

/** What a read of a unit is about: `stamp` and `stamp.service` are one unit. */
export function unitSubject(name: string, scope: UnitScope): string {
  return `unit:${scope}:${name.includes('.') ? name : `${name}.service`}`;
}

/** `--global` knows files alone, nothing that runs: units are then looked at as files. */
export function systemdUnit(
  name: string,
  scope: UnitScope,
  foresight?: Foresight<SystemdUnit>,
): HostRead<SystemdUnit> {
  return {
    kind: 'host',
    name: `state of the unit ${name}`,
    subject: unitSubject(name, scope),
    ...(foresight ? { foresight } : {}),
    script: systemdUnitScript(name, scope),
    parse: (output) => parseSystemdUnit(name, output),
  };
}

/** For scripts that find out first whether it is systemd at all. */
export function systemdUnitScript(name: string, scope: UnitScope) {
  const option = scopeOption(scope);
  // A unit that a SysV script was made into has no state of its own: is-enabled asks the script's links.
  return sh`
    if [ ! -d /run/systemd/system ]; then echo Hostwright=no-systemd; exit 0; fi
    LC_ALL=C; export LC_ALL
    ${scopePrelude(scope)}
    ${scope === 'global' ? raw(':') : sh`systemctl ${option} show --no-pager -p ${PROPERTIES.join(',')} -- ${name} || exit`}
    state=$(systemctl ${option} is-enabled -- ${name} 2>/dev/null)
    echo "Hostwright.IsEnabled=$state"
    if [ "$state" = indirect ]; then
      for unit in $(systemctl ${option} cat -- ${name} 2>/dev/null | sed -n 's/^Also=//p'); do
        echo "Hostwright.Also=$(systemctl ${option} is-enabled -- "$unit" 2>/dev/null)"
      done
    fi
    :
  `;
}

export function parseSystemdUnit(name: string, output: ReadOutput): SystemdUnit {
  const text = new TextDecoder().decode(output.stdout);
  const pairs = text
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  if (pairs.some(([key]) => key === 'Hostwright')) throw systemdAbsent(name);
  const all = Object.fromEntries(pairs);
  const isEnabled = all['Hostwright.IsEnabled'];
  if (output.rc !== 0 || isEnabled === undefined) throw unexpectedOutput(`the unit ${name}`, output);
  const also = pairs.filter(([key]) => key === 'Hostwright.Also').map(([, value]) => value);
  const properties = Object.fromEntries(pairs.filter(([key]) => !key.startsWith('Hostwright')));
  const shown = properties.UnitFileState ?? '';
  const loaded = properties.LoadState;
  return {
    id: properties.Id || name,
    // The global scope shows no load state; a file that is there has some state of its own.
    found: loaded === undefined ? isEnabled !== '' && isEnabled !== 'not-found' : loaded !== 'not-found',
    active: properties.ActiveState ?? 'inactive',
    fileState: shown === '' || shown === 'generated' || shown === 'bad' ? isEnabled : shown,
    alsoEnabled: also.length > 0 && also.every((state) => state.startsWith('enabled')),
    needsReload: properties.NeedDaemonReload === 'yes',
    properties,
  };
}
