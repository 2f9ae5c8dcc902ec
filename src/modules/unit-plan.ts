import type { Change, Difference } from '../core/change.ts';
import type { Script } from '../core/script.ts';
import { serviceSubject } from '../facts/service-state.ts';
import {
  type SystemdUnit,
  scopeOption,
  scopePrelude,
  type UnitScope,
  unitSubject,
} from '../facts/systemd-unit.ts';
import { raw, sequence, sh } from '../shell/sh.ts';
import { noReload, unknownUnit } from './system-problems.ts';

/** What a task wants of a systemd unit; `service` and `systemd` both come to this. */
export interface UnitWish {
  readonly name?: string | undefined;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly daemon_reload: boolean;
  readonly daemon_reexec: boolean;
  readonly no_block: boolean;
  readonly scope: UnitScope;
}

export interface UnitSteps {
  readonly id: string;
  readonly mask?: 'mask' | 'unmask';
  readonly enable?: 'enable' | 'disable';
  readonly action?: 'start' | 'stop' | 'restart' | 'reload';
  /** With a restart: tells one run of the unit from the next; compared afterwards. */
  readonly run: string;
  /** With a reload: the same for changes of its state. */
  readonly stamp: string;
}

/**
 * What is to be done. Throws where the unit is not known, unless it may appear: by an earlier task of a check run, or by the
 * `daemon_reload` that the task itself asks for.
 */
export function planUnit(
  wish: UnitWish,
  current: SystemdUnit | undefined,
  mayAppear: boolean,
): Change<UnitSteps> | null {
  // A unit whose file has only just come is neither enabled nor running.
  const unit = current && !current.found ? { ...current, fileState: 'disabled' } : current;
  const reloads = wish.daemon_reload || wish.daemon_reexec;
  if (!unit) return reloads ? { differences: [], data: { id: '', run: '', stamp: '' } } : null;
  const warnings: string[] = [];
  if (!unit.found) {
    if (!mayAppear && !reloads) throw unknownUnit(unit.id);
    if (mayAppear) warnings.push(`The unit ${unit.id} is not there yet.`);
  }
  const differences: Difference[] = [];
  const differ = (label: string, before: string, after: string) => {
    differences.push({ label: `${label} of ${unit.id}`, before, after });
  };
  const masked = unit.fileState.startsWith('masked') || unit.properties.LoadState === 'masked';
  const action = actionFor(wish, unit);
  const steps: { -readonly [Key in keyof UnitSteps]: UnitSteps[Key] } = {
    id: unit.id,
    run: action === 'restart' ? runOf(unit) : '',
    stamp: action === 'reload' ? (unit.properties.StateChangeTimestampMonotonic ?? '') : '',
  };
  if (wish.masked !== undefined && wish.masked !== masked) {
    steps.mask = wish.masked ? 'mask' : 'unmask';
    differ('mask', masked ? 'masked' : 'not masked', wish.masked ? 'masked' : 'not masked');
  }
  if (wish.enabled !== undefined && !enabledIs(wish.enabled, unit)) {
    steps.enable = wish.enabled ? 'enable' : 'disable';
    differ('start at boot', unit.fileState, wish.enabled ? 'enabled' : 'disabled');
  }
  if (action) {
    steps.action = action;
    differ(
      'state',
      unit.active,
      { start: 'active', stop: 'inactive', restart: 'restarted', reload: 'reloaded' }[action],
    );
  }
  if (differences.length === 0 && !reloads) return null;
  return { differences, data: steps, ...(warnings.length > 0 ? { warnings } : {}) };
}

/** What reads of the unit will give after the steps, by whatever module it is read. */
export function expectedReads(name: string, scope: UnitScope, steps: UnitSteps, unit: SystemdUnit) {
  const expected = expectedUnit(steps, unit);
  const service = { [serviceSubject(name)]: { kind: 'systemd', unit: expected } };
  return { [unitSubject(name, scope)]: expected, ...(scope === 'system' ? service : {}) };
}

function expectedUnit({ mask, enable, action }: UnitSteps, unit: SystemdUnit): SystemdUnit {
  const fileState = enable ? `${enable}d` : unit.found ? unit.fileState : 'disabled';
  // A unit that comes with a package may be what nobody can tell beforehand.
  const moved = action === 'restart' || action === 'reload' || mask !== undefined || !unit.found;
  return {
    ...unit,
    ...(moved ? { moved } : {}),
    found: true,
    fileState: mask === 'mask' ? 'masked' : fileState,
    active: action === undefined ? unit.active : action === 'stop' ? 'inactive' : 'active',
  };
}

