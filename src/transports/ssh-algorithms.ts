import constants from 'ssh2/lib/protocol/constants.js';
import { matchesPatternList } from './patterns.ts';
import type { SshSettings } from './ssh-settings.ts';

/** Algorithms with SHA-1, MD5, CBC or small groups: used only where an option names them for the host. */
const UNSAFE = /sha1|cbc|arcfour|md5|group1-|ripemd|blowfish|3des|^ssh-dss$|^ssh-rsa$/;

const safe = (names: readonly string[]) => names.filter((name) => !UNSAFE.test(name));

// curve25519 first: it costs a fraction of what others do. The order among the ciphers is ssh2's, which knows what this processor is good at.
const KINDS = {
  kex: { usual: safe(constants.DEFAULT_KEX), all: constants.SUPPORTED_KEX },
  cipher: { usual: safe(constants.DEFAULT_CIPHER), all: constants.SUPPORTED_CIPHER },
  mac: { usual: safe(constants.DEFAULT_MAC), all: constants.SUPPORTED_MAC },
  hostKey: { usual: safe(constants.DEFAULT_SERVER_HOST_KEY), all: constants.SUPPORTED_SERVER_HOST_KEY },
} as const;

export type AlgorithmKind = keyof typeof KINDS;

/**
 * What a list of ssh_config(5) makes of the usual algorithms: `+` adds, `-` takes away, `^` puts first, anything else is the list itself.
 * Names that this transport does not have are passed over. Throws a RangeError where nothing is left.
 */
export function algorithmList(
  kind: AlgorithmKind,
  value: string | undefined,
  usual: readonly string[] = KINDS[kind].usual,
): readonly string[] {
  if (value === undefined) return usual;
  const sign = /^[-+^]/.exec(value)?.[0] ?? '';
  const patterns = value.slice(sign.length).split(',');
  const { all } = KINDS[kind];
  const named = patterns.flatMap((pattern) => all.filter((name) => matchesPatternList([pattern], name)));
  const list = {
    '': named,
    '+': [...usual, ...named],
    '-': usual.filter((name) => !matchesPatternList(patterns, name)),
    '^': [...named, ...usual],
  }[sign];
  const found = [...new Set(list)];
  if (found.length === 0) throw new RangeError('names no algorithm that this transport has');
  return found;
}

/** The algorithms of a connection, as ssh2 takes them; `ordered` are those for the host's key, the known ones first. */
export function algorithmsOf({ algorithms }: SshSettings, ordered: readonly string[]) {
  return {
    serverHostKey: algorithmList('hostKey', algorithms.hostKey, ordered),
    kex: algorithmList('kex', algorithms.kex),
    cipher: algorithmList('cipher', algorithms.cipher),
    hmac: algorithmList('mac', algorithms.mac),
  } as never;
}
