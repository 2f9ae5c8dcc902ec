import type { ConnectionTarget } from '../core/connection.ts';
import { HostwrightError } from '../core/error.ts';
import type { SshSettings } from './ssh-settings.ts';

/** The words for everything that can go wrong on the way to a host. */

export function cannotStart(program: string, cause: Error): HostwrightError {
  return new HostwrightError(
    'unreachable',
    `${program} cannot be started on this machine: ${cause.message}.`,
    {
      cause,
    },
  );
}

/** What the errors of a socket mean, and what to do. */
const SOCKET_PROBLEMS: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ['refused the connection', 'Is sshd running there, and is this its port (ansible_port)?'],
  ETIMEDOUT: ['did not answer', 'Is the host up, and does a firewall on the way drop the packets?'],
  EHOSTUNREACH: [
    'cannot be reached: there is no route, or nobody answers to the address',
    'Is the host up, and is it in the network that this machine looks for it in?',
  ],
  ENETUNREACH: [
    'cannot be reached: this machine has no route to its network',
    'Look at the routes (`ip route get ADDRESS`), or connect through a jump host.',
  ],
  ENOTFOUND: [
    'cannot be found: the name does not resolve',
    'Correct the name, or give its address in ansible_host.',
  ],
  EAI_AGAIN: [
    'cannot be found: the name server does not answer',
    'Look at /etc/resolv.conf, or give its address in ansible_host.',
  ],
  ECONNRESET: [
    'closed the connection before the login',
    'sshd may have too many logins at once (MaxStartups), or ban this address for a while; lower --forks or wait.',
  ],
};

export function cannotConnect(target: ConnectionTarget, cause: Error): HostwrightError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const [what, hint] = SOCKET_PROBLEMS[code] ?? [`cannot be reached: ${cause.message}`, undefined];
  return new HostwrightError('unreachable', `${place(target)} ${what}.`, { hint, cause });
}

export function connectTimedOut(target: ConnectionTarget, phase: 'connect' | 'login'): HostwrightError {
  const what = phase === 'connect' ? 'did not answer' : 'answered, but the login was not complete';
  return new HostwrightError(
    'unreachable',
    `${place(target)} ${what} within ${target.connectTimeoutSeconds} seconds.`,
    {
      hint:
        phase === 'connect'
          ? 'Is the host up, and does a firewall on the way drop the packets?'
          : 'A slow name server on the host (UseDNS) or a busy host may be the reason; a longer ConnectTimeout helps.',
      ...(phase === 'connect' && { cause: Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }) }),
    },
  );
}

export function handshakeFailed(target: ConnectionTarget, cause: Error): HostwrightError {
  const noCommon = /no matching|Handshake failed/i.test(cause.message);
  return new HostwrightError(
    'unreachable',
    `${place(target)} and Hostwright could not agree on a connection: ${sentence(cause.message)}`,
    {
      hint: noCommon
        ? 'The host offers only algorithms that are no longer safe (SHA-1, CBC); connection openssh uses what your own ssh is set up for.'
        : 'Is it an SSH server that listens there?',
      cause,
    },
  );
}

/** What is known of a login that failed. */
export interface FailedLogin {
  readonly tried: () => readonly string[];
  readonly offered: () => readonly string[];
  readonly unanswered: () => readonly string[];
}

export function authenticationFailed(
  { target, withoutEffect }: SshSettings,
  login: FailedLogin,
  cause?: Error,
): HostwrightError {
  const [tried, offered, unanswered] = [login.tried(), login.offered(), login.unanswered()];
  const attempts = tried.length > 0 ? `tried ${tried.join(', ')}` : 'there was nothing to try';
  const server = offered.length > 0 ? `; the host accepts ${offered.join(', ')}` : '';
  const asked = unanswered.length > 0 ? `; it asked ${unanswered.map((one) => `"${one}"`).join(', ')}` : '';
  return new HostwrightError(
    'authentication-failed',
    `${target.user} cannot log in to ${place(target)}: ${attempts}${server}${asked}.`,
    { hint: loginHint(withoutEffect, unanswered, cause), cause },
  );
}

