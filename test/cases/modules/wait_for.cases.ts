import { waitFor } from '../../../src/modules/builtin/wait_for.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: waitFor,
  cases: [
    {
      title: 'translates a pattern for grep',
      params: { path: '/x', search_regex: '^(?P<level>[\\w\\-]+)\\s+(?:ready|up)\\.*?$' },
      expected: { differences: [], undo: null },
      result: {
        state: 'started',
        path: '/x',
        port: undefined,
        search_regex: '^(?P<level>[\\w\\-]+)\\s+(?:ready|up)\\.*?$',
      },
    },
    {
      title: 'says what grep cannot do',
      params: { path: '/x', search_regex: 'a(?!b)' },
      expected: {
        error: 'The pattern "a(?!b)" cannot be searched for on a host: (?! has no equal in grep -E.',
      },
    },
    {
      title: 'refuses what does not go together',
      params: { port: 80, path: '/x', state: 'drained', host: 'web', exclude_hosts: '192.0.2.1' },
      expected: {
        invalid:
          'path: cannot be given together with port\nstate: drained is for a port; use absent for a file\nhost: must be an address where state is drained',
      },
    },
    {
      title: 'refuses a port that is none',
      params: { port: 70000 },
      expected: { invalid: 'port: must be a port: 1 to 65535' },
    },
  ],
};
