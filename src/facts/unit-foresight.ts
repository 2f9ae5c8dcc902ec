import { defineNotKnown, NOT_KNOWN } from '../core/not-known.ts';
import type { Foresight } from '../core/read.ts';
import type { Script } from '../core/script.ts';
import { raw, sh } from '../shell/sh.ts';
import { type SystemdUnit, scopeOption, scopePrelude, type UnitScope } from './systemd-unit.ts';

/** Properties that no start and no stop changes. */
const LASTING = ['Id', 'Names', 'Description', 'LoadState', 'Type', 'FragmentPath', 'CanReload'];

/**
 * What can be foreseen of a unit that a task starts, stops, enables or masks: whether it is active, and starts at boot. Not which process
 * it is then, nor since when. What no task has changed is compared as it was printed.
 */
export function unitForesight(name: string, scope: UnitScope, subject: string): Foresight<SystemdUnit> {
  return {
    foresee: (_, predicted) => {
      const own = predicted.get(subject);
      return own === undefined || own === NOT_KNOWN || (own as SystemdUnit).moved
        ? undefined
        : (own as SystemdUnit);
    },
    certain: certainUnit,
    holds: (unit) => unitHolds(name, scope, unit),
  };
}

/** The unit, of which everything else says so when somebody looks at it. */
export function certainUnit(unit: SystemdUnit): SystemdUnit {
  const properties: Record<string, string> = {};
  for (const [key, value] of Object.entries(unit.properties)) {
    if (LASTING.includes(key)) properties[key] = value;
    else defineNotKnown(properties, key, `${key} of ${unit.id}`);
  }
  const certain: Record<string, unknown> = { ...unit, properties };
  defineNotKnown(certain, 'needsReload', `reloads that ${unit.id} needs`);
  return certain as unknown as SystemdUnit;
}

/** Ends with 0 where the unit is as foreseen. */
export function unitHolds(name: string, scope: UnitScope, unit: SystemdUnit): Script {
  const option = scopeOption(scope);
  const word = (property: string) =>
    sh`hw_word=\${hw_said#*${raw(property)}=}; hw_word=\${hw_word%%"$hw_line"*}`;
  return sh`
    [ -d /run/systemd/system ] || exit 1
    ${scopePrelude(scope)}
    hw_line=${'\n'}
    hw_said=$hw_line$(LC_ALL=C systemctl ${option} show --no-pager -p LoadState,ActiveState,UnitFileState -- ${name}) || exit 1
    hw_said=$hw_said$hw_line
    ${word('LoadState')}
    [ "$hw_word" = ${unit.properties.LoadState ?? ''} ] || exit 1
    ${word('ActiveState')}
    [ "$hw_word" = ${unit.active} ] || exit 1
    ${word('UnitFileState')}
    case $hw_word in ''|generated|bad) hw_word=$(systemctl ${option} is-enabled -- ${name} 2>/dev/null) ;; esac
    [ "$hw_word" = ${unit.fileState} ] || exit 1
  `;
}
