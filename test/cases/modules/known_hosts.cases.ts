import { knownHosts } from '../../../src/modules/system/known_hosts.ts';
import type { ModuleCases } from './module-case.ts';

const path = '/etc/ssh/ssh_known_hosts';
const STAT = '100:8180:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const at = (content: string | null) => ({
  at: {
    stdout: `path=${path}\0umask=0022\0real=${path}\0parent=directory\0nearest=/etc/ssh\0${
      content === null ? '' : `stat=${STAT}\0readable=1\0sha256=${'0'.repeat(64)}\0content=${content}`
    }`,
  },
});
const ED = 'git.example.net ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA';
const OLD = 'git.example.net,192.0.2.7 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBB';
const RSA = 'git.example.net ssh-rsa AAAAB3NzaC1yc2EAAAA=';
const OTHER = '# keys\nbuild ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICCC';
// As ssh-keygen -H wrote it for example.com.
const HASHED = '|1|/90CvSG7UZlXpDVDZSx4Fs+iMGs=|0ifiqPu5LaNbb0sAYFo73dT+Eug=';

export const cases: ModuleCases = {
  module: knownHosts,
  cases: [
    {
      title: 'leaves a key that is known',
      params: { name: 'git.example.net', key: `${ED}\n`, path },
      reads: at(`${OTHER}\n${ED} comment\n`),
      expected: 'ok',
    },
    {
      title: 'takes a new key in place of the old one of its type, and of no other',
      params: { name: 'git.example.net', key: ED, path },
      reads: at(`${OLD}\n${RSA}\n${OTHER}\n`),
      expected: {
        differences: [
          { label: path, before: `${OLD}\n${RSA}\n${OTHER}\n`, after: `${RSA}\n${OTHER}\n${ED}\n` },
        ],
      },
    },
    {
      title: 'makes the file',
      params: { host: 'git.example.net', key: ED, path },
      reads: at(null),
      expected: { differences: [{ label: path, before: null, after: `${ED}\n` }] },
    },
    {
      title: 'knows hashed names',
      params: { name: 'example.com', state: 'absent', path },
      reads: at(`${HASHED} ssh-ed25519 AAAA\n${OTHER}\n`),
      expected: {
        differences: [{ label: path, before: `${HASHED} ssh-ed25519 AAAA\n${OTHER}\n`, after: `${OTHER}\n` }],
      },
    },
    {
      title: 'removes all keys of a host',
      params: { name: 'git.example.net', state: 'absent', path },
      reads: at(`${OLD}\n${RSA}\n${OTHER}\n`),
      expected: {
        differences: [{ label: path, before: `${OLD}\n${RSA}\n${OTHER}\n`, after: `${OTHER}\n` }],
      },
    },
    {
      title: 'removes one key',
      params: { name: 'git.example.net', key: RSA, state: 'absent', path },
      reads: at(`${ED}\n${RSA}\n`),
      expected: { differences: [{ label: path, before: `${ED}\n${RSA}\n`, after: `${ED}\n` }] },
    },
    {
      title: 'has nothing to remove where there is no file',
      params: { name: 'git.example.net', state: 'absent', path },
      reads: at(null),
      expected: 'ok',
    },
    {
      title: 'refuses a key of another host',
      params: { name: 'other', key: ED, path },
      expected: { invalid: 'key: is not about other: the line must begin with the name' },
    },
  ],
};
