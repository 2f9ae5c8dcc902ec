import { randomBytes } from 'node:crypto';
import type { Privilege } from '../core/connection.ts';
import { quote, quoteWords } from './sh.ts';

/** One user change on the way to the session's user. */
export interface Hop {
  readonly privilege: Privilege;
  /** Printed on standard error before it begins, by the shell that begins it; nobody else knows it. */
  readonly sign: string;
  /** Where in what standard error said since then the question for a password ends; -1 while it was not asked. */
  readonly promptEnd: (said: string) => number;
}

export interface PrivilegedCommand {
  /** Shell text for a bare `sh`. */
  readonly command: string;
  /** From the outermost user change to the innermost. */
  readonly hops: readonly Hop[];
}

/**
 * Chains user changes in front of a command: the first is done by the login user, the last runs the command. `onTerminal`: for hosts whose
 * sudo insists on one (`requiretty`).
 */
export function privilegedCommand(
  privileges: readonly Privilege[],
  command: string,
  onTerminal = false,
): PrivilegedCommand {
  const steps = privileges.map((privilege) => ({
    sign: `hostwright-${randomBytes(8).toString('hex')}`,
    ...METHODS[privilege.method](privilege, onTerminal),
  }));
  return {
    command: steps.reduceRight((inner, { sign, wrap }) => announce(sign) + wrap(inner), command),
    hops: steps.map(({ sign, promptEnd }, index) => ({
      privilege: privileges[index] as Privilege,
      sign: `${sign}\n`,
      promptEnd,
    })),
  };
}

/** Prints a word that does not stand in the line that prints it: a terminal that echoes the line does not count. */
function announce(sign: string): string {
  return `printf '%s%s\\n' ${sign.slice(0, 15)} ${sign.slice(15)} >&2; `;
}

interface Step {
  readonly wrap: (inner: string) => string;
  readonly promptEnd: Hop['promptEnd'];
}

const METHODS: Readonly<Record<Privilege['method'], (privilege: Privilege, onTerminal: boolean) => Step>> = {
  sudo,
  su,
  doas,
  runuser,
};

const noPrompt = () => -1;

/**
 * The colon may be the full-width one of East Asian languages; what was said is one byte per character here.
 * `su:` and `doas:` begin a complaint, which may arrive in pieces.
 */
function asksAtEnd(said: string): number {
  return /(^|[\r\n])(?!su:|doas:)[^\r\n]*(:|\xef\xbc\x9a)\s*$/.test(said) ? said.length : -1;
}

/**
 * Runs a command of ours with a terminal of its own that nobody looks at: script(1) makes one, and hands its own input to whoever asks
 * there. The command's streams stay the session's, byte for byte. `input`: what goes to the terminal.
 */
function withTerminal(command: string, input = '</dev/null'): string {
  const missing = "'there is no script(1) on this host, which could give it a terminal: it must have a tty'";
  const inside = quote(`${command} <&3 >&4 2>&5 3<&- 4>&- 5>&-`);
  const run = `SHELL=/bin/sh script -qc ${inside} /dev/null >&5 2>&5`;
  return (
    `{ command -v script >/dev/null 2>&1 || { printf '%s\\n' ${missing} >&2; exit 1; }; ` +
    `exec 3<&0 4>&1 5>&2; ${input.startsWith('<') ? `${run} ${input}` : `${input} | ${run}`}; exit; }`
  );
}

/** Takes the locale back that was changed for a question alone. */
const RESTORE_LOCALE = 'if [ "$1" ]; then LC_ALL=$2; export LC_ALL; else unset LC_ALL; fi\n';
const LOCALE = `sh "\${LC_ALL+set}" "\${LC_ALL-}"`;

/**
 * With a password: `-S` and a prompt that nobody else can print, so that the password is written only when sudo asks for it (with
 * NOPASSWD it would be read by the command). Without: `-n`, so that it fails instead of asking.
 * The C locale is for sudo alone: its own prompt replaces PAM's only where PAM asks in the words that sudo knows.
 */
function sudo(privilege: Privilege, onTerminal: boolean): Step {
  const prompt = `[hostwright-${randomBytes(8).toString('hex')}] password: `;
  const ask = privilege.password ? ['-S', '-p', prompt] : ['-n'];
  const words = ['sudo', '-H', ...ask, ...(privilege.flags ?? []), '-u', privilege.user, '--', 'sh', '-c'];
  return {
    wrap: (inner) => {
      const command = `exec env LC_ALL=C ${quoteWords(words)} ${quote(RESTORE_LOCALE + inner)} ${LOCALE}`;
      return onTerminal ? withTerminal(command) : command;
    },
    promptEnd: (said) => {
      const at = said.indexOf(prompt);
      return at < 0 ? -1 : at + prompt.length;
    },
  };
}

/** `su` words its own question, in the language of the host: it ends, without a newline, in a colon. */
function su(privilege: Privilege): Step {
  const words = ['su', '-s', '/bin/sh', ...(privilege.flags ?? []), privilege.user, '-c'];
  return {
    wrap: (inner) => `exec ${quoteWords(words)} ${quote(inner)}`,
    promptEnd: asksAtEnd,
  };
}

/**
 * doas reads passwords from a terminal alone, so it gets one where it asks, and only there: whether it will ask it says itself (`-n`), which
 * is no failed login. The password is read from the session when it is asked for, by a shell that writes it to the terminal.
 */
function doas(privilege: Privilege): Step {
  const words = [...(privilege.flags ?? []), '-u', privilege.user, 'sh', '-c'];
  const silent = (inner: string) => `exec ${quoteWords(['doas', '-n', ...words])} ${quote(inner)}`;
  if (!privilege.password) return { wrap: silent, promptEnd: noPrompt };
  const type = '{ IFS= read -r hw_p <&3 && printf \'%s\\n\' "$hw_p"; }';
  return {
    wrap: (inner) =>
      `{ hw_d=$(LC_ALL=C ${quoteWords(['doas', '-n', ...words])} : 2>&1 </dev/null) && ${silent(inner)}; ` +
      'case $hw_d in *uth*required*|*assword*required*) ;; ' +
      '*) printf \'%s\\n\' "$hw_d" >&2; exit 1;; esac; ' +
      `${withTerminal(`exec env LC_ALL=C ${quoteWords(['doas', ...words])} ${quote(RESTORE_LOCALE + inner)} ${LOCALE}`, type)}; }`,
    promptEnd: asksAtEnd,
  };
}

/** For root only, and never asks. */
function runuser(privilege: Privilege): Step {
  const words = ['runuser', ...(privilege.flags ?? []), '-u', privilege.user, '--', 'sh', '-c'];
  return { wrap: (inner) => `exec ${quoteWords(words)} ${quote(inner)}`, promptEnd: noPrompt };
}
