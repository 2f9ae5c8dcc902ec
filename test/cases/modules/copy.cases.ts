import { copy } from '../../../src/modules/builtin/copy.ts';
import type { ModuleCases } from './module-case.ts';
import { absent, present } from './printed-path.ts';

const SHA256_OF_NEW = '7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c';

export const cases: ModuleCases = {
  module: copy,
  cases: [
    {
      title: 'has nothing to do where the content is right',
      params: { content: 'new\n', dest: '/etc/motd', mode: '0644' },
      reads: { at: present('/etc/motd', { content: 'new\n' }) },
      expected: 'ok',
      result: {
        dest: '/etc/motd',
        mode: '0644',
        uid: 0,
        gid: 0,
        owner: 'root',
        group: 'root',
        size: 4,
        state: 'file',
        checksum: SHA256_OF_NEW,
      },
    },
    {
      title: 'shows old and new text',
      params: { content: 'new\n', dest: '/etc/motd', mode: '0600' },
      reads: { at: present('/etc/motd', { content: 'old\n' }) },
      expected: {
        differences: [
          { label: '/etc/motd', before: 'old\n', after: 'new\n' },
          { label: 'attributes of /etc/motd', before: { mode: '0644' }, after: { mode: '0600' } },
        ],
        warnings: [],
      },
    },
    {
      title: 'takes a new file back by removing it',
      params: { content: 'new\n', dest: '/etc/motd' },
      reads: { at: absent('/etc/motd', '/etc') },
      expected: {
        differences: [{ label: '/etc/motd', before: null, after: 'new\n' }],
        warnings: [],
        undo: '{\nrm -f -- /etc/motd\n} || exit $?',
      },
    },
    {
      title: 'describes bytes that are no text',
      params: { content: 'new\n', dest: '/etc/x' },
      reads: { at: present('/etc/x', { content: 'a\0b' }) },
      expected: {
        differences: [
          {
            label: '/etc/x',
            before: { size: 3, sha256: '59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138' },
            after: 'new\n',
          },
        ],
        warnings: [],
      },
    },
    {
      title: 'says that the directory is missing',
      params: { content: 'x', dest: '/no/such/file' },
      reads: { at: absent('/no/such/file', '/') },
      expected: { error: 'The directory of /no/such/file does not exist on the host.' },
    },
    {
      title: 'needs a source',
      params: { dest: '/etc/motd' },
      expected: { invalid: 'src: or content must be given, and not both' },
    },
    {
      title: 'needs %s in validate',
      params: { content: 'x', dest: '/etc/sudoers', validate: 'visudo -c' },
      expected: { invalid: 'validate: must contain %s, which stands for the new file: visudo -cf %s' },
    },
  ],
};
