import { yum } from '../../../src/modules/system/yum.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: yum,
  cases: [
    {
      title: 'installs with the tool that the host has',
      params: { name: 'bridge-utils' },
      reads: { packages: { stdout: 'tool=yum\nasked=bridge-utils\n' } },
      expected: { differences: [{ label: 'package bridge-utils', before: null, after: 'present' }] },
    },
    { title: 'needs a name', params: { state: 'latest' }, expected: { invalid: 'name: is required' } },
  ],
};