/** What is left after the steps were made: a restart shows in a new run of the unit, a reload in a new time of change. */
export function proveUnit(
  change: Change<UnitSteps>,
  wish: UnitWish,
  unit: SystemdUnit | undefined,
): Change<UnitSteps> | null {
  if (!unit) return null;
  const { action, run, stamp } = change.data;
  // Who does not wait cannot know how it ended.
  const state = wish.no_block ? undefined : settledState(wish.state, unit);
  const left = planUnit({ ...wish, state, daemon_reload: false, daemon_reexec: false }, unit, false);
  if (left || wish.no_block) return left;
  const unmoved =
    (action === 'restart' && runOf(unit) === run) ||
    (action === 'reload' && unit.properties.StateChangeTimestampMonotonic === stamp);
  if (!unmoved) return null;
  return {
    differences: [{ label: `state of ${unit.id}`, before: 'as it was', after: `${action}ed` }],
    data: change.data,
  };
}

/** A program that runs once and ends well is never "active": that it ended well is all there is to see. */
function settledState(state: UnitWish['state'], unit: SystemdUnit): UnitWish['state'] {
  if (state === 'stopped' || state === undefined) return state;
  const ended = unit.properties.Type === 'oneshot' && unit.active === 'inactive';
  return ended && unit.properties.Result === 'success' ? undefined : 'started';
}

function runOf(unit: SystemdUnit): string {
  const { InvocationID, ActiveEnterTimestampMonotonic, StateChangeTimestampMonotonic, Type } =
    unit.properties;
  // InvocationID came with systemd 232; a program that runs once never enters "active".
  return (
    InvocationID || (Type === 'oneshot' ? StateChangeTimestampMonotonic : ActiveEnterTimestampMonotonic) || ''
  );
}

/** Units without an [Install] section are neither enabled nor disabled: nothing can or need be done. */
const WITHOUT_CHOICE = ['static', 'generated', 'transient', 'alias'];

function enabledIs(wanted: boolean, unit: SystemdUnit): boolean {
  if (WITHOUT_CHOICE.includes(unit.fileState)) return true;
  if (unit.fileState === 'indirect') return unit.alsoEnabled === wanted;
  return wanted ? unit.fileState === 'enabled' : !unit.fileState.startsWith('enabled');
}

function actionFor({ state }: UnitWish, unit: SystemdUnit): UnitSteps['action'] | undefined {
  const running = ['active', 'activating', 'reloading', 'refreshing'].includes(unit.active);
  if (state === 'restarted') return 'restart';
  if (state === 'reloaded' && running && unit.properties.CanReload === 'no') throw noReload(unit.id);
  if (state === 'reloaded') return running ? 'reload' : 'start';
  if (state === 'started') return running ? undefined : 'start';
  if (state === 'stopped') return ['inactive', 'failed'].includes(unit.active) ? undefined : 'stop';
  return undefined;
}

/**
 * The steps as a script: reload first, so that what follows works on the unit as it is written now. Where a start fails, what the program
 * itself said last is worth more than what systemd says of it.
 */
export function applyUnit({ data }: Change<UnitSteps>, wish: UnitWish): Script {
  const systemctl = sh`systemctl ${scopeOption(wish.scope)} --no-ask-password ${raw(wish.force ? '--force' : '')}`;
  const block = raw(wish.no_block ? '--no-block' : '');
  const steps: Script[] = [sh`LC_ALL=C; export LC_ALL`, scopePrelude(wish.scope)];
  if (wish.daemon_reexec) steps.push(sh`${systemctl} daemon-reexec`);
  if (wish.daemon_reload) steps.push(sh`${systemctl} daemon-reload`);
  for (const verb of [data.mask, data.enable]) {
    if (verb) steps.push(sh`${systemctl} ${verb} -- ${data.id}`);
  }
  if (data.action) {
    steps.push(sh`
      ${systemctl} ${block} ${data.action} -- ${data.id} || {
        rc=$?
        journalctl --no-pager -q -n 8 -o cat -u ${data.id} 2>/dev/null |
          grep -v -e ${`^${data.id}: `} -e '^Start' -e '^Stop' -e '^Failed to start' | tail -n 3 >&2
        exit $rc
      }`);
  }
  return sequence(steps.filter((step) => step.text !== ''));
}

const OPPOSITE: Readonly<Record<string, string>> = {
  mask: 'unmask',
  unmask: 'mask',
  enable: 'disable',
  disable: 'enable',
  start: 'stop',
  stop: 'start',
};

/** Back to how it was; null where nothing but a restart or a reload was done. */
export function undoUnit({ data }: Change<UnitSteps>, wish: UnitWish): Script | null {
  const verbs = [data.action, data.enable, data.mask]
    .map((verb) => OPPOSITE[verb ?? ''])
    .filter((verb) => verb !== undefined);
  if (verbs.length === 0) return null;
  const option = scopeOption(wish.scope);
  return sequence([
    ...(wish.scope === 'user' ? [scopePrelude(wish.scope)] : []),
    ...verbs.map((verb) => sh`systemctl ${option} --no-ask-password ${verb} -- ${data.id}`),
  ]);
}
