import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { type SystemdUnit, systemdUnit, type UnitScope, unitSubject } from '../../facts/systemd-unit.ts';
import { unitForesight } from '../../facts/unit-foresight.ts';
import { flag, withAliases } from '../params.ts';
import { unitName } from '../system-params.ts';
import { applyUnit, expectedReads, planUnit, proveUnit, undoUnit } from '../unit-plan.ts';

const object = z
  .strictObject({
    name: unitName.optional().describe('The unit; without a suffix, a service is meant.'),
    state: z
      .enum(['started', 'stopped', 'restarted', 'reloaded'])
      .optional()
      .describe(
        'started and stopped change nothing where it is so already; restarted and reloaded always act.',
      ),
    enabled: flag
      .optional()
      .describe('Start at boot. Units without an [Install] section are left as they are.'),
    masked: flag.optional().describe('Make it impossible to start.'),
    force: flag.optional().describe('Replace symbolic links that stand in the way.'),
    daemon_reload: flag
      .default(false)
      .describe('Let systemd read its unit files again first; by itself this counts as no change.'),
    daemon_reexec: flag.default(false).describe('Let systemd run itself anew first.'),
    scope: z
      .enum(['system', 'user', 'global'])
      .default('system')
      .describe("Whose units: the system's, those of the user who runs the task, or those of all users."),
    no_block: flag.default(false).describe('Do not wait until the unit has started or stopped.'),
  })
  .superRefine((params, context) => {
    if (params.name !== undefined) return;
    for (const key of ['state', 'enabled', 'masked'] as const) {
      if (params[key] !== undefined) context.addIssue({ code: 'custom', path: [key], message: 'needs name' });
    }
    if (!params.daemon_reload && !params.daemon_reexec) {
      context.addIssue({ code: 'custom', path: ['name'], message: 'is required' });
    }
  });

export const systemd = defineModule({
  name: 'systemd',
  summary: 'Start, stop, enable and mask systemd units, and let systemd read its files again.',
  params: withAliases(object, {
    name: ['service', 'unit'],
    daemon_reload: ['daemon-reload'],
    daemon_reexec: ['daemon-reexec'],
  }),
  examples: [
    { title: 'Now and at every boot', params: { name: 'libvirtd', state: 'started', enabled: true } },
    {
      title: 'After a unit file was written',
      params: { name: 'app', state: 'restarted', daemon_reload: true },
    },
  ],
  reads: (params): Readonly<Record<string, HostRead<SystemdUnit>>> =>
    params.name === undefined ? {} : { unit: unitRead(params.name, params.scope) },
  check: (params, { unit }, { pendingChanges }) => planUnit(params, unit, pendingChanges),
  expected: (change, params, { unit }) =>
    unit === undefined || params.name === undefined
      ? {}
      : expectedReads(params.name, params.scope, change.data, unit),
  apply: applyUnit,
  proof: (change, params, { unit }) => proveUnit(change, params, unit),
  undo: undoUnit,
  noUndo: 'a restart or a reload cannot be taken back',
  result: (params, { values: { unit } }) => ({
    name: params.name,
    ...(params.state ? { state: params.state === 'stopped' ? 'stopped' : 'started' } : {}),
    ...(params.enabled === undefined ? {} : { enabled: params.enabled }),
    ...(unit ? { status: { ...unit.properties } } : {}),
  }),
});

function unitRead(name: string, scope: UnitScope): HostRead<SystemdUnit> {
  // What is enabled for all users runs for nobody in particular.
  const foresight = scope === 'global' ? undefined : unitForesight(name, scope, unitSubject(name, scope));
  return systemdUnit(name, scope, foresight);
}
