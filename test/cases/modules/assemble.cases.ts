import { assemble } from '../../../src/modules/builtin/assemble.ts';
import type { ModuleCases } from './module-case.ts';
import { present } from './printed-path.ts';

const part = (name: string, text: string) => `name=${name}\0base64=${btoa(text)}\n\0end=\0`;

export const cases: ModuleCases = {
  module: assemble,
  cases: [
    {
      title: 'joins parts in the order of their names',
      params: { src: '/etc/d', dest: '/etc/f', delimiter: '#\\n--' },
      reads: {
        parts: { stdout: `directory=1\0${part('20', 'two\n')}${part('10', 'one')}` },
        at: present('/etc/f', { content: 'old\n' }),
      },
      expected: {
        differences: [{ label: '/etc/f', before: 'old\n', after: 'one\n#\n--\ntwo\n' }],
        warnings: [],
      },
    },
    {
      title: 'has nothing to do where the file is as its parts say',
      params: { src: '/etc/d', dest: '/etc/f', regexp: '^1' },
      reads: {
        parts: { stdout: `directory=1\0${part('20', 'two\n')}${part('10', 'one')}` },
        at: present('/etc/f', { content: 'one' }),
      },
      expected: 'ok',
    },
    {
      title: 'needs a path of the host, or remote_src: false',
      params: { src: 'd', dest: '/etc/f' },
      expected: {
        invalid: 'src: must be an absolute path on the host, or remote_src false for one beside the playbook',
      },
    },
  ],
};
