import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { flag, hostPath, localPath } from '../params.ts';

export const fetch = defineAction({
  name: 'fetch',
  summary: 'Copy a file of the host to this machine.',
  params: z.strictObject({
    src: hostPath.describe('File on the host. Directories cannot be fetched.'),
    dest: localPath.describe(
      "Directory here: the file goes to DEST/HOST/PATH, with flat to DEST itself. Relative paths begin at the playbook's directory.",
    ),
    flat: flag
      .default(false)
      .describe(
        'Write to DEST itself (DEST/NAME where it ends in /), whatever the host; hosts may overwrite each other.',
      ),
    fail_on_missing: flag
      .default(true)
      .describe('False: a file that is missing, closed or a directory leaves the task ok.'),
    validate_checksum: flag
      .default(true)
      .describe('Compare the SHA-256 of what arrived with that on the host.'),
  }),
  examples: [
    {
      title: 'A log of each host: logs/HOST/var/log/app.log',
      params: { src: '/var/log/app.log', dest: 'logs/' },
    },
    { title: 'One file, by its name', params: { src: '/root/join-token', dest: 'token', flat: true } },
  ],
  run: (params, view) => ({
    result: {},
    requests: [
      {
        do: 'fetch',
        src: params.src,
        dest: params.dest,
        flat: params.flat,
        failOnMissing: params.fail_on_missing,
        validate: params.validate_checksum,
        dryRun: view.checkMode,
      },
    ],
  }),
});
