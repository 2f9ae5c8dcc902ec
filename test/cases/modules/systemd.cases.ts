import { systemd } from '../../../src/modules/system/systemd.ts';
import type { ModuleCases } from './module-case.ts';

/** What `systemctl show` and `is-enabled` print; later lines win. */
function unit(more: Readonly<Record<string, string>> = {}, isEnabled = 'enabled') {
  const properties = {
    Id: 'app.service',
    LoadState: 'loaded',
    ActiveState: 'active',
    UnitFileState: 'enabled',
    Type: 'simple',
    Result: 'success',
    CanReload: 'no',
    InvocationID: 'aaaa',
    StateChangeTimestampMonotonic: '1000',
    ...more,
  };
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
  return { unit: { stdout: `${lines.join('')}Hostwright.IsEnabled=${isEnabled}\n` } };
}

const environment = '{\nLC_ALL=C; export LC_ALL\n} || exit $?\n';
const start = (verb: string, block = '') =>
  [
    '{',
    `systemctl --system --no-ask-password  ${block} ${verb} -- app.service || {`,
    '  rc=$?',
    '  journalctl --no-pager -q -n 8 -o cat -u app.service 2>/dev/null |',
    "    grep -v -e '^app.service: ' -e '^Start' -e '^Stop' -e '^Failed to start' | tail -n 3 >&2",
    '  exit $rc',
    '}',
    '} || exit $?',
  ].join('\n');
const step = (verb: string) =>
  `{\nsystemctl --system --no-ask-password  ${verb} -- app.service\n} || exit $?`;

