import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { text } from '../params.ts';

export const fail = defineAction({
  name: 'fail',
  summary: 'Fail with a message; most useful with `when`.',
  params: z.strictObject({
    msg: text.default('Failed as requested from task').describe('Why the host fails here.'),
  }),
  freeForm: 'msg',
  examples: [
    { title: 'Stop on hosts that are too small', params: { msg: 'At least 2 GB of memory are needed.' } },
  ],
  run: (params) => ({ result: { failed: true, msg: params.msg } }),
});
