import { file } from '../../../src/modules/builtin/file.ts';
import type { ModuleCases } from './module-case.ts';
import { absent, present } from './printed-path.ts';

export const cases: ModuleCases = {
  module: file,
  cases: [
    {
      title: 'has nothing to do where the directory is as asked',
      params: { path: '/srv/vm', state: 'directory', owner: 'root', mode: '0750' },
      reads: { at: present('/srv/vm', { kind: 'directory', mode: 0o750, more: ['wanted-uid=0'] }) },
      expected: 'ok',
      result: {
        path: '/srv/vm',
        mode: '0750',
        uid: 0,
        gid: 0,
        owner: 'root',
        group: 'root',
        size: 0,
        state: 'directory',
      },
    },
    {
      title: 'sets only what differs, ownership first',
      params: { path: '/srv/vm', owner: 'qemu', group: 'root', mode: 'g+w' },
      reads: {
        at: present('/srv/vm', { kind: 'directory', mode: 0o750, more: ['wanted-uid=107', 'wanted-gid=0'] }),
      },
      expected: {
        differences: [
          {
            label: 'attributes of /srv/vm',
            before: { mode: '0750', owner: 'root' },
            after: { mode: '0770', owner: 'qemu' },
          },
        ],
        warnings: [],
        undo: '{\nchown  -- 0 /srv/vm &&\nchmod -- 00750 /srv/vm\n}',
        proof: {
          reads: {
            at: present('/srv/vm', {
              kind: 'directory',
              mode: 0o770,
              owner: [107, 'qemu'],
              more: ['wanted-uid=107', 'wanted-gid=0'],
            }),
          },
          left: [],
        },
      },
    },
    {
      title: 'foresees a directory and those above it',
      params: { path: '/srv/a/b', state: 'directory', mode: '0755' },
      reads: { at: absent('/srv/a/b', '/srv') },
      checkMode: true,
      expected: {
        differences: [
          { label: '/srv/a', before: null, after: { state: 'directory' } },
          { label: '/srv/a/b', before: null, after: { state: 'directory' } },
          { label: 'attributes of /srv/a/b', before: null, after: { mode: '0755' } },
        ],
        warnings: [],
        undo: 'rmdir -- /srv/a/b /srv/a',
      },
      result: { path: '/srv/a/b', state: 'directory' },
    },
    {
      title: 'refuses an owner that the host does not know',
      params: { path: '/srv', owner: 'qemu' },
      reads: { at: present('/srv', { kind: 'directory', more: ['wanted-uid='] }) },
      checkMode: true,
      expected: { error: 'The user "qemu" that /srv shall belong to does not exist on the host.' },
    },
    {
      title: 'foresees an owner that an earlier task may create',
      params: { path: '/srv', owner: 'qemu' },
      reads: { at: present('/srv', { kind: 'directory', more: ['wanted-uid='] }) },
      checkMode: true,
      pendingChanges: true,
      expected: {
        differences: [{ label: 'attributes of /srv', before: { owner: 'root' }, after: { owner: 'qemu' } }],
        warnings: ['The user "qemu" does not exist on the host yet; an earlier task must create it.'],
      },
    },
    {
      title: 'refuses a mode that lost its zero',
      params: { path: '/srv', mode: 755 },
      expected: {
        invalid:
          "mode: is the number 755, which loses its leading zero and may be read as decimal; write it as a string: mode: '0755'",
      },
    },
    {
      title: 'refuses a source without a link',
      params: { path: '/srv', src: '/x' },
      expected: { invalid: 'src: needs state: link or hard' },
    },
  ],
};
