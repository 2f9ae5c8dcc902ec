import type { HostKeyPolicy } from '../core/connection.ts';
import { expandPath, expandTokens } from './ssh-config/tokens.ts';
import { type JumpHost, METHODS, namesOf, type SshSettings } from './ssh-settings.ts';

// Readers of the values of ssh options. Each throws a RangeError that says what is wrong, to be put behind "the option …".

export function wholeNumber(value: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new RangeError(`is not a whole number from ${least} to ${most}`);
  return number;
}

/** Seconds, or a time of sshd_config(5) such as `1m30s`. */
export function seconds(value: string, least: number, most: number): number {
  const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  if (!/^(\d{1,6}[smhdw]?)+$/i.test(value))
    throw new RangeError(`is not a whole number from ${least} to ${most}`);
  const parts = [...value.matchAll(/(\d+)([smhdw]?)/gi)];
  const sum = parts.reduce(
    (total, [, count, unit = '']) => total + Number(count) * (units[unit.toLowerCase()] ?? 1),
    0,
  );
  return wholeNumber(String(sum), least, most);
}

export function yesOrNo(value: string): boolean {
  if (!/^(yes|no|true|false)$/i.test(value)) throw new RangeError('is neither yes nor no');
  return /^(yes|true)$/i.test(value);
}

export function hostKeyMode(value: string): HostKeyPolicy['mode'] {
  const mode = value.toLowerCase();
  if (mode === 'true') return 'yes';
  if (mode === 'false' || mode === 'off') return 'no';
  if (mode === 'yes' || mode === 'no' || mode === 'ask' || mode === 'accept-new') return mode;
  throw new RangeError('is none of yes, accept-new, ask and no');
}

/** Names of files, none for `none`. */
export function files(words: readonly string[], settings: SshSettings): readonly string[] {
  if (words.length === 1 && words[0]?.toLowerCase() === 'none') return [];
  return words.map((word) => expandPath(word, namesOf(settings)));
}

/** `[user@]host[:port]`, or the same as an ssh:// address; several with commas, the nearest first. */
export function jumpHosts(value: string, settings: SshSettings): readonly JumpHost[] {
  if (value.toLowerCase() === 'none') return [];
  return expandTokens(value, namesOf(settings)).split(',').map(jumpHost);
}

function jumpHost(value: string): JumpHost {
  const found = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@/]+))(?::(\d+))?\/?$/.exec(value.trim());
  if (!found) throw new RangeError('is not of the form user@host:port');
  const [, user, bracketed, plain, port] = found;
  return {
    user,
    host: bracketed ?? (plain as string),
    port: port === undefined ? undefined : wholeNumber(port, 1, 65535),
  };
}

/** The socket of an agent: a path, `SSH_AUTH_SOCK`, `$NAME` of the environment, or undefined for `none`. */
export function agentSocket(value: string, settings: SshSettings): string | undefined {
  if (value.toLowerCase() === 'none') return undefined;
  const name = value === 'SSH_AUTH_SOCK' ? value : /^\$([A-Za-z_]\w*)$/.exec(value)?.[1];
  return name === undefined ? expandPath(value, namesOf(settings)) : process.env[name] || undefined;
}

/** Methods to try in this order; those that this transport has not are left out. */
export function preferredMethods(value: string, { methods }: SshSettings): readonly string[] {
  const wanted = value.split(',').map((word) => word.trim());
  const found = wanted.filter((word) => methods.includes(word));
  if (!wanted.some((word) => METHODS.includes(word)))
    throw new RangeError(`names no method that there is here (${METHODS.join(', ')})`);
  return found;
}

export function addressFamily(value: string): 0 | 4 | 6 {
  const family = ({ any: 0, inet: 4, inet6: 6 } as const)[value.toLowerCase()];
  if (family === undefined) throw new RangeError('is none of any, inet and inet6');
  return family;
}
