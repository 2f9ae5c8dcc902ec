import { reboot } from '../../../src/modules/builtin/reboot.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: reboot,
  cases: [
    {
      title: 'asks the engine',
      params: { pre_reboot_delay: '5', reboot_timeout: 60, test_command: 'true' },
      expected: {
        result: { changed: true, rebooted: true },
        requests: [
          {
            do: 'reboot',
            delaySeconds: 5,
            settleSeconds: 0,
            timeoutSeconds: 60,
            connectTimeoutSeconds: 5,
            testCommand: 'true',
            message: 'Reboot initiated by Hostwright',
            bootCommand: 'cat /proc/sys/kernel/random/boot_id',
          },
        ],
      },
    },
    {
      title: 'only says so in a check run',
      params: {},
      checkMode: true,
      expected: { result: { changed: true, rebooted: true, elapsed: 0 } },
    },
  ],
};
