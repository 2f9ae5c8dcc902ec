import { reachability } from '../../../src/modules/network/reachability.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: reachability,
  cases: [
    {
      title: 'always looks, and changes nothing',
      params: { to: '192.0.2.1,192.0.2.2' },
      expected: { differences: [], undo: null },
    },
    {
      title: 'proves nothing in a check run where an earlier task would have changed something',
      params: { guests: 'web' },
      checkMode: true,
      pendingChanges: true,
      expected: 'ok',
      result: { skipped: true, msg: 'not looked at: earlier tasks would have changed something' },
    },
    {
      title: 'needs something to reach',
      params: {},
      expected: { invalid: 'to: is required (or guests)' },
    },
    {
      title: 'refuses what does not go together',
      params: { from: 'guest', to: 'x', guests: 'web', port: 22 },
      expected: {
        invalid:
          'guest: is required with from: guest\nguests: goes with from: host\nguests: cannot be given together with to',
      },
    },
    {
      title: 'refuses what is no address',
      params: { to: '-c 1000' },
      expected: { invalid: 'to.0: must be a host name or an address' },
    },
  ],
};
