import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { editedPaths, editedState, editFields, planEdit } from '../edit-file.ts';
import { applyFileSet, undoFileSet } from '../file-set.ts';
import { editKnownHosts, isAbout, parseHostKey } from '../known-hosts-edit.ts';
import { flag, hostPath, withAliases } from '../params.ts';

const params = withAliases(
  z
    .strictObject({
      name: z
        .string()
        .regex(/^[^\s,|#]+$/, {
          error: 'must be one host name or address, [name]:port for another port than 22',
        })
        .describe('The host, as ssh knows it: a name, an address, or [name]:port.'),
      key: z
        .string()
        .refine((value) => parseHostKey(value.trim()) !== undefined && !/[\r\n]/.test(value.trim()), {
          error: 'must be one line as ssh-keyscan prints it: name, type, key',
        })
        .optional()
        .describe(
          'The line with the public key of the host; the name must be in it. With absent: only this key.',
        ),
      path: hostPath.default('~/.ssh/known_hosts').describe('The file.'),
      hash_host: flag
        .default(false)
        .describe('Write the name hashed, so that the file tells nobody where you go.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the key shall be known.'),
    })
    .superRefine((values, context) => {
      const issue = (message: string) => context.addIssue({ code: 'custom', path: ['key'], message });
      if (values.state === 'present' && values.key === undefined) issue('is required with state: present');
      const line = values.key === undefined ? undefined : parseHostKey(values.key.trim());
      if (line && !isAbout(line, values.name))
        issue(`is not about ${values.name}: the line must begin with the name`);
    }),
  { name: ['host'] },
);

type Params = z.output<typeof params>;

export const knownHosts = defineModule({
  name: 'known_hosts',
  summary: 'Say which keys of other hosts ssh on the host knows.',
  params,
  examples: [
    {
      title: 'A key, for all users',
      params: {
        name: 'git.example.net',
        key: 'git.example.net ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDummyKeyForTheDocumentationOnly0000000000000',
        path: '/etc/ssh/ssh_known_hosts',
      },
    },
    { title: 'No key of a host that was installed anew', params: { name: 'build1', state: 'absent' } },
  ],
  reads: (values) => ({ at: editedState(editOf(values)) }),
  check: (values, { at }, view) => {
    if (values.state === 'absent' && !at.exists) return null;
    const { name, state, hash_host: hash } = values;
    const wish = { name, state, hash, key: values.key?.trim() };
    const change = planEdit(editOf(values), at, (text) => editKnownHosts(text, wish), view);
    // A directory that is made for it is .ssh, which is nobody else's business.
    return change && { ...change, data: { ...change.data, directorySettings: { mode: 0o700 } } };
  },
  apply: ({ data }) => applyFileSet(data),
  expected: (change, values, { at }) => editedPaths(change, editOf(values), at),
  undo: ({ data }) => undoFileSet(data),
  noUndo: 'The file that was changed is too large to be kept.',
  result: (values, { values: { at }, change, output }) => ({
    name: values.name,
    key: values.key,
    hash_host: values.hash_host,
    ...editFields(at, change, output),
  }),
});

function editOf({ path, state }: Params) {
  return { path, create: state === 'present', backup: false, unsafe_writes: false };
}
