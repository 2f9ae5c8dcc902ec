import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule } from '../../core/module.ts';
import { type ServiceState, serviceState } from '../../facts/service-state.ts';
import { splitWords } from '../command-words.ts';
import { applyInit, type InitSteps, planInit, undoInit } from '../init-plan.ts';
import { count, flag, text, withAliases } from '../params.ts';
import { unitName } from '../system-params.ts';
import { noServiceTool } from '../system-problems.ts';
import { applyUnit, expectedReads, planUnit, proveUnit, type UnitSteps, undoUnit } from '../unit-plan.ts';

const object = z
  .strictObject({
    name: unitName.describe('The service.'),
    state: z
      .enum(['started', 'stopped', 'restarted', 'reloaded'])
      .optional()
      .describe(
        'started and stopped change nothing where it is so already; restarted and reloaded always act.',
      ),
    enabled: flag.optional().describe('Start at boot.'),
    sleep: count.optional().describe('SysV init and OpenRC: seconds between stop and start of a restart.'),
    pattern: z
      .string()
      .min(1)
      .optional()
      .describe(
        'SysV init: running is what has this text in its command line, for scripts without `status`.',
      ),
    arguments: text.default('').describe('SysV init and OpenRC: more arguments for the script.'),
    runlevel: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/, { error: 'must be the name of a runlevel' })
      .default('default')
      .describe('OpenRC: the runlevel that `enabled` is about.'),
  })
  .refine((params) => params.state !== undefined || params.enabled !== undefined, {
    error: 'needs state or enabled',
    path: ['state'],
  });

type Params = z.output<typeof object>;
type Steps = { readonly unit: UnitSteps } | { readonly init: InitSteps };

export const service = defineModule({
  name: 'service',
  summary:
    'Start, stop and enable services, whatever starts services on the host (systemd, SysV init, OpenRC).',
  params: withAliases(object, { arguments: ['args'] }),
  examples: [
    { title: 'Now and at every boot', params: { name: 'libvirtd', state: 'started', enabled: true } },
    { title: 'In a handler', params: { name: 'network', state: 'restarted' } },
  ],
  reads: (params) => ({ now: serviceState(params.name, params) }),
  check: (params, { now }, { pendingChanges }) => plan(params, now, pendingChanges),
  expected: ({ data }, params, { now }) =>
    'unit' in data && now.kind === 'systemd' ? expectedReads(params.name, 'system', data.unit, now.unit) : {},
  apply: ({ data }, params) =>
    'unit' in data
      ? applyUnit({ differences: [], data: data.unit }, wishOf(params))
      : applyInit(data.init, initWishOf(params)),
  proof: (change, params, { now }) => {
    if ('unit' in change.data && now.kind === 'systemd') {
      const left = proveUnit({ differences: [], data: change.data.unit }, wishOf(params), now.unit);
      return left && { ...left, data: { unit: left.data } };
    }
    // A script that restarts leaves no trace that all of them share: that it runs is all there is to see.
    const state = params.state === 'restarted' || params.state === 'reloaded' ? 'started' : params.state;
    return plan({ ...params, state }, now, false);
  },
  undo: ({ data }, params) =>
    'unit' in data
      ? undoUnit({ differences: [], data: data.unit }, wishOf(params))
      : undoInit(data.init, initWishOf(params)),
  noUndo: 'a restart or a reload cannot be taken back',
  result: (params, { values: { now } }): ServiceFields => ({
    name: params.name,
    ...(params.state ? { state: params.state === 'stopped' ? 'stopped' : 'started' } : {}),
    ...(params.enabled === undefined ? {} : { enabled: params.enabled }),
    ...(now.kind === 'systemd' ? { status: { ...now.unit.properties } } : {}),
  }),
});

type ServiceFields = {
  readonly name: string;
  readonly state?: 'started' | 'stopped';
  readonly enabled?: boolean;
  /** With systemd: the unit's properties, as `systemctl show` names them. */
  readonly status?: Readonly<Record<string, string>>;
};

function plan(params: Params, now: ServiceState, mayAppear: boolean): Change<Steps> | null {
  if (now.kind === 'none') throw noServiceTool(params.name);
  if (now.kind === 'systemd') {
    const change = planUnit(wishOf(params), now.unit, mayAppear);
    return change && { ...change, data: { unit: change.data } };
  }
  const change = planInit(initWishOf(params), now.kind, now.service, mayAppear);
  return change && { ...change, data: { init: change.data } };
}

function wishOf({ name, state, enabled }: Params) {
  return {
    name,
    state,
    enabled,
    daemon_reload: false,
    daemon_reexec: false,
    no_block: false,
    scope: 'system',
  } as const;
}

function initWishOf(params: Params) {
  return { ...params, arguments: splitWords(params.arguments) };
}
