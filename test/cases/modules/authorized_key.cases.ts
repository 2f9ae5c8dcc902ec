import { authorizedKey } from '../../../src/modules/system/authorized_key.ts';
import type { ModuleCases } from './module-case.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA anna@desk';
const OTHER = 'no-pty,from="192.0.2.0/24 x" ssh-rsa AAAAB3NzaC1yc2EAAAA= other';

const STAT = '100:8180:1000:1000:1:1:1:8:512:0:0:0:0:0:anna:anna';
const account = {
  stdout: 'passwd=anna:x:1000:1000::/home/anna:/bin/sh\0primary=anna:x:1000:\0groups=anna\0shadow=\0home=1\0',
};
const file = (content: string | null) => ({
  stdout: `path=/home/anna/.ssh/authorized_keys\0umask=0022\0real=/home/anna/.ssh/authorized_keys\0${
    content === null
      ? 'nearest=/home/anna\0'
      : `parent=directory\0nearest=/home/anna/.ssh\0stat=${STAT}\0readable=1\0sha256=${'0'.repeat(64)}\0content=${content}`
  }`,
});
const label = '/home/anna/.ssh/authorized_keys';

export const cases: ModuleCases = {
  module: authorizedKey,
  cases: [
    {
      title: 'leaves a key that is there, whatever its options are',
      params: { user: 'anna', key: 'ssh-rsa AAAAB3NzaC1yc2EAAAA=' },
      reads: { account, file: file(`# keys\n${OTHER}\n`) },
      expected: 'ok',
    },
    {
      title: 'adds one',
      params: { user: 'anna', key: `${KEY}\n` },
      reads: { account, file: file(`# keys\n${OTHER}`) },
      expected: { differences: [{ label, before: `# keys\n${OTHER}`, after: `# keys\n${OTHER}\n${KEY}\n` }] },
    },
    {
      title: 'changes options and comment',
      params: { user: 'anna', key: KEY, key_options: 'no-pty', comment: 'the desk' },
      reads: { account, file: file(`${KEY}\n`) },
      expected: {
        differences: [
          { label, before: `${KEY}\n`, after: 'no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA the desk\n' },
        ],
      },
    },
    {
      title: 'removes all others, but no comment',
      params: { user: 'anna', key: KEY, exclusive: true },
      reads: { account, file: file(`# keys\n${OTHER}\n${KEY}\n`) },
      expected: { differences: [{ label, before: `# keys\n${OTHER}\n${KEY}\n`, after: `# keys\n${KEY}\n` }] },
    },
    {
      title: 'removes one',
      params: { user: 'anna', key: KEY, state: 'absent' },
      reads: { account, file: file(`${OTHER}\n${KEY}\n`) },
      expected: { differences: [{ label, before: `${OTHER}\n${KEY}\n`, after: `${OTHER}\n` }] },
    },
    {
      title: 'makes file and directory',
      params: { user: 'anna', key: KEY },
      reads: { account, file: file(null) },
      expected: {
        differences: [
          { label: '/home/anna/.ssh', before: null, after: { state: 'directory' } },
          { label, before: null, after: `${KEY}\n` },
          {
            label: `attributes of ${label}`,
            before: null,
            after: { mode: '0600', owner: '1000', group: '1000' },
          },
        ],
      },
    },
    {
      title: 'names a user who is not there',
      params: { user: 'anna', key: KEY },
      reads: { account: { stdout: 'passwd=\0' } },
      expected: { error: 'The host has no user anna.' },
    },
    {
      title: 'refuses what is no key',
      params: { user: 'anna', key: 'https://keys.example.net/anna' },
      expected: { invalid: 'key: must be public keys as ssh-keygen writes them, one on each line' },
    },
  ],
};
