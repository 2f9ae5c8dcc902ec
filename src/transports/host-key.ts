import type { HostKeyPolicy } from '../core/connection.ts';
import type { HostwrightError } from '../core/error.ts';
import {
  hostKeyCertified,
  hostKeyChanged,
  hostKeyNotPinned,
  hostKeyRevoked,
  hostKeyUnknown,
} from './host-key-problems.ts';
import { judgeHostKey, type KnownHost, knownKeyTypes, publicKeyLine } from './known-hosts.ts';
import { storeHostKey } from './known-hosts-file.ts';

/** Signatures that a client may ask for; SHA-1 (`ssh-rsa`) and DSA are not among them. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Decides on the key that a host shows, and remembers why not. */
export interface HostKeyCheck {
  /** For ssh2: synchronous, returns exactly true or false whatever happens, and may be asked again (on every new key exchange). */
  readonly verify: (key: Buffer) => boolean;
  /** Why `verify` said no. */
  readonly refusal: () => HostwrightError | undefined;
  /** The key that `verify` said yes to, as `ssh-ed25519 AAAA…`. */
  readonly accepted: () => string | undefined;
  /** Signature algorithms, those for which a key is known first, so that the host shows a key that we know. */
  readonly algorithms: readonly string[];
  /** A key of which nothing is known, and which a person may be asked about (mode `ask`). */
  readonly unknown: () => Buffer | undefined;
  /** Stores a key that was seen for the first time, where the policy is to do so. */
  readonly store: () => Promise<void>;
}

/** A check against what is known of `host:port` (the alias, where one is given). */
export function createHostKeyCheck(
  policy: HostKeyPolicy,
  entries: readonly KnownHost[],
  host: string,
  port: number,
  hashed = false,
): HostKeyCheck {
  let refusal: HostwrightError | undefined;
  let unknown: Buffer | undefined;
  let asked: Buffer | undefined;
  let accepted: string | undefined;
  const { pinned } = policy;

  const judge = (key: Buffer): HostwrightError | undefined => {
    // Whatever the policy: who has proved to be one host cannot become another one while we talk to it.
    if (accepted !== undefined && publicKeyLine(key) !== accepted)
      return hostKeyNotPinned(host, port, key, accepted);
    const verdict = judgeHostKey(entries, host, port, key);
    if (verdict.is === 'revoked') return hostKeyRevoked(host, port, key, verdict.by);
    if (pinned !== undefined)
      return publicKeyLine(key) === pinned ? undefined : hostKeyNotPinned(host, port, key, pinned);
    if (verdict.is === 'known') return undefined;
    if (policy.mode === 'no') return undefined;
    if (verdict.is === 'changed') return hostKeyChanged(host, port, key, verdict.known);
    if (verdict.is === 'certified') return hostKeyCertified(host, port, verdict.by);
    if (policy.mode === 'ask') asked = Buffer.from(key);
    if (policy.mode !== 'accept-new') return hostKeyUnknown(host, port, key, policy);
    if (unknown && !unknown.equals(key)) return hostKeyChanged(host, port, key, []);
    unknown = Buffer.from(key);
    return undefined;
  };

  const types = pinned === undefined ? knownKeyTypes(entries, host, port) : [pinned.split(' ')[0] as string];
  const known = types.flatMap((type) => SIGNATURES[type] ?? []);
  return {
    verify: (key) => {
      try {
        refusal = judge(key);
        if (!refusal) accepted = publicKeyLine(key);
      } catch (thrown) {
        refusal = hostKeyUnknown(host, port, key, policy, thrown as Error);
      }
      return refusal === undefined;
    },
    refusal: () => refusal,
    accepted: () => accepted,
    unknown: () => asked,
    algorithms: [...new Set([...known, ...Object.values(SIGNATURES).flat()])],
    store: async () => {
      const [file] = policy.files;
      if (unknown && file !== undefined) await storeHostKey(file, host, port, unknown, hashed);
    },
  };
}
