import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { listOf } from '../params.ts';

const word = z.string().min(1);

export const setup = defineAction({
  name: 'setup',
  summary: 'Read the facts of the host now. Without it they are read when something refers to them.',
  params: z.strictObject({
    filter: listOf(word)
      .default([])
      .describe('Names, with or without `ansible_`, with * and ?: only these facts are in the result.'),
    gather_subset: listOf(word)
      .default(['all'])
      .describe('Understood for playbooks written for Ansible: all facts come in one read, so all are read.'),
  }),
  examples: [
    { title: 'After something changed what facts tell', params: {} },
    { title: 'Show which system it is', params: { filter: ['distribution*', 'kernel'] } },
  ],
  run: ({ filter }) => ({ result: {}, requests: [{ do: 'gather_facts', filter }] }),
});
