import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { flag, text } from '../params.ts';

const duration = z.union(
  [
    z.number().nonnegative({ error: 'must be a number, 0 or more' }),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ],
  { error: 'must be a number, 0 or more' },
);

export const pause = defineAction({
  name: 'pause',
  summary: 'Wait for some time, or for a person at the terminal. Once for all hosts.',
  params: z
    .strictObject({
      seconds: duration.optional().describe('Seconds to wait.'),
      minutes: duration.optional().describe('Minutes to wait.'),
      prompt: text.optional().describe('Question to ask; the answer is `user_input` of the result.'),
      echo: flag.default(true).describe('Show what is typed.'),
    })
    .refine((params) => params.seconds === undefined || params.minutes === undefined, {
      error: 'seconds and minutes cannot be given together',
      path: ['minutes'],
    }),
  runOnce: true,
  examples: [
    { title: 'Wait half a minute', params: { seconds: 30 } },
    { title: 'Ask before going on', params: { prompt: 'Is the guest reachable? Press Enter to go on' } },
  ],
  run: ({ seconds, minutes, prompt, echo }) => {
    const wait = seconds ?? (minutes === undefined ? undefined : minutes * 60);
    return {
      result: { echo, ...(wait === undefined ? {} : { delta: Math.round(wait) }) },
      requests: [
        {
          do: 'pause',
          echo,
          ...(wait === undefined ? {} : { seconds: wait }),
          ...(prompt === undefined ? {} : { prompt }),
        },
      ],
    };
  },
});
