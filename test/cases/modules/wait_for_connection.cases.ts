import { waitForConnection } from '../../../src/modules/builtin/wait_for_connection.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: waitForConnection,
  cases: [
    {
      title: 'asks the engine',
      params: { delay: 5, timeout: '60' },
      expected: {
        result: {},
        requests: [
          {
            do: 'wait_for_connection',
            timeoutSeconds: 60,
            delaySeconds: 5,
            sleepSeconds: 1,
            connectTimeoutSeconds: 5,
          },
        ],
      },
    },
    {
      title: 'waits for nothing in a check run',
      params: {},
      checkMode: true,
      expected: { result: { skipped: true } },
    },
    {
      title: 'refuses what is no number',
      params: { timeout: 'long' },
      expected: { invalid: 'timeout: must be a whole number, 0 or more, not "long"' },
    },
  ],
};
