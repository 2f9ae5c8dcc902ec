import { slurp } from '../../../src/modules/builtin/slurp.ts';
import type { ModuleCases } from './module-case.ts';
import { absent, present } from './printed-path.ts';

export const cases: ModuleCases = {
  module: slurp,
  cases: [
    {
      title: 'gives the content as Base64',
      params: { path: '/etc/f' },
      reads: { at: present('/etc/f', { content: 'ü\0' }) },
      expected: 'ok',
      result: { source: '/etc/f', encoding: 'base64', content: 'w7wA' },
    },
    {
      title: 'says that the file is missing',
      params: { src: '/etc/f' },
      reads: { at: absent('/etc/f', '/etc') },
      expected: { error: 'The file /etc/f does not exist on the host.' },
    },
    {
      title: 'says that it is a directory',
      params: { src: '/etc' },
      reads: { at: present('/etc', { kind: 'directory' }) },
      expected: { error: 'The path /etc is a directory on the host, not a file.' },
    },
  ],
};
