import { template } from '../../../src/modules/builtin/template.ts';
import type { ModuleCases } from './module-case.ts';
import { absent, present } from './printed-path.ts';

export const cases: ModuleCases = {
  module: template,
  cases: [
    {
      title: 'has nothing to do where the file is as rendered',
      params: { src: 'motd.hbs', dest: '/etc/motd' },
      reads: { text: 'hello\n', at: present('/etc/motd', { content: 'hello\n' }) },
      expected: 'ok',
    },
    {
      title: 'names the file after the template in a directory',
      params: { src: 'templates/br0.xml.hbs', dest: '/root/', mode: '0600' },
      reads: { text: '<a/>\n', at: absent('/root/br0.xml', '/root') },
      expected: {
        differences: [
          { label: '/root/br0.xml', before: null, after: '<a/>\n' },
          { label: 'attributes of /root/br0.xml', before: null, after: { mode: '0600' } },
        ],
        warnings: [],
      },
      result: {
        dest: '/root/br0.xml',
        state: 'file',
        mode: '0600',
        size: 5,
        checksum: 'a1fd98554152adcab3c8c3f0fc3b01f7d245a5661dc459a61f92ea0a7248ed0f',
      },
    },
    {
      title: 'leaves a file that exists with force: false',
      params: { src: 'motd.hbs', dest: '/etc/motd', force: 'no' },
      reads: { text: 'hello\n', at: present('/etc/motd', { content: 'mine\n' }) },
      expected: 'ok',
    },
    {
      title: 'needs a template',
      params: { dest: '/etc/motd' },
      expected: { invalid: 'src: is required' },
    },
  ],
};
