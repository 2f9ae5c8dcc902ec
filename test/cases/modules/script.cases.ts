import { script } from '../../../src/modules/builtin/script.ts';
import type { ModuleCases } from './module-case.ts';

const file = { path: '/play/files/setup.sh', size: 9, sha256: '0', mode: 0o644 };

export const cases: ModuleCases = {
  module: script,
  cases: [
    {
      title: 'is not run where creates exists',
      params: { cmd: 'files/setup.sh -q', creates: '/etc/app.conf' },
      reads: { source: { file, tree: null }, guards: { stdout: 'creates yes\n' } },
      expected: 'ok',
      result: {
        cmd: 'files/setup.sh -q',
        rc: 0,
        msg: "Did not run command since '/etc/app.conf' exists",
        stdout: 'skipped, since /etc/app.conf exists',
        stdout_lines: ['skipped, since /etc/app.conf exists'],
        stderr: '',
        stderr_lines: [],
      },
    },
    {
      title: 'refuses a directory',
      params: { cmd: 'files' },
      reads: { source: { file: null, tree: [] } },
      expected: { error: 'The script files is a directory.' },
    },
  ],
};
