import { setup } from '../../../src/modules/builtin/setup.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: setup,
  cases: [
    {
      title: 'asks the engine for all facts',
      params: { gather_subset: '!all,min' },
      expected: { result: {}, requests: [{ do: 'gather_facts', filter: [] }] },
    },
    {
      title: 'takes patterns of names',
      params: { filter: 'ansible_distribution*' },
      expected: { result: {}, requests: [{ do: 'gather_facts', filter: ['ansible_distribution*'] }] },
    },
  ],
};
