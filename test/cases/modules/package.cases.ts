import { packageModule } from '../../../src/modules/system/package.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: packageModule,
  cases: [
    {
      title: 'takes apt where there is apt',
      params: { name: 'hello', state: 'installed' },
      reads: { now: { stdout: 'tool=apt\nnow=1000\nsimulation=\ndo=Inst hello (2.10-3 x [amd64])\n' } },
      expected: { differences: [{ label: 'package hello', before: null, after: '2.10-3' }] },
      result: { cache_updated: false, cache_update_time: 0 },
    },
    {
      title: 'takes dnf elsewhere',
      params: { name: 'hello', state: 'latest' },
      reads: { now: { stdout: 'tool=dnf\nasked=hello\nupdates=\n' } },
      expected: {
        differences: [{ label: 'package hello', before: null, after: 'latest' }],
        apply: '{\nLC_ALL=C; export LC_ALL\n} || exit $?\n{\ndnf -y   install hello </dev/null\n} || exit $?',
        proof: {
          reads: { now: { stdout: 'tool=dnf\nasked=hello\nrecord=hello|0|1-1.x\nupdates=\n' } },
          left: [],
        },
      },
    },
    {
      title: 'says where there is none of them',
      params: { name: 'hello', state: 'present' },
      reads: { now: { stdout: 'tool=none\n' } },
      expected: { error: 'The host has no dnf or yum.' },
    },
    {
      title: 'needs the state',
      params: { name: 'hello' },
      expected: {
        invalid: 'state: must be present, installed, latest, absent or removed',
      },
    },
  ],
};
