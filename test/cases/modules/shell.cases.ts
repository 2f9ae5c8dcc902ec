import { shell } from '../../../src/modules/builtin/shell.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: shell,
  cases: [
    {
      title: 'hands the line to sh as it is',
      params: { cmd: "echo 'a' | wc -c" },
      expected: {
        differences: [{ label: 'shell', before: null, after: "echo 'a' | wc -c" }],
        apply: "\nexec /bin/sh -c 'echo '\\''a'\\'' | wc -c'",
        undo: null,
      },
    },
    {
      title: 'takes another shell',
      params: { cmd: 'true', executable: '/bin/bash' },
      expected: {
        differences: [{ label: 'shell', before: null, after: 'true' }],
        apply: '\nexec /bin/bash -c true',
      },
    },
    {
      title: 'refuses a shell without a path',
      params: { cmd: 'true', executable: 'bash' },
      expected: { invalid: 'executable: must be the absolute path of a shell' },
    },
  ],
};
