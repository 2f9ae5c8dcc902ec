import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { pathWord } from '../../facts/host-path.ts';
import { parseRecords } from '../../facts/records.ts';
import { raw, sh } from '../../shell/sh.ts';
import { hostPath, text, withAliases } from '../params.ts';

const namePart = text.refine((value) => !value.includes('/') && !value.includes('\0'), {
  error: 'must be a part of a name, without /',
});

const params = withAliases(
  z.strictObject({
    state: z.enum(['file', 'directory']).default('file').describe('What is made.'),
    path: hostPath
      .optional()
      .describe("Where it is made. Default: the host's directory for temporary files."),
    prefix: namePart.default('ansible.').describe('How its name begins.'),
    suffix: namePart.default('').describe('How its name ends.'),
  }),
  { path: ['dest'] },
);

export const tempfile = defineModule({
  name: 'tempfile',
  summary: 'Make a temporary file or directory that only its owner may enter.',
  params,
  examples: [{ title: 'A directory to work in', params: { state: 'directory', suffix: '.build' } }],
  converges: false,
  check: (params) => ({
    differences: [
      {
        label: `${params.path ?? 'temporary directory'}/${params.prefix}…${params.suffix}`,
        before: null,
        after: { state: params.state },
      },
    ],
    data: null,
  }),
  apply: (_change, params) => {
    const directory = params.path === undefined ? raw('$' + '{TMPDIR:-/tmp}') : pathWord(params.path);
    const make = raw(
      params.state === 'directory' ? 'mkdir -m 0700 -- "$path"' : '(umask 077; set -C; : > "$path")',
    );
    // The name is only drawn by mktemp, since busybox knows no suffix; making it fails where it is there already.
    return sh`
      directory=${directory}
      path=$(mktemp -u -- "$directory/"${params.prefix}XXXXXXXXXX)${params.suffix} || exit 1
      ${make} || exit 1
      printf 'path=%s\0' "$path"
    `;
  },
  noUndo: 'Its name is drawn on the host; remove it with the module file (state: absent).',
  result: (params, { output }) => {
    const path = output ? parseRecords(output.stdout.bytes).text('path') : undefined;
    return { state: params.state, ...(path === undefined ? {} : { path }) };
  },
});
