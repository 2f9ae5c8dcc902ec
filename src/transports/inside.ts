import type { ConnectionTarget, Transport } from '../core/connection.ts';
import { containerUnreachable } from './problems.ts';
import { outcomeOf, processConnection, startProcess } from './process.ts';

/** A kind of place on this machine, or beside it, that a program leads into. */
export interface Inside {
  readonly name: string;
  /** The argv that goes in front of a program's own. Rejects with a HostwrightError where the place is not there. */
  readonly enter: (target: ConnectionTarget) => Promise<readonly string[]>;
  /** Who may enter, for the hint when nobody gets in. */
  readonly hint: string;
}

/**
 * A transport that is one argv in front of every program. The first program shows whether one gets in; what it says when one does not is
 * the message.
 */
export function insideTransport({ name, enter, hint }: Inside): Transport {
  return {
    name,
    open: async (target) => {
      const words = await enter(target);
      const start = (argv: readonly string[]) => startProcess([...words, ...argv]);
      const { end, said } = await outcomeOf(await start(['sh', '-c', 'exit 0']));
      if (end.code !== 0) throw containerUnreachable(target, words.join(' '), said, hint);
      return processConnection(start);
    },
  };
}

/** What the place is called: the variable for it, else the host's address or name. */
export function containerOf(target: ConnectionTarget): string {
  return target.container ?? target.host;
}

/** The user that was asked for; undefined where nobody has said one, and it is the place's own. */
export function userGiven(target: ConnectionTarget): string | undefined {
  return target.sshConfig?.defaulted.includes('user') ? undefined : target.user;
}

/** Programs get no more of this machine's environment than a login would give them. */
export const CLEAN_ENVIRONMENT: readonly string[] = [
  'env',
  '-i',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'USER=root',
  'LOGNAME=root',
  'SHELL=/bin/sh',
];
