import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { type PathState, pathState } from '../../facts/path-state.ts';
import { userAccount } from '../../facts/user-account.ts';
import { editKeys, keyLines } from '../authorized-keys.ts';
import { planEdit } from '../edit-file.ts';
import { applyFileSet, type FileSet, undoFileSet } from '../file-set.ts';
import { flag, hostPath } from '../params.ts';
import { accountName } from '../system-params.ts';
import { unknownUser } from '../system-problems.ts';

const params = z.strictObject({
  user: accountName.describe('Whose login the keys open.'),
  key: z
    .string()
    .refine((value) => keyLines(value).every((line) => line.key !== undefined), {
      error: 'must be public keys as ssh-keygen writes them, one on each line',
    })
    .describe('Public keys, one on each line; options before a key are kept.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether they shall open it.'),
  path: hostPath.optional().describe('The file. Default: .ssh/authorized_keys in the home directory.'),
  manage_dir: flag.default(true).describe('Make the directory where it is missing, closed to others.'),
  exclusive: flag.default(false).describe('Remove all keys that are not given here.'),
  key_options: z
    .string()
    .regex(/^[^\r\n]*$/, { error: 'must be one line' })
    .optional()
    .describe('Options for every key, as in sshd(8): from="192.0.2.0/24",no-pty.'),
  comment: z
    .string()
    .regex(/^[^\r\n]*$/, { error: 'must be one line' })
    .optional()
    .describe('Comment in place of the one that stands after the key.'),
});

type Params = z.output<typeof params>;

export const authorizedKey = defineModule({
  name: 'authorized_key',
  summary: 'Say which SSH keys open the login of a user.',
  params,
  examples: [
    {
      title: 'A key',
      params: {
        user: 'anna',
        key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDummyKeyForTheDocumentationOnly0000000000000 anna',
      },
    },
  ],
  reads: (values) => ({ account: userAccount(values.user) }),
  moreReads: (values, { account }): Readonly<Record<string, HostRead<PathState>>> =>
    account ? { file: fileState(values, account.home, account.uid, account.gid) } : {},
  check: (values, { account, ...rest }, view) => {
    if (!account) {
      if (!view.pendingChanges || values.state === 'absent') throw unknownUser(values.user);
      const difference = { label: `keys of ${values.user}`, before: null, after: values.key };
      return {
        differences: [difference],
        data: null,
        warnings: [`The user ${values.user} is not there yet.`],
      };
    }
    const file = (rest as unknown as { file: PathState }).file;
    if (!file.exists && values.state === 'absent') return null;
    const owner = String(account.uid);
    const edit = { path: file.path, create: values.state === 'present', owner, group: String(account.gid) };
    const settings = {
      ...edit,
      backup: false,
      unsafe_writes: false,
      ...(file.exists ? {} : { mode: '0600' }),
    };
    const change = planEdit(settings, file, (text) => editKeys(text, values), view);
    if (!change) return null;
    const directorySettings = { uid: account.uid, gid: account.gid, mode: 0o700 };
    const directories = values.manage_dir ? change.data.directories : [];
    const data: FileSet | null = { ...change.data, directories, directorySettings };
    return { ...change, data };
  },
  apply: ({ data }) => applyFileSet(data as FileSet),
  undo: ({ data }) => undoFileSet(data as FileSet),
  noUndo: 'the file that was changed is too large to be kept',
  result: (values, { values: { account } }) => ({
    user: values.user,
    state: values.state,
    exclusive: values.exclusive,
    keyfile: values.path ?? (account ? `${account.home}/.ssh/authorized_keys` : undefined),
  }),
});

/** sshd refuses a file that others may write, and reads it as the user: it must belong to that user. */
function fileState(values: Params, home: string, uid: number, gid: number) {
  const path = values.path ?? `${home}/.ssh/authorized_keys`;
  return pathState(path, { content: true, sha256: true, owner: String(uid), group: String(gid) });
}
