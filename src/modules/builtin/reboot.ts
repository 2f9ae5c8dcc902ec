import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { count, text } from '../params.ts';

export const reboot = defineAction({
  name: 'reboot',
  summary: 'Restart the host and wait until it can be worked with again.',
  params: z.strictObject({
    pre_reboot_delay: count.default(0).describe('Seconds until the host restarts.'),
    post_reboot_delay: count.default(0).describe('Seconds to wait before the first try to log in.'),
    reboot_timeout: count
      .default(600)
      .describe('Seconds until it is given up: once for the login, once for test_command.'),
    connect_timeout: count.default(5).describe('Seconds that one login may take.'),
    test_command: text
      .default('whoami')
      .describe('Command that must succeed before the host counts as back.'),
    msg: text.default('Reboot initiated by Hostwright').describe('What users of the host are told.'),
    reboot_command: text
      .optional()
      .describe(
        'Command that restarts the host, instead of shutdown -r. pre_reboot_delay is waited before it.',
      ),
    boot_time_command: text
      .default('cat /proc/sys/kernel/random/boot_id')
      .describe('Command whose output differs after each start.'),
  }),
  examples: [
    {
      title: 'After a new kernel',
      params: { reboot_timeout: 300, test_command: 'systemctl is-system-running --wait' },
    },
  ],
  run: (params, view) => {
    if (view.checkMode) return { result: { changed: true, rebooted: true, elapsed: 0 } };
    return {
      result: { changed: true, rebooted: true },
      requests: [
        {
          do: 'reboot',
          delaySeconds: params.pre_reboot_delay,
          settleSeconds: params.post_reboot_delay,
          timeoutSeconds: params.reboot_timeout,
          connectTimeoutSeconds: params.connect_timeout,
          testCommand: params.test_command,
          message: params.msg,
          bootCommand: params.boot_time_command,
          ...(params.reboot_command === undefined ? {} : { rebootCommand: params.reboot_command }),
        },
      ],
    };
  },
});
