import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { listOf, text } from '../params.ts';

const groupName = z.string().min(1);

export const groupBy = defineAction({
  name: 'group_by',
  summary: 'Put the host into a group whose name comes from a value, for later plays.',
  params: z.strictObject({
    key: text.describe('Name of the group; blanks become dashes.'),
    parents: listOf(groupName).default(['all']).describe('Groups that the group belongs to.'),
  }),
  freeForm: 'key',
  examples: [{ title: 'A group for each distribution', params: { key: 'os_debian', parents: ['linux'] } }],
  run: (params) => {
    const key = params.key.replaceAll(' ', '-');
    const parents = params.parents.map((parent) => parent.replaceAll(' ', '-'));
    return {
      result: { changed: true, add_group: key, parent_groups: parents },
      requests: [{ do: 'group_by', key, parents }],
    };
  },
});
