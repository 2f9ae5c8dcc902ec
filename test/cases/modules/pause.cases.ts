import { pause } from '../../../src/modules/builtin/pause.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: pause,
  cases: [
    {
      title: 'waits for minutes',
      params: { minutes: '1.5' },
      expected: { result: { echo: true, delta: 90 }, requests: [{ do: 'pause', echo: true, seconds: 90 }] },
    },
    {
      title: 'asks',
      params: { prompt: 'Password', echo: 'no' },
      expected: { result: { echo: false }, requests: [{ do: 'pause', echo: false, prompt: 'Password' }] },
    },
    {
      title: 'refuses seconds and minutes together',
      params: { seconds: 1, minutes: 1 },
      expected: { invalid: 'minutes: seconds and minutes cannot be given together' },
    },
    {
      title: 'refuses what is no number',
      params: { seconds: -1 },
      expected: { invalid: 'seconds: must be a number, 0 or more' },
    },
  ],
};
