import { hostname } from '../../../src/modules/system/hostname.ts';
import type { ModuleCases } from './module-case.ts';

const now = (running: string, kept: string) => ({ now: { stdout: `running=${running}\0kept=${kept}\0` } });

export const cases: ModuleCases = {
  module: hostname,
  cases: [
    {
      title: 'leaves the right name alone',
      params: { name: 'kvm1' },
      reads: now('kvm1', 'kvm1'),
      expected: 'ok',
    },
    {
      title: 'sets it now and for later',
      params: { name: 'kvm1' },
      reads: now('kvm1', 'localhost'),
      expected: {
        differences: [
          {
            label: 'host name',
            before: { running: 'kvm1', kept: 'localhost' },
            after: { running: 'kvm1', kept: 'kvm1' },
          },
        ],
        proof: { reads: now('kvm1', 'kvm1'), left: [] },
      },
    },
    {
      title: 'refuses what is no host name',
      params: { name: 'my_host' },
      expected: {
        invalid: 'name: must be a host name: letters, digits and dashes, parts separated by dots, at most 64',
      },
    },
  ],
};
