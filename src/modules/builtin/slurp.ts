import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { pathState } from '../../facts/path-state.ts';
import { editableText } from '../edit-file.ts';
import { hostPath, withAliases } from '../params.ts';
import { missingFile } from '../problems.ts';

const params = withAliases(z.strictObject({ src: hostPath.describe('The file, of 1 MiB at most.') }), {
  src: ['path'],
});

export const slurp = defineModule({
  name: 'slurp',
  summary: 'Read a file of the host as Base64.',
  params,
  examples: [{ title: 'Register the keys of a host', params: { src: '/etc/ssh/ssh_host_ed25519_key.pub' } }],
  reads: (params) => ({ at: pathState(params.src, { content: true }) }),
  effect: 'none',
  check: (_params, { at }) => {
    if (editableText(at) === null)
      throw missingFile(at.path, 'Correct the path, or create the file in an earlier task.');
    return null;
  },
  apply: () => ({ text: ':' }),
  noUndo: 'It changes nothing.',
  result: (_params, { values: { at } }) => ({
    source: at.path,
    encoding: 'base64',
    content: btoa(editableText(at) ?? ''),
  }),
});
