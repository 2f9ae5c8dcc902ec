import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { parseRecords } from '../../facts/records.ts';
import { userAccount } from '../../facts/user-account.ts';
import { account, count, flag, hostPath, integer, listOf, text, withAliases } from '../params.ts';
import { accountField, accountName } from '../system-params.ts';
import { keyFileOf } from '../user-key.ts';
import { applyUser, planUser, undoUser } from '../user-plan.ts';

const object = z.strictObject({
  name: accountName.describe('The user.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it shall be there.'),
  uid: count.optional().describe('Its number. Default: the next that is free.'),
  group: account.optional().describe('Its primary group. Default: what the host does for new users.'),
  groups: listOf(z.string())
    .optional()
    .describe('Further groups; without append the user leaves all others.'),
  append: flag.default(false).describe('Add to groups, leave none.'),
  comment: accountField.optional().describe("The user's full name, or what it is for."),
  home: hostPath.optional().describe('Its home directory.'),
  create_home: flag.default(true).describe('Make the home directory where it is missing.'),
  move_home: flag.default(false).describe('Move what is in the old home directory, where home changes.'),
  shell: hostPath.optional().describe('Its login shell.'),
  password: accountField
    .refine((value) => value === '' || /^([!*]|\$|[A-Za-z0-9./]{13}$)/.test(value), {
      error: 'must be a hash as crypt(5) makes it (or * or !), never the password itself',
    })
    .optional()
    .describe('Hash of the password; * for none.'),
  update_password: z
    .enum(['always', 'on_create'])
    .default('always')
    .describe('on_create leaves the password of a user that is there.'),
  password_lock: flag.optional().describe('Lock the password, so that it lets nobody in.'),
  expires: integer.optional().describe('Seconds since 1970 when the account expires; negative: never.'),
  password_expire_min: integer.optional().describe('Days that a password must be kept.'),
  password_expire_max: integer.optional().describe('Days after which a password must be changed.'),
  password_expire_warn: integer.optional().describe('Days of warning before that.'),
  skeleton: hostPath.optional().describe('Directory that a new home begins as. Default: /etc/skel.'),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, { error: 'must be octal digits, such as 0077' })
    .optional()
    .describe('For the permissions of a new home.'),
  generate_ssh_key: flag
    .default(false)
    .describe(
      'Make a key pair where there is none; one that is there stays. Its public key is ssh_public_key.',
    ),
  ssh_key_type: z.enum(['rsa', 'ed25519', 'ecdsa']).default('rsa').describe('What kind of key is made.'),
  ssh_key_bits: count.optional().describe("Its length. Default: ssh-keygen's."),
  ssh_key_file: text
    .optional()
    .describe('Its file, below the home directory or from the root. Default: .ssh/id_TYPE.'),
  ssh_key_comment: text.optional().describe('Its comment. Default: USER@HOST.'),
  system: flag.default(false).describe('Take the number from those of the system, where the user is made.'),
  non_unique: flag.default(false).describe('Allow a number that another user has.'),
  remove: flag.default(false).describe('With absent: remove the home directory and mail too.'),
  force: flag.default(false).describe('With absent: remove it even while it is logged in.'),
});

export const user = defineModule({
  name: 'user',
  summary: 'Make, change and remove users of the host.',
  params: withAliases(object, { name: ['user'], create_home: ['createhome'] }),
  examples: [
    {
      title: 'An operator of guests',
      params: { name: 'anna', groups: ['libvirt', 'kvm'], append: true, shell: '/bin/bash' },
    },
    {
      title: 'A user of the system',
      params: { name: 'collector', system: true, shell: '/usr/sbin/nologin' },
    },
  ],
  reads: (params) => ({ now: userAccount(params.name, keyFileOf(params)) }),
  check: (params, { now }) => planUser(params, now),
  apply: applyUser,
  undo: undoUser,
  noUndo: 'a removed user cannot be brought back with its files',
  result: ({ name, state, ...params }, { values: { now }, output }) => ({
    name,
    state,
    ...(state === 'absent'
      ? { remove: params.remove, force: params.force }
      : {
          uid: params.uid ?? now?.uid,
          group: params.group ?? now?.group,
          comment: params.comment ?? now?.comment,
          home: params.home ?? now?.home,
          shell: params.shell ?? now?.shell,
          ...keyFields(
            keyFileOf({ name, state, ...params }),
            (output && parseRecords(output.stdout.bytes).text('ssh_public_key')) ?? now?.publicKey,
          ),
        }),
  }),
});

function keyFields(file: string | undefined, publicKey: string | null | undefined) {
  return file !== undefined && publicKey ? { ssh_key_file: file, ssh_public_key: publicKey } : {};
}
