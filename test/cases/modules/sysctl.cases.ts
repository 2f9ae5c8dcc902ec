import { sysctl } from '../../../src/modules/system/sysctl.ts';
import type { ModuleCases } from './module-case.ts';

const STAT = '100:81a4:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const file = (content: string | null) => ({
  stdout: `path=/etc/sysctl.conf\0umask=0022\0real=/etc/sysctl.conf\0parent=directory\0nearest=/etc\0${
    content === null ? '' : `stat=${STAT}\0readable=1\0sha256=${'0'.repeat(64)}\0content=${content}`
  }`,
});
const params = { name: 'net.ipv4.ip_forward', value: 1 };

export const cases: ModuleCases = {
  module: sysctl,
  cases: [
    {
      title: 'leaves alone what is so, however it is written',
      params: { key: 'net/ipv4/tcp_rmem', val: '4096 131072  6291456' },
      reads: {
        running: { stdout: '+4096\t131072\t6291456\n' },
        file: file('# mine\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n'),
      },
      expected: 'ok',
    },
    {
      title: 'replaces the last line, removes the others, and sets it now',
      params,
      reads: {
        running: { stdout: '+0\n' },
        file: file('net.ipv4.ip_forward = 0\n#net.ipv4.ip_forward=1\nnet/ipv4/ip_forward=0\nx=1\n'),
      },
      expected: {
        differences: [
          {
            label: '/etc/sysctl.conf',
            before: 'net.ipv4.ip_forward = 0\n#net.ipv4.ip_forward=1\nnet/ipv4/ip_forward=0\nx=1\n',
            after: '#net.ipv4.ip_forward=1\nnet.ipv4.ip_forward=1\nx=1\n',
          },
          { label: 'running net.ipv4.ip_forward', before: '0', after: '1' },
        ],
      },
    },
    {
      title: 'mends what runs otherwise than the file says',
      params,
      reads: { running: { stdout: '+0\n' }, file: file('net.ipv4.ip_forward=1\n') },
      expected: {
        differences: [{ label: 'running net.ipv4.ip_forward', before: '0', after: '1' }],
        apply: "{\nprintf '%s\\n' 1 > /proc/sys/net/ipv4/ip_forward\n} || exit $?",
        undo: "{\nprintf '%s\\n' 0 > /proc/sys/net/ipv4/ip_forward\n} || exit $?",
        proof: { reads: { running: { stdout: '+1\n' }, file: file('net.ipv4.ip_forward=1\n') }, left: [] },
      },
    },
    {
      title: 'takes it out of the file and leaves the kernel',
      params: { name: 'x', state: 'absent' },
      reads: { running: { stdout: '' }, file: file('x = 5\ny=1\n') },
      expected: { differences: [{ label: '/etc/sysctl.conf', before: 'x = 5\ny=1\n', after: 'y=1\n' }] },
    },
    {
      title: 'names a parameter that the kernel has not',
      params: { name: 'net.ipv4.conf.eth0/100.forwarding', value: 1 },
      reads: { running: { stdout: '' }, file: file(null) },
      expected: {
        error:
          'The kernel of the host has no parameter net.ipv4.conf.eth0/100.forwarding (/proc/sys/net/ipv4/conf/eth0.100/forwarding).',
      },
    },
    {
      title: 'refuses names that lead elsewhere',
      params: { name: 'net/../../etc', value: 1 },
      expected: { invalid: 'name: must be the name of a kernel parameter' },
    },
    {
      title: 'needs a value',
      params: { name: 'x' },
      expected: { invalid: 'value: is required with state: present' },
    },
  ],
};