export const cases: ModuleCases = {
  module: systemd,
  cases: [
    {
      title: 'leaves a running, enabled unit alone',
      params: { name: 'app', state: 'started', enabled: true },
      reads: unit(),
      expected: 'ok',
    },
    {
      title: 'starts and enables, and undo stops and disables',
      params: { unit: 'app', state: 'started', enabled: 'yes' },
      reads: unit({ ActiveState: 'inactive', UnitFileState: 'disabled' }, 'disabled'),
      expected: {
        differences: [
          { label: 'start at boot of app.service', before: 'disabled', after: 'enabled' },
          { label: 'state of app.service', before: 'inactive', after: 'active' },
        ],
        apply: `${environment}${step('enable')}\n${start('start')}`,
        undo: '{\nsystemctl --system --no-ask-password stop -- app.service\n} || exit $?\n{\nsystemctl --system --no-ask-password disable -- app.service\n} || exit $?',
        proof: { reads: unit(), left: [] },
      },
    },
    {
      title: 'is not proved by a unit that fell over at once',
      params: { name: 'app', state: 'started' },
      reads: unit({ ActiveState: 'inactive' }),
      expected: {
        differences: [{ label: 'state of app.service', before: 'inactive', after: 'active' }],
        proof: {
          reads: unit({ ActiveState: 'failed', Result: 'exit-code' }),
          left: ['state of app.service'],
        },
      },
    },
    {
      title: 'is proved by a program that ran once and ended well',
      params: { name: 'app', state: 'started' },
      reads: unit({ ActiveState: 'inactive', Type: 'oneshot' }),
      expected: {
        differences: [{ label: 'state of app.service', before: 'inactive', after: 'active' }],
        proof: { reads: unit({ ActiveState: 'inactive', Type: 'oneshot' }), left: [] },
      },
    },
    {
      title: 'restarts, proved by a new run of the unit',
      params: { name: 'app', state: 'restarted' },
      reads: unit(),
      expected: {
        differences: [{ label: 'state of app.service', before: 'active', after: 'restarted' }],
        apply: `${environment}${start('restart')}`,
        undo: null,
        proof: { reads: unit({ InvocationID: 'bbbb' }), left: [] },
      },
    },
    {
      title: 'does not believe a restart without a new run',
      params: { name: 'app', state: 'restarted' },
      reads: unit({ InvocationID: '', ActiveEnterTimestampMonotonic: '5' }),
      expected: {
        differences: [{ label: 'state of app.service', before: 'active', after: 'restarted' }],
        proof: {
          reads: unit({ InvocationID: '', ActiveEnterTimestampMonotonic: '5' }),
          left: ['state of app.service'],
        },
      },
    },
    {
      title: 'reloads, proved by a new time of change',
      params: { name: 'app', state: 'reloaded' },
      reads: unit({ CanReload: 'yes' }),
      expected: {
        differences: [{ label: 'state of app.service', before: 'active', after: 'reloaded' }],
        proof: { reads: unit({ CanReload: 'yes', StateChangeTimestampMonotonic: '2000' }), left: [] },
      },
    },
    {
      title: 'starts what is to be reloaded and does not run',
      params: { name: 'app', state: 'reloaded' },
      reads: unit({ ActiveState: 'inactive' }),
      expected: {
        differences: [{ label: 'state of app.service', before: 'inactive', after: 'active' }],
        apply: `${environment}${start('start')}`,
      },
    },
    {
      title: 'says that a unit knows no reload',
      params: { name: 'app', state: 'reloaded' },
      reads: unit(),
      expected: { error: 'The unit app.service cannot be reloaded: it has no ExecReload.' },
    },
    {
      title: 'reads units again although that is no change',
      params: { daemon_reload: true },
      reads: {},
      expected: {
        differences: [],
        apply: `${environment}{\nsystemctl --system --no-ask-password  daemon-reload\n} || exit $?`,
      },
    },
    {
      title: 'reads units again first where more is to be done',
      params: { name: 'app', 'daemon-reload': true, state: 'started', no_block: true },
      reads: unit({ LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' }, ''),
      expected: {
        differences: [{ label: 'state of app.service', before: 'inactive', after: 'active' }],
        apply: `${environment}{\nsystemctl --system --no-ask-password  daemon-reload\n} || exit $?\n${start('start', '--no-block')}`,
      },
    },
    {
      title: 'leaves a static unit as it is, whatever enabled says',
      params: { name: 'app', enabled: false },
      reads: unit({ UnitFileState: 'static' }, 'static'),
      expected: 'ok',
    },
    {
      title: 'asks the links of a script for what systemd made of it',
      params: { name: 'app', enabled: true },
      reads: unit({ UnitFileState: 'generated' }, 'disabled'),
      expected: {
        differences: [{ label: 'start at boot of app.service', before: 'disabled', after: 'enabled' }],
      },
    },
    {
      title: 'counts an indirect unit as enabled where what it stands for is',
      params: { name: 'app', enabled: true },
      reads: {
        unit: {
          stdout: `${unit({ UnitFileState: 'indirect' }, 'indirect').unit.stdout}Hostwright.Also=enabled\n`,
        },
      },
      expected: 'ok',
    },
    {
      title: 'unmasks before it starts',
      params: { name: 'app', masked: false, state: 'started' },
      reads: unit({ LoadState: 'masked', ActiveState: 'inactive', UnitFileState: 'masked' }, 'masked'),
      expected: {
        differences: [
          { label: 'mask of app.service', before: 'masked', after: 'not masked' },
          { label: 'state of app.service', before: 'inactive', after: 'active' },
        ],
        apply: `${environment}${step('unmask')}\n${start('start')}`,
      },
    },
    {
      title: 'names a unit that is not there',
      params: { name: 'app', state: 'started' },
      reads: unit({ LoadState: 'not-found', UnitFileState: '' }, ''),
      expected: { error: 'The host has no unit app.service.' },
    },
    {
      title: 'foresees in a check run what a package will bring',
      params: { name: 'app', state: 'started' },
      reads: unit({ LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' }, ''),
      checkMode: true,
      pendingChanges: true,
      expected: {
        differences: [{ label: 'state of app.service', before: 'inactive', after: 'active' }],
        warnings: ['The unit app.service is not there yet.'],
      },
    },
    {
      title: 'says where there is no systemd',
      params: { name: 'app', state: 'started' },
      reads: { unit: { stdout: 'Hostwright=no-systemd\n' } },
      expected: { error: 'The unit app cannot be looked at: the host was not started by systemd.' },
    },
    {
      title: 'needs a name for what is about a unit',
      params: { state: 'started' },
      expected: { invalid: 'state: needs name\nname: is required' },
    },
    {
      title: 'refuses patterns',
      params: { name: 'app*', state: 'stopped' },
      expected: { invalid: 'name: must be the name of one unit: letters, digits and : _ . \\ @ - only' },
    },
  ],
};
