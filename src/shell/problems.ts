import type { Privilege, StreamEnd } from '../core/connection.ts';
import { HostwrightError } from '../core/error.ts';

/** The words for everything that can go wrong between us and a shell. */

export function badEnvironmentName(name: string): HostwrightError {
  return new HostwrightError(
    'bad-environment-name',
    `${JSON.stringify(name)} is not a name that an environment variable can have.`,
    { hint: 'Use letters, digits and underscores, and no digit at the beginning.' },
  );
}

export function nulInScript(text: string): HostwrightError {
  const at = text.indexOf('\0');
  return new HostwrightError('nul-in-script', `The script holds a NUL byte at character ${at + 1}.`, {
    hint: 'A shell cannot read NUL bytes in a program; send binary data as its input.',
  });
}

export function sessionLost(
  running: readonly string[],
  end: StreamEnd | undefined,
  cause?: Error,
): HostwrightError {
  const what =
    running.length === 0
      ? 'while no job was running'
      : `while ${shortScript(running[0] as string)} was running${running.length > 1 ? ` and ${count(running.length - 1)} waited behind it` : ''}`;
  const why = cause?.message ?? describeEnd(end);
  return new HostwrightError('unreachable', `The shell on the host was lost ${what}: ${clean(why)}`, {
    hint: 'What was running may or may not have finished: the next run reads the state of the host anew.',
    cause,
  });
}

export function sessionGarbled(said: string): HostwrightError {
  return new HostwrightError(
    'unreachable',
    `The host answered ${JSON.stringify(clean(said).slice(0, 80))} where the end of a job was expected.`,
    { hint: 'Something between Hostwright and the shell changes what they say to each other.' },
  );
}

export function sessionClosed(): HostwrightError {
  return new HostwrightError('session-closed', 'The session was closed before the job ended.');
}

export function jobStuck(script: string, seconds: number): HostwrightError {
  return new HostwrightError(
    'unreachable',
    `The host did not end ${shortScript(script)}, nor answer, although its ${seconds} seconds were up long ago.`,
    {
      hint: 'A process that hangs in the kernel (a dead NFS server, a failed disk) cannot be ended from outside.',
    },
  );
}

export function localFileChanged(path: string, expected: number, found: number): HostwrightError {
  return new HostwrightError(
    'local-file-changed',
    `${path} was read as ${found} bytes where it had ${expected} before.`,
    { hint: 'It was changed while the run was under way. The host got none of it; run again.' },
  );
}

export function localFileRewritten(path: string): HostwrightError {
  return new HostwrightError('local-file-changed', `${path} was changed while it was sent.`, {
    hint: 'The host got none of it; run again.',
  });
}

export function localFileUnreadable(path: string, cause: Error): HostwrightError {
  return new HostwrightError('local-file-unreadable', `${path} cannot be read: ${cause.message}.`, { cause });
}

export function noShell(end: StreamEnd, noise: string): HostwrightError {
  const said = shown(noise);
  const nologin =
    /not available|nologin|account (is )?(disabled|expired|locked)/i.test(noise) ||
    (end.code === 1 && said === '');
  return new HostwrightError(
    'unreachable',
    `The login ended before a shell was there: ${describeEnd(end)}${said}`,
    {
      hint: nologin
        ? "The user's login shell (nologin, false, …) lets nobody in: connect as another user, or give this one a shell with `chsh`."
        : 'The user needs a login shell that can start `sh`.',
    },
  );
}

export function noHello(seconds: number, noise: string): HostwrightError {
  return new HostwrightError(
    'unreachable',
    `No shell answered within ${seconds} seconds of the login.${shown(noise)}`,
    {
      hint: 'Look at the start-up files of the user (.bashrc, .profile, …): one of them may wait for input or never end.',
    },
  );
}

export function becomeUnsupported(
  privilege: Privilege,
  why: string,
  hint: string,
  said = '',
): HostwrightError {
  const message = `Cannot become ${privilege.user} with ${privilege.method}: ${why}.${said}`;
  return new HostwrightError('become-failed', message, { hint });
}

const NEEDS_PASSWORD = [
  'a password is needed and none was given',
  'Give one with -K (--ask-become-pass) or ansible_become_password, or allow it without one (NOPASSWD).',
] as const;

export function passwordMissing(privilege: Privilege): HostwrightError {
  return becomeUnsupported(privilege, ...NEEDS_PASSWORD);
}

export function wrongPassword(privilege: Privilege): HostwrightError {
  return becomeUnsupported(
    privilege,
    'the password was refused',
    'It was tried once only, so that the account is not locked. Give the right one with -K or ansible_become_password.',
  );
}

export function promptUnanswered(privilege: Privilege, seconds: number, noise: string): HostwrightError {
  return new HostwrightError(
    'become-failed',
    `Becoming ${privilege.user} with ${privilege.method} did not end within ${seconds} seconds.${shown(noise)}`,
    {
      hint: 'It may ask for something that is not the password (a second factor, an expired password); no password was given to that question.',
    },
  );
}

