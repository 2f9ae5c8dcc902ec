import { ping } from '../../../src/modules/builtin/ping.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: ping,
  cases: [
    {
      title: 'gives back what it is given',
      params: { data: 'hello' },
      reads: { answer: { stdout: 'pong\n' } },
      expected: 'ok',
      result: { ping: 'hello' },
    },
    {
      title: 'says when the host answers something else',
      params: {},
      reads: { answer: { stdout: '', rc: 1, stderr: 'no shell here' } },
      expected: {
        error:
          'Reading the answer to ping ended with status 1 and without the expected output: no shell here.',
      },
    },
  ],
};
