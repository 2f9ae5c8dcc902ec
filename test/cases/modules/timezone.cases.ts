import { timezone } from '../../../src/modules/system/timezone.ts';
import type { ModuleCases } from './module-case.ts';

const now = (text: string) => ({ now: { stdout: text } });

export const cases: ModuleCases = {
  module: timezone,
  cases: [
    {
      title: 'leaves the right zone alone',
      params: { name: 'UTC' },
      reads: now('zone=UTC\0known=1\0'),
      expected: 'ok',
    },
    {
      title: 'sets link and name',
      params: { name: 'Asia/Shanghai' },
      reads: now('zone=Etc/UTC\0named=Etc/UTC\0known=1\0'),
      expected: {
        differences: [{ label: 'time zone', before: 'Etc/UTC', after: 'Asia/Shanghai' }],
        apply:
          "ln -sfn /usr/share/zoneinfo/Asia/Shanghai /etc/.localtime.hostwright && mv -fT /etc/.localtime.hostwright /etc/localtime || exit 1\nprintf '%s\\n' Asia/Shanghai > /etc/timezone",
        undo: "ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/.localtime.hostwright && mv -fT /etc/.localtime.hostwright /etc/localtime || exit 1\nprintf '%s\\n' Etc/UTC > /etc/timezone",
      },
    },
    {
      title: 'names a zone that nobody knows',
      params: { name: 'Europe/Atlantis' },
      reads: now('zone=UTC\0'),
      expected: { error: 'The host knows no time zone Europe/Atlantis.' },
    },
    {
      title: 'refuses paths',
      params: { name: '../passwd' },
      expected: { invalid: 'name: must be a time zone such as Europe/Berlin' },
    },
  ],
};
