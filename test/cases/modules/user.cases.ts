import { user } from '../../../src/modules/system/user.ts';
import type { ModuleCases } from './module-case.ts';

const HASH = '$6$salt$0123456789';

interface Entry {
  readonly passwd?: string;
  readonly groups?: string;
  readonly hash?: string;
  readonly home?: boolean;
  readonly key?: string;
}

const now = ({
  passwd = 'anna:x:1000:1000:Anna:/home/anna:/bin/bash',
  groups = 'anna kvm',
  hash = HASH,
  home = true,
  key,
}: Entry) => ({
  now: {
    stdout: `passwd=${passwd}\0primary=anna:x:1000:\0groups=${groups}\0shadow=anna:${hash}:19000:0:99999:7:::\0${home ? 'home=1\0' : ''}${key === undefined ? '' : `key=${key}\0`}`,
  },
});

const step = (words: string) => `{\n${words}\n} || exit $?`;

export const cases: ModuleCases = {
  module: user,
  cases: [
    {
      title: 'leaves a user alone who is as wanted, groups in any order',
      params: { name: 'anna', shell: '/bin/bash', groups: ['libvirt', 'kvm'], password: HASH, group: 1000 },
      reads: now({ groups: 'anna kvm libvirt' }),
      expected: 'ok',
    },
    {
      title: 'makes one, the hash by standard input',
      params: {
        name: 'anna',
        comment: 'Anna of the office',
        groups: ['kvm', 'libvirt'],
        password: HASH,
        uid: 1001,
      },
      reads: { now: { stdout: 'passwd=\0' } },
      expected: {
        differences: [
          {
            label: 'user anna',
            before: null,
            after: { uid: 1001, groups: ['kvm', 'libvirt'], comment: 'Anna of the office' },
          },
        ],
        apply: `${step('set --\nif grep -q ^anna: /etc/group; then set -- -g anna; fi\nuseradd "$@" -u 1001 -c \'Anna of the office\' -G kvm,libvirt -m anna'.replace('^anna:', "'^anna:'"))}\n${step('chpasswd -e')}`,
        undo: 'userdel -r anna 2>&1',
        proof: {
          reads: now({
            passwd: 'anna:x:1001:1000:Anna of the office:/home/anna:/bin/sh',
            groups: 'anna kvm libvirt',
          }),
          left: [],
        },
      },
    },
    {
      title: 'makes a key and sets how long a password holds',
      params: {
        name: 'anna',
        generate_ssh_key: true,
        ssh_key_type: 'ed25519',
        password_expire_max: 90,
        password_expire_warn: 7,
      },
      reads: now({}),
      expected: {
        differences: [
          { label: 'password_expire_max of user anna', before: '99999', after: '90' },
          { label: 'key of user anna', before: null, after: '.ssh/id_ed25519' },
        ],
      },
    },
    {
      title: 'leaves a key that is there, and tells it',
      params: { name: 'anna', generate_ssh_key: true, ssh_key_bits: 4096 },
      reads: now({ key: 'ssh-rsa AAAA anna@kvm1' }),
      expected: 'ok',
    },
    {
      title: 'adds groups to those there are',
      params: { name: 'anna', groups: ['libvirt'], append: true },
      reads: now({}),
      expected: {
        differences: [{ label: 'groups of user anna', before: 'kvm', after: 'kvm,libvirt' }],
        apply: step('usermod -G kvm,libvirt anna'),
        undo: step("usermod -o -u 1000 -g 1000 -c Anna -d /home/anna  -s /bin/bash -e '' -G kvm anna"),
      },
    },
    {
      title: 'leaves all other groups without append',
      params: { name: 'anna', groups: [] },
      reads: now({}),
      expected: {
        differences: [{ label: 'groups of user anna', before: 'kvm', after: '' }],
        apply: step("usermod -G '' anna"),
      },
    },
    {
      title: 'shows no hash',
      params: { name: 'anna', password: '$6$other$xyz' },
      reads: now({}),
      expected: {
        differences: [
          { label: 'password of user anna', before: '(a password)', after: '(another password)' },
        ],
        apply: step('chpasswd -e'),
      },
    },
    {
      title: 'leaves the password of a user that is there where told, and takes a locked one for the same',
      params: { name: 'anna', password: '$6$other$xyz', update_password: 'on_create' },
      reads: now({}),
      expected: 'ok',
    },
    {
      title: 'locks',
      params: { name: 'anna', password: HASH, password_lock: true },
      reads: now({}),
      expected: {
        differences: [{ label: 'password of user anna', before: 'not locked', after: 'locked' }],
        apply: step('usermod -L anna'),
        proof: { reads: now({ hash: `!${HASH}` }), left: [] },
      },
    },
    {
      title: 'removes',
      params: { name: 'anna', state: 'absent', remove: true },
      reads: now({}),
      expected: {
        differences: [
          {
            label: 'user anna',
            before: {
              uid: 1000,
              group: 'anna',
              comment: 'Anna',
              home: '/home/anna',
              shell: '/bin/bash',
              groups: ['kvm'],
            },
            after: null,
          },
        ],
        apply: 'userdel -r  anna',
        undo: null,
      },
    },
    {
      title: 'refuses a password that is not hashed',
      params: { name: 'anna', password: 'secret' },
      expected: {
        invalid: 'password: must be a hash as crypt(5) makes it (or * or !), never the password itself',
      },
    },
  ],
};
