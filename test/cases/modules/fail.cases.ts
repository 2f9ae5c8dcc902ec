import { fail } from '../../../src/modules/builtin/fail.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: fail,
  cases: [
    {
      title: 'has words of its own',
      params: {},
      expected: { result: { failed: true, msg: 'Failed as requested from task' } },
    },
    {
      title: 'says what you want',
      params: { msg: 'too small' },
      expected: { result: { failed: true, msg: 'too small' } },
    },
    {
      title: 'refuses what is no text',
      params: { msg: ['x'] },
      expected: { invalid: 'msg: must be text, not ["x"]' },
    },
  ],
};
