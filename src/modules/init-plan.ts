import type { Change, Difference } from '../core/change.ts';
import type { Script } from '../core/script.ts';
import type { InitService } from '../facts/service-state.ts';
import { sequence, sh } from '../shell/sh.ts';
import { unknownService } from './system-problems.ts';

/** What a task wants of a service that SysV init or OpenRC starts. */
export interface InitWish {
  readonly name: string;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  readonly enabled?: boolean | undefined;
  readonly sleep?: number | undefined;
  readonly runlevel: string;
  readonly arguments: readonly string[];
}

export interface InitSteps {
  readonly kind: 'openrc' | 'sysv';
  readonly enable?: 'enable' | 'disable';
  readonly action?: 'start' | 'stop' | 'restart' | 'reload';
}

export function planInit(
  wish: InitWish,
  kind: InitSteps['kind'],
  service: InitService,
  mayAppear: boolean,
): Change<InitSteps> | null {
  if (!service.found && !mayAppear) {
    throw unknownService(wish.name, kind === 'openrc' ? 'OpenRC' : 'SysV init');
  }
  const differences: Difference[] = [];
  const steps: { -readonly [Key in keyof InitSteps]: InitSteps[Key] } = { kind };
  if (wish.enabled !== undefined && wish.enabled !== service.enabled) {
    steps.enable = wish.enabled ? 'enable' : 'disable';
    const word = (enabled: boolean) => (enabled ? 'enabled' : 'disabled');
    differences.push({
      label: `start at boot of ${wish.name}`,
      before: word(service.enabled),
      after: word(wish.enabled),
    });
  }
  const action = actionFor(wish.state, service.running);
  if (action) {
    steps.action = action;
    differences.push({
      label: `state of ${wish.name}`,
      before: service.running ? 'running' : 'stopped',
      after: { start: 'running', stop: 'stopped', restart: 'restarted', reload: 'reloaded' }[action],
    });
  }
  if (differences.length === 0) return null;
  return {
    differences,
    data: steps,
    ...(service.found ? {} : { warnings: [`The service ${wish.name} is not there yet.`] }),
  };
}

function actionFor(state: InitWish['state'], running: boolean): InitSteps['action'] | undefined {
  if (state === 'restarted') return 'restart';
  if (state === 'reloaded') return running ? 'reload' : 'start';
  if (state === 'started') return running ? undefined : 'start';
  return state === 'stopped' && running ? 'stop' : undefined;
}

export function applyInit(steps: InitSteps, wish: InitWish): Script {
  const name = wish.name.replace(/\.service$/, '');
  const run = (verb: string) =>
    steps.kind === 'openrc'
      ? sh`rc-service ${name} ${verb} ${wish.arguments}`
      : sh`${`/etc/init.d/${name}`} ${verb} ${wish.arguments}`;
  const scripts: Script[] = [];
  if (steps.enable) scripts.push(bootLinks(steps.kind, steps.enable, name, wish.runlevel));
  if (steps.action === 'restart' && wish.sleep !== undefined) {
    scripts.push(run('stop'), sh`sleep ${wish.sleep}`, run('start'));
  } else if (steps.action) scripts.push(run(steps.action));
  return sequence(scripts);
}

function bootLinks(
  kind: InitSteps['kind'],
  verb: 'enable' | 'disable',
  name: string,
  runlevel: string,
): Script {
  if (kind === 'openrc') return sh`rc-update ${verb === 'enable' ? 'add' : 'delete'} ${name} ${runlevel}`;
  return verb === 'enable'
    ? sh`
        if command -v chkconfig >/dev/null; then chkconfig --add ${name} && chkconfig ${name} on
        else update-rc.d ${name} defaults && update-rc.d ${name} enable
        fi`
    : sh`
        if command -v chkconfig >/dev/null; then chkconfig ${name} off
        else update-rc.d ${name} disable
        fi`;
}

const OPPOSITE = { enable: 'disable', disable: 'enable', start: 'stop', stop: 'start' } as const;

/** Back to how it was; null where nothing but a restart or a reload was done. */
export function undoInit(steps: InitSteps, wish: InitWish): Script | null {
  const action = steps.action === 'start' || steps.action === 'stop' ? OPPOSITE[steps.action] : undefined;
  if (!action && !steps.enable) return null;
  const back: InitSteps = {
    kind: steps.kind,
    ...(steps.enable ? { enable: OPPOSITE[steps.enable] } : {}),
    ...(action ? { action } : {}),
  };
  return applyInit(back, wish);
}
