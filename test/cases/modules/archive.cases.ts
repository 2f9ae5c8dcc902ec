import { archive } from '../../../src/modules/builtin/archive.ts';
import type { ModuleCases } from './module-case.ts';

const STAT = '100:81a4:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const at = (exists: boolean) => ({
  stdout: `path=/var/www.gz\0umask=0022\0real=/var/www.gz\0parent=directory\0nearest=/var\0${
    exists ? `stat=${STAT}\0readable=1\0sha256=${'0'.repeat(64)}\0` : ''
  }`,
});
const now = (names: string, more = '', files = 1) => ({
  stdout: `root=/var/\0compressed=0\0files=${files}\0expanded=/var/www\n\0missing=\0names=${names}\0${more}`,
});

export const cases: ModuleCases = {
  module: archive,
  cases: [
    {
      title: 'packs, beside the directory where it is not told where',
      params: { path: '/var/www/' },
      reads: { now: now('www\nwww/a\n'), at: at(false) },
      expected: {
        differences: [{ label: '/var/www.gz', before: null, after: { archived: ['www', 'www/a'] } }],
      },
    },
    {
      title: 'leaves an archive that holds the same',
      params: { path: '/var/www' },
      reads: { now: now('www\nwww/a\n', 'same=1\0'), at: at(true) },
      expected: 'ok',
    },
    {
      title: 'leaves an archive whose files are gone',
      params: { path: '/var/www', remove: true },
      reads: { now: now('', '', 0), at: at(true) },
      expected: 'ok',
    },
    {
      title: 'says that nothing is there',
      params: { path: '/var/www' },
      reads: { now: now(''), at: at(false) },
      expected: { error: 'Nothing is at /var/www on the host, so there is nothing to archive.' },
    },
    {
      title: 'must be told where many go',
      params: { path: '/var/log/*.1' },
      expected: { invalid: 'dest: is required for more than one path' },
    },
  ],
};
