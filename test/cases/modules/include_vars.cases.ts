import { includeVars } from '../../../src/modules/builtin/include_vars.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: includeVars,
  cases: [
    {
      title: 'asks for a file under a name',
      params: { file: 'net.yaml', name: 'net' },
      expected: { result: {}, requests: [{ do: 'include_vars', path: 'net.yaml', name: 'net' }] },
    },
    {
      title: 'refuses what is no name',
      params: { file: 'net.yaml', name: 'my net' },
      expected: { invalid: 'name: must be a name for a variable' },
    },
  ],
};
