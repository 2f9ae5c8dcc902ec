import { createHash } from 'node:crypto';
import { homedir, hostname, userInfo } from 'node:os';
import { quote } from '../../shell/sh.ts';

/** What a host is called while its options are worked out. */
export interface HostNames {
  /** As it was asked for. */
  readonly originalHost: string;
  /** Where the connection goes. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  readonly proxyJump: string;
}

/** Replaces the tokens of ssh_config(5), `${NAME}` of the environment, and `~/` at the beginning. Throws a RangeError for one that is not known. */
export function expandPath(text: string, names: HostNames): string {
  const path = expandTokens(text, names).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new RangeError(`names the environment variable ${name}, which is not set`);
    return value;
  });
  return expandHome(path);
}

export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path;
}

/** Replaces the tokens of ssh_config(5). */
export function expandTokens(text: string, names: HostNames): string {
  return text.replace(/%(.?)/g, (_, letter: string) => tokenValue(letter, names));
}

/** The same for a command: what is put in is quoted for the shell. */
export function expandCommand(text: string, names: HostNames): string {
  return text.replace(/%(.?)/g, (_, letter: string) => {
    const value = tokenValue(letter, names);
    return letter === '%' ? value : quote(value);
  });
}

function tokenValue(letter: string, names: HostNames): string {
  const { originalHost, host, port, user, hostKeyAlias, proxyJump } = names;
  switch (letter) {
    case '%':
      return '%';
    case 'h':
      return host;
    case 'n':
      return originalHost;
    case 'p':
      return String(port);
    case 'r':
      return user;
    case 'k':
      return hostKeyAlias ?? originalHost;
    case 'j':
      return proxyJump;
    case 'u':
      return userInfo().username;
    case 'i':
      return String(userInfo().uid);
    case 'd':
      return homedir();
    case 'l':
      return hostname();
    case 'L':
      return hostname().split('.')[0] ?? '';
    case 'C':
      return createHash('sha1').update(`${hostname()}${host}${port}${user}${proxyJump}`).digest('hex');
    default:
      throw new RangeError(`holds %${letter}, which stands for nothing`);
  }
}