/** Stands for what depends on the user change. */
const ALLOW = 'allow';

const NO_TERMINAL = /must have a tty|a tty is required/i;

/** Known complaints of sudo, su and doas: what they mean, and what helps. The texts are those of the C locale. */
const COMPLAINTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /a password is required|Authentication required|a terminal is required to read the password/i,
    ...NEEDS_PASSWORD,
  ],
  [
    NO_TERMINAL,
    'it insists on a terminal',
    'Install script(1) there (util-linux), or take `requiretty` out of /etc/sudoers for this user.',
  ],
  [
    /not in the sudoers|not allowed to (run sudo|execute)|may not run sudo|Operation not permitted|not permitted/i,
    'the user has no right to',
    ALLOW,
  ],
  [
    /unknown user|does not exist|No passwd entry|unknown uid/i,
    'there is no such user on the host',
    'Create the user first, or correct become_user.',
  ],
  [
    /incorrect password|Authentication failure|Authentication failed|Sorry, try again|authentication token/i,
    'the password was refused',
    'It was tried once only, so that the account is not locked. Give the right one with -K or ansible_become_password.',
  ],
  [
    /account (has )?expired|password (has )?expired|change your password/i,
    'the account or its password has expired',
    'Renew it on the host first.',
  ],
  [
    /may not be used by non-root|must be (run by )?root|only root/i,
    'it works for root only',
    'Use sudo, or chain it behind sudo.',
  ],
  [
    /effective uid is not 0|nosuid|no new privileges/i,
    'sudo has no privileges itself here',
    'It is not set-uid root, or its file system is mounted nosuid, or the process may gain no privileges (containers).',
  ],
];

/** Whether a user change failed for lack of a terminal alone: nothing was asked, and no login failed. */
export function insistsOnTerminal(thrown: unknown): boolean {
  return (
    thrown instanceof HostwrightError && thrown.code === 'become-failed' && NO_TERMINAL.test(thrown.message)
  );
}

/** What must be allowed on the host, to the letter: one `sh` is all that is ever run by another user. */
function allowing({ method, user }: Privilege): string {
  if (method === 'sudo')
    return `Allow it there: "LOGIN ALL=(${user}) /bin/sh" (NOPASSWD: /bin/sh without a password), in a file that "visudo -f /etc/sudoers.d/hostwright" makes; or connect as a user who may.`;
  if (method === 'doas')
    return `Allow it there: "permit LOGIN as ${user} cmd sh" (permit nopass without a password) in /etc/doas.conf; or connect as a user who may.`;
  return 'Connect as a user who may, or choose another become_method.';
}

export function becomeFailed(privilege: Privilege, end: StreamEnd, noise: string): HostwrightError {
  const missing = end.code === 127 || /not found|No such file/.test(noise);
  if (missing && new RegExp(`${privilege.method}\\b.*(not found|No such file)`, 'i').test(noise)) {
    return becomeUnsupported(
      privilege,
      `there is no ${privilege.method} on the host`,
      `Install ${privilege.method}, choose another become_method, or connect as ${privilege.user}.`,
    );
  }
  const known = COMPLAINTS.find(([pattern]) => pattern.test(noise));
  if (known) {
    const hint = known[2] === ALLOW ? allowing(privilege) : known[2];
    return becomeUnsupported(privilege, known[1], hint, shown(noise));
  }
  return becomeUnsupported(
    privilege,
    describeEnd(end).replace(/\.$/, ''),
    `Try it by hand on the host: ${privilege.method} as ${privilege.user}.`,
    shown(noise),
  );
}

/** Text of a host, made harmless for a terminal: no control characters, one line. */
export function clean(text: string): string {
  return (
    text
      .replace(/\p{Cc}\[[0-?]*[ -/]*[@-~]/gu, '')
      // Marks that turn the direction of writing around are as misleading.
      .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .trim()
  );
}

/** The end of what a host said, quoted, for the end of a sentence; empty when it said nothing. */
function shown(noise: string): string {
  const text = clean(noise);
  return text === '' ? '' : ` It said: ${JSON.stringify(text.length > 300 ? `…${text.slice(-300)}` : text)}.`;
}

function describeEnd(end: StreamEnd | undefined): string {
  if (end?.error) return end.error.message;
  if (end?.signal) return `it was ended by the signal ${end.signal}.`;
  if (end?.code !== undefined) return `it ended with status ${end.code}.`;
  return 'the connection was closed.';
}

function shortScript(script: string): string {
  const line = clean(script.split('\n').find((text) => text.trim() !== '') ?? '');
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}

function count(jobs: number): string {
  return jobs === 1 ? 'one more job' : `${jobs} more jobs`;
}
