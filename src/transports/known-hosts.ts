import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { matchesPatternList } from './patterns.ts';

/** One usable line of a known_hosts file (format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** The field of host names as it stands: patterns separated by commas, or one hashed name. */
  readonly hosts: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … */
  readonly type: string;
  /** The public key in SSH's wire format. */
  readonly key: Buffer;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The usable lines of a file; comments and lines that make no sense are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => parseLine(line, file, index + 1) ?? []);
}

function parseLine(line: string, file: string, number: number): KnownHost | undefined {
  const words = line.trim().split(/[ \t]+/);
  if (words[0] === '' || words[0]?.startsWith('#')) return undefined;
  const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : undefined;
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return undefined;
  const [hosts, type, encoded] = words;
  if (!hosts || !type || !encoded || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  if (keyType(key) !== type) return undefined;
  return { marker, hosts, type, key, file, line: number };
}

/** The type that stands in a public key in wire format; undefined where it is none. */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 8) return undefined;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > 64 || key.length < 4 + length) return undefined;
  return key.toString('latin1', 4, 4 + length);
}

/** A public key as it stands in a file: `ssh-ed25519 AAAA…`. */
export function publicKeyLine(key: Buffer): string {
  return `${keyType(key)} ${key.toString('base64')}`;
}

/** OpenSSH's short form of a key: `SHA256:…`. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The name under which a host stands in known_hosts: `host`, or `[host]:port` where the port is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** The hashed form of a name, with a salt of its own. */
export function hashedName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** Whether a field of host names covers a name. One `!pattern` that covers it overrules all others. */
export function coversHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return coversHashed(hosts, name);
  return matchesPatternList(hosts.toLowerCase().split(','), name);
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both in base64. */
function coversHashed(hosts: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = hosts.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** What the known hosts say of the key that a host has shown. */
export type Verdict =
  | { readonly is: 'known' }
  | { readonly is: 'unknown' }
  | { readonly is: 'revoked'; readonly by: KnownHost }
  /** Other keys are known for this host. */
  | { readonly is: 'changed'; readonly known: readonly KnownHost[] }
  /** The host is known only through a certificate authority, which we cannot check. */
  | { readonly is: 'certified'; readonly by: KnownHost };

/**
 * Judges a key. A host of which only keys of other types are known counts as changed: since the types that we know are asked for first,
 * the host that we know would have shown one of them.
 */
export function judgeHostKey(
  entries: readonly KnownHost[],
  host: string,
  port: number,
  key: Buffer,
): Verdict {
  const name = knownHostName(host, port);
  const mine = entries.filter((entry) => coversHost(entry.hosts, name));
  // As OpenSSH does: what is known of a host without a port vouches for the key on any port, but does not speak against it.
  const plain = port === 22 ? [] : entries.filter((entry) => coversHost(entry.hosts, host.toLowerCase()));
  const revoked = [...mine, ...plain].find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
  if (revoked) return { is: 'revoked', by: revoked };
  const keys = mine.filter((entry) => entry.marker === undefined);
  if (keys.some((entry) => entry.key.equals(key))) return { is: 'known' };
  if (keys.length > 0) return { is: 'changed', known: keys };
  if (plain.some((entry) => entry.marker === undefined && entry.key.equals(key))) return { is: 'known' };
  const authority = mine.find((entry) => entry.marker === 'cert-authority');
  return authority ? { is: 'certified', by: authority } : { is: 'unknown' };
}

/** Types of the keys that are known for a host, so that those are asked for first. */
export function knownKeyTypes(entries: readonly KnownHost[], host: string, port: number): string[] {
  const names = [knownHostName(host, port), host.toLowerCase()];
  const keys = entries.filter(
    (entry) => entry.marker === undefined && names.some((name) => coversHost(entry.hosts, name)),
  );
  return [...new Set(keys.map((entry) => entry.type))];
}
