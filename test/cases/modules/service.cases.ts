import { service } from '../../../src/modules/system/service.ts';
import type { ModuleCases } from './module-case.ts';

const init = (kind: string, found: string, running: string, enabled: string) => ({
  now: { stdout: `kind=${kind}\nfound=${found}\nrunning=${running}\nenabled=${enabled}\n` },
});

export const cases: ModuleCases = {
  module: service,
  cases: [
    {
      title: 'comes to units where there is systemd',
      params: { name: 'app', state: 'stopped' },
      reads: {
        now: {
          stdout:
            'kind=systemd\nId=app.service\nLoadState=loaded\nActiveState=active\nHostwright.IsEnabled=enabled\n',
        },
      },
      expected: { differences: [{ label: 'state of app.service', before: 'active', after: 'inactive' }] },
    },
    {
      title: 'uses the script and its links under SysV init',
      params: { name: 'network', state: 'started', enabled: true },
      reads: init('sysv', 'yes', 'no', 'no'),
      expected: {
        differences: [
          { label: 'start at boot of network', before: 'disabled', after: 'enabled' },
          { label: 'state of network', before: 'stopped', after: 'running' },
        ],
        apply:
          '{\nif command -v chkconfig >/dev/null; then chkconfig --add network && chkconfig network on\nelse update-rc.d network defaults && update-rc.d network enable\nfi\n} || exit $?\n{\n/etc/init.d/network start \n} || exit $?',
        undo: '{\nif command -v chkconfig >/dev/null; then chkconfig network off\nelse update-rc.d network disable\nfi\n} || exit $?\n{\n/etc/init.d/network stop \n} || exit $?',
        proof: { reads: init('sysv', 'yes', 'yes', 'yes'), left: [] },
      },
    },
    {
      title: 'waits between stop and start where told',
      params: { name: 'network', state: 'restarted', sleep: 2, args: 'br0' },
      reads: init('sysv', 'yes', 'yes', 'yes'),
      expected: {
        differences: [{ label: 'state of network', before: 'running', after: 'restarted' }],
        apply:
          '{\n/etc/init.d/network stop br0\n} || exit $?\n{\nsleep 2\n} || exit $?\n{\n/etc/init.d/network start br0\n} || exit $?',
        undo: null,
        proof: { reads: init('sysv', 'yes', 'no', 'yes'), left: ['state of network'] },
      },
    },
    {
      title: 'knows OpenRC',
      params: { name: 'sshd', enabled: false, runlevel: 'boot' },
      reads: init('openrc', 'yes', 'yes', 'yes'),
      expected: {
        differences: [{ label: 'start at boot of sshd', before: 'enabled', after: 'disabled' }],
        apply: '{\nrc-update delete sshd boot\n} || exit $?',
      },
    },
    {
      title: 'names a service that is not there',
      params: { name: 'nothing', state: 'started' },
      reads: init('sysv', 'no', 'no', 'no'),
      expected: { error: 'The host has no service nothing (asked SysV init).' },
    },
    {
      title: 'says where nothing starts services',
      params: { name: 'app', state: 'started' },
      reads: { now: { stdout: 'kind=none\n' } },
      expected: {
        error:
          'The service app cannot be looked at: neither systemd nor OpenRC nor SysV init is at work on the host.',
      },
    },
    {
      title: 'needs something to do',
      params: { name: 'app' },
      expected: { invalid: 'state: needs state or enabled' },
    },
  ],
};
