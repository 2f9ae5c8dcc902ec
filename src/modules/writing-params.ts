import { z } from 'zod';
import { flag } from './params.ts';

/** Files up to this many bytes come with the first read of a task; larger ones are read whole only where their checksum differs. */
export const INLINE_LIMIT = 16 * 1024;

/** Parameters of every module that writes a file whole or edits it. */
export const editing = {
  backup: flag
    .default(false)
    .describe(
      'Keep the old version in the backup area of the host, never beside the file; its path is backup_file.',
    ),
  validate: z
    .string()
    .refine((command) => command.includes('%s'), {
      error: 'must contain %s, which stands for the new file: visudo -cf %s',
    })
    .optional()
    .describe('Command that checks the new file (%s) before it replaces the old one. Run without a shell.'),
  unsafe_writes: flag
    .default(false)
    .describe('Write into the file where replacing it is refused, as for files that are mounted one by one.'),
};

/** The same, for modules that may meet a symbolic link at their destination. */
export const writing = {
  ...editing,
  follow: flag
    .default(true)
    .describe('Write the file that a symbolic link leads to. False: the link itself is replaced.'),
};
