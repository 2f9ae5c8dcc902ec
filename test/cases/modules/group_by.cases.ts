import { groupBy } from '../../../src/modules/builtin/group_by.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: groupBy,
  cases: [
    {
      title: 'makes a group below all',
      params: { key: 'os Debian 12' },
      expected: {
        result: { changed: true, add_group: 'os-Debian-12', parent_groups: ['all'] },
        requests: [{ do: 'group_by', key: 'os-Debian-12', parents: ['all'] }],
      },
    },
    {
      title: 'takes parents',
      params: { key: 'a', parents: 'x,y z' },
      expected: {
        result: { changed: true, add_group: 'a', parent_groups: ['x', 'y-z'] },
        requests: [{ do: 'group_by', key: 'a', parents: ['x', 'y-z'] }],
      },
    },
  ],
};
