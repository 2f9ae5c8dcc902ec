import type { HostRead } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import { noProgram, unexpectedOutput } from './problems.ts';

/** The crontab of a user: its text, one character for each byte; null where the user has none. */
export type Crontab = string | null;

/** `user` undefined: the user that the task works as. */
export function crontab(user: string | undefined): HostRead<Crontab> {
  return {
    kind: 'host',
    name: `crontab of ${user ?? 'the user'}`,
    subject: `crontab:${user ?? ''}`,
    script: sh`
      LC_ALL=C; export LC_ALL
      command -v crontab >/dev/null || { echo missing; exit 0; }
      echo text
      crontab ${user === undefined ? [] : ['-u', user]} -l
    `,
    parse: (output) => {
      // Latin-1: nothing is lost whatever the encoding.
      const text = new TextDecoder('latin1').decode(output.stdout);
      if (text === 'missing\n')
        throw noProgram('crontab', 'Install it in an earlier task (package cron or cronie).');
      if (output.rc === 0) return text.slice('text\n'.length);
      const said = new TextDecoder().decode(output.stderr);
      // The wording of cron and cronie, and of busybox.
      if (/no crontab for|No such file or directory/.test(said)) return null;
      throw unexpectedOutput(`the crontab of ${user ?? 'the user'}`, output);
    },
  };
}
