import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { count } from '../params.ts';

export const waitForConnection = defineAction({
  name: 'wait_for_connection',
  summary: 'Wait until the host can be logged in to.',
  params: z.strictObject({
    timeout: count.default(600).describe('Seconds until it is given up.'),
    delay: count.default(0).describe('Seconds to wait before the first try.'),
    sleep: count
      .default(1)
      .describe('Seconds between two tries; at least 3 are kept, so that sshd does not block us.'),
    connect_timeout: count.default(5).describe('Seconds that one try may take.'),
  }),
  examples: [{ title: 'After a restart of the host', params: { delay: 10, timeout: 300 } }],
  run: (params, view) => {
    if (view.checkMode) return { result: { skipped: true } };
    return {
      result: {},
      requests: [
        {
          do: 'wait_for_connection',
          timeoutSeconds: params.timeout,
          delaySeconds: params.delay,
          sleepSeconds: params.sleep,
          connectTimeoutSeconds: params.connect_timeout,
        },
      ],
    };
  },
});