function loginHint(withoutEffect: readonly string[], unanswered: readonly string[], cause?: Error): string {
  if (unanswered.some((question) => /(new|current|old|expired).*pass/i.test(question)))
    return 'The password has expired: log in by hand once and change it.';
  if (unanswered.length > 0)
    return 'Run it on a terminal to answer, or let this user in without a second factor.';
  if (/too many authentication failures/i.test(cause?.message ?? ''))
    return 'More keys were offered than the host allows (MaxAuthTries): name the right one in ansible_ssh_private_key_file.';
  if (withoutEffect.length > 0)
    return `${withoutEffect.join(', ')} in the configuration of ssh cannot be used by connection ssh; connection openssh can.`;
  return 'Check ansible_user, ansible_ssh_private_key_file and ansible_password, or load a key into the agent (ssh-add).';
}

export function passwordExpired(target: ConnectionTarget): HostwrightError {
  return new HostwrightError(
    'authentication-failed',
    `${target.user} cannot log in to ${place(target)}: the password has expired, and the host wants a new one.`,
    { hint: 'Log in by hand once and change it.' },
  );
}

export function containerUnreachable(
  target: ConnectionTarget,
  command: string,
  said: string,
  hint: string,
): HostwrightError {
  return new HostwrightError(
    'unreachable',
    `${target.name} cannot be entered with "${command}": ${sentence(said.trim() || 'it gave no reason')}`,
    { hint },
  );
}

export function connectionLost(target: ConnectionTarget, cause?: Error): HostwrightError {
  const why =
    cause === undefined
      ? 'the host closed it'
      : cause.message === 'Keepalive timeout'
        ? 'the host no longer answers'
        : cause.message;
  return new HostwrightError('unreachable', `The connection to ${place(target)} was lost: ${sentence(why)}`, {
    cause,
  });
}

export function channelRefused(target: ConnectionTarget, cause: Error): HostwrightError {
  return new HostwrightError(
    'too-many-sessions',
    `${place(target)} lets this connection open no further session.`,
    {
      hint: 'It was waited for in vain. MaxSessions in sshd_config of the host is too low for this play.',
      cause,
    },
  );
}

export function cannotExecute(target: ConnectionTarget, cause: Error): HostwrightError {
  return new HostwrightError(
    'unreachable',
    `${place(target)} does not start a shell: ${sentence(cause.message)}`,
    {
      hint: 'The account may be restricted to SFTP or to one command (ForceCommand).',
      cause,
    },
  );
}

export function badOption(
  target: ConnectionTarget,
  name: string,
  value: string,
  why: string,
  hint?: string,
): HostwrightError {
  return new HostwrightError('ssh-option', `${target.name}: the ssh option ${name}=${value} ${why}.`, {
    hint:
      hint ??
      'Take it out of ansible_ssh_common_args, or use connection openssh, which passes options to the ssh of this machine.',
  });
}

export function badKeyFile(path: string, why: string, hint: string, cause?: Error): HostwrightError {
  return new HostwrightError('private-key', `The private key ${path} ${why}.`, { hint, cause });
}

export function passwordUnsupported(target: ConnectionTarget): HostwrightError {
  return new HostwrightError(
    'authentication-failed',
    `${target.name}: connection openssh cannot log in with a password.`,
    {
      hint: 'Use a key or an agent, or connection ssh, which can.',
    },
  );
}

export function opensshFailed(target: ConnectionTarget, said: string): HostwrightError {
  const text = said.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const code = /Permission denied|authentication fail/i.test(text)
    ? 'authentication-failed'
    : /REMOTE HOST IDENTIFICATION HAS CHANGED/.test(text)
      ? 'host-key-changed'
      : /Host key verification failed/.test(text)
        ? 'host-key-unknown'
        : 'unreachable';
  return new HostwrightError(
    code,
    `ssh cannot connect to ${place(target)}: ${sentence(text || 'it gave no reason')}`,
    {
      hint: `Try it by hand: ssh -p ${target.port} ${target.user}@${target.host}`,
    },
  );
}

/** `host:port`, with the name in the inventory where that is another one. */
export function place(target: ConnectionTarget): string {
  const address = target.host.includes(':')
    ? `[${target.host}]:${target.port}`
    : `${target.host}:${target.port}`;
  return target.name === target.host ? address : `${target.name} (${address})`;
}

/** Characters of a host's own words that are shown. */
const LONGEST_WORDS = 400;

/** What others say, on one line, without control characters, and with an end. */
export function sentence(words: string): string {
  const text = words.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  if (text.length > LONGEST_WORDS) return `${text.slice(0, LONGEST_WORDS)}…`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
