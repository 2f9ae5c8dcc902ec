import { modprobe } from '../../../src/modules/system/modprobe.ts';
import type { ModuleCases } from './module-case.ts';

const now = (loaded: string, files = '') => ({ now: { stdout: `loaded=${loaded}\0files=${files}\0` } });

export const cases: ModuleCases = {
  module: modprobe,
  cases: [
    { title: 'leaves a loaded one alone', params: { name: 'kvm-intel' }, reads: now('yes'), expected: 'ok' },
    {
      title: 'loads it, now and at every start',
      params: { name: 'kvm-intel', params: 'nested=1', persistent: 'present' },
      reads: now('no'),
      expected: {
        differences: [
          { label: 'kernel module kvm-intel', before: 'not loaded', after: 'loaded' },
          { label: 'kernel module kvm-intel at start', before: 'not loaded', after: 'loaded' },
        ],
        apply: [
          '{\nmodprobe -- kvm-intel nested=1\n} || exit $?',
          "{\n(umask 022; mkdir -p /etc/modules-load.d && printf '%s\\n' kvm-intel > /etc/modules-load.d/kvm-intel.conf)\n} || exit $?",
          "{\n(umask 022; printf 'options %s %s\\n' kvm-intel nested=1 > /etc/modprobe.d/hostwright-kvm-intel.conf)\n} || exit $?",
        ].join('\n'),
        undo: [
          '{\nmodprobe -r -- kvm-intel\n} || exit $?',
          '{\nrm -f /etc/modules-load.d/kvm-intel.conf /etc/modprobe.d/hostwright-kvm-intel.conf\n} || exit $?',
        ].join('\n'),
        proof: { reads: now('yes', '/etc/modules-load.d/kvm-intel.conf'), left: [] },
      },
    },
    {
      title: 'unloads it and keeps others from loading it',
      params: { name: 'floppy', state: 'absent', persistent: 'absent' },
      reads: now('yes', '/etc/modules\n/etc/modules-load.d/a.conf'),
      expected: {
        differences: [
          { label: 'kernel module floppy', before: 'loaded', after: 'not loaded' },
          { label: 'kernel module floppy at start', before: 'loaded', after: 'not loaded' },
        ],
      },
    },
    {
      title: 'refuses what is no name',
      params: { name: '../x' },
      expected: { invalid: 'name: must be the name of a kernel module' },
    },
  ],
};
