import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { unexpectedOutput } from '../../facts/problems.ts';
import { sh } from '../../shell/sh.ts';

const answer: HostRead<true> = {
  kind: 'host',
  name: 'an answer',
  script: sh`echo pong`,
  parse: (output) => {
    if (new TextDecoder().decode(output.stdout) !== 'pong\n')
      throw unexpectedOutput('the answer to ping', output);
    return true;
  },
};

export const ping = defineModule({
  name: 'ping',
  summary: 'See whether the host can be logged in to and runs scripts.',
  params: z.strictObject({
    data: z.string().default('pong').describe('Text that comes back as `ping` of the result.'),
  }),
  examples: [{ title: 'Is it there?', params: {} }],
  reads: () => ({ answer }),
  check: () => null,
  apply: () => sh``,
  noUndo: 'nothing is changed',
  effect: 'none',
  result: (params) => ({ ping: params.data }),
});
