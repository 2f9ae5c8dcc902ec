import { randomBytes } from 'node:crypto';
import type { Privilege } from '../core/connection.ts';
import { becomeUnsupported } from './problems.ts';
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

/** Chains user changes in front of a command: the first is done by the login user, the last runs the command. */
export function privilegedCommand(privileges: readonly Privilege[], command: string): PrivilegedCommand {
  const steps = privileges.map((privilege) => ({
    sign: `hostwright-${randomBytes(8).toString('hex')}`,
    ...METHODS[privilege.method](privilege),
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

const METHODS: Readonly<Record<Privilege['method'], (privilege: Privilege) => Step>> = {
  sudo,
  su,
  doas,
  runuser,
};

const noPrompt = () => -1;

/**
 * With a password: `-S` and a prompt that nobody else can print, so that the password is written only when sudo asks for it (with
 * NOPASSWD it would be read by the command). Without: `-n`, so that it fails instead of asking.
 * The C locale is for sudo alone: its own prompt replaces PAM's only where PAM asks in the words that sudo knows.
 */
function sudo(privilege: Privilege): Step {
  const prompt = `[hostwright-${randomBytes(8).toString('hex')}] password: `;
  const ask = privilege.password ? ['-S', '-p', prompt] : ['-n'];
  const words = ['sudo', '-H', ...ask, ...(privilege.flags ?? []), '-u', privilege.user, '--', 'sh', '-c'];
  const restore = 'if [ "$1" ]; then LC_ALL=$2; export LC_ALL; else unset LC_ALL; fi\n';
  return {
    wrap: (inner) =>
      `exec env LC_ALL=C ${quoteWords(words)} ${quote(restore + inner)} sh "\${LC_ALL+set}" "\${LC_ALL-}"`,
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
    // The colon may be the full-width one of East Asian languages; what was said is one byte per character here.
    // `su:` begins a complaint, which may arrive in pieces.
    promptEnd: (said) => (/(^|\n)(?!su:)[^\n]*(:|\xef\xbc\x9a)\s*$/.test(said) ? said.length : -1),
  };
}

function doas(privilege: Privilege): Step {
  if (privilege.password) {
    throw becomeUnsupported(
      privilege,
      'doas reads a password from a terminal only',
      'Use a `nopass` rule in doas.conf, or sudo.',
    );
  }
  const words = ['doas', '-n', ...(privilege.flags ?? []), '-u', privilege.user, 'sh', '-c'];
  return { wrap: (inner) => `exec ${quoteWords(words)} ${quote(inner)}`, promptEnd: noPrompt };
}

/** For root only, and never asks. */
function runuser(privilege: Privilege): Step {
  const words = ['runuser', ...(privilege.flags ?? []), '-u', privilege.user, '--', 'sh', '-c'];
  return { wrap: (inner) => `exec ${quoteWords(words)} ${quote(inner)}`, promptEnd: noPrompt };
}
