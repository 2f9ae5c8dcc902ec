import { hmacSha1, sha256 } from '../core/digest.ts';

/** A line of known_hosts, sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
interface HostKeyLine {
  readonly text: string;
  /** `@cert-authority`, `@revoked`. */
  readonly marker: string | undefined;
  readonly names: string;
  readonly type: string;
  readonly key: string;
}

const LINE =
  /^\s*(?:(?<marker>@\S+)\s+)?(?<names>[^\s#]\S*)\s+(?<type>(?:ssh|ecdsa|sk)-[a-z0-9@.-]+)\s+(?<key>[A-Za-z0-9+/]+={0,3})/;

/** Undefined for comments, empty lines and whatever is no key. */
export function parseHostKey(text: string): HostKeyLine | undefined {
  const groups = LINE.exec(text)?.groups as Omit<HostKeyLine, 'text'> | undefined;
  return groups && { text, ...groups };
}

export interface HostKeyWish {
  readonly name: string;
  /** A line as ssh-keyscan prints it; undefined: all keys of the host. */
  readonly key: string | undefined;
  readonly state: 'present' | 'absent';
  readonly hash: boolean;
}

/** The text of known_hosts with the host's key as it shall be. A key of the same type takes the place of the old one. */
export function editKnownHosts(text: string, wish: HostKeyWish): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const wanted = wish.key === undefined ? undefined : parseHostKey(wish.key);
  const ofHost = (line: string) => {
    const parsed = parseHostKey(line);
    return parsed && parsed.marker === wanted?.marker && isAbout(parsed, wish.name) ? parsed : undefined;
  };
  if (wish.state === 'absent') {
    const kept = lines.filter((line) => {
      const found = ofHost(line);
      return !found || (wanted && (found.type !== wanted.type || found.key !== wanted.key));
    });
    return kept.length === lines.length ? text : joined(kept);
  }
  if (!wanted) return text;
  let there = false;
  const kept = lines.filter((line) => {
    const found = ofHost(line);
    if (!found || found.type !== wanted.type) return true;
    const same = found.key === wanted.key && isHashed(found) === wish.hash && !there;
    there ||= same;
    return same;
  });
  if (!there) kept.push(wish.hash ? hashed(wanted, wish.name) : wanted.text.trim());
  return kept.length === lines.length && there ? text : joined(kept);
}

/** Whether one of the line's names is the host. Patterns are left to ssh. */
export function isAbout({ names }: HostKeyLine, name: string): boolean {
  return names.split(',').some((one) => {
    const [, salt, digest] = /^\|1\|([^|]+)\|([^|]+)$/.exec(one) ?? [];
    if (salt === undefined || digest === undefined) return one.toLowerCase() === name.toLowerCase();
    return hmacSha1(salt, name) === digest || hmacSha1(salt, name.toLowerCase()) === digest;
  });
}

function isHashed({ names }: HostKeyLine): boolean {
  return names.startsWith('|1|');
}

/** The salt comes from what is hashed: a module is a pure function, and the same task gives the same line. */
function hashed({ marker, type, key }: HostKeyLine, name: string): string {
  const digest = sha256(new TextEncoder().encode(`${name}\0${key}`)).slice(0, 40);
  const salt = btoa(digest.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
  const lower = name.toLowerCase();
  return [marker, `|1|${salt}|${hmacSha1(salt, lower)}`, type, key]
    .filter((part) => part !== undefined)
    .join(' ');
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
