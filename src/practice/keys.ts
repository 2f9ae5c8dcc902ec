import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A key pair in the texts that OpenSSH uses. */
export interface KeyPair {
  /** The content of a file like `id_ed25519`, without a passphrase. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, as in known_hosts and authorized_keys. */
  readonly publicKey: string;
}

const kind = 'ssh-ed25519';

/**
 * A new ed25519 key pair. Format of the private key: PROTOCOL.key of OpenSSH. Not ssh2's own generator, because of its version 1.17 one key
 * pair in two hundred is malformed (it drops zero bytes at the front).
 */
export function generateKeyPair(comment: string): KeyPair {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [point, seed] = [jwk.x, jwk.d].map((value) => Buffer.from(value ?? '', 'base64url')) as [
    Buffer,
    Buffer,
  ];
  const publicBlob = Buffer.concat([field(kind), field(point)]);

  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, publicBlob, field(Buffer.concat([seed, point]))],
    field(comment),
  ]);
  // Padded to blocks of 8 with the bytes 1, 2, 3, …
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  const privateBlob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[field('none'), field('none'), field('')],
    ...[number(1), field(publicBlob), field(Buffer.concat([secret, padding]))],
  ]);
  const lines = privateBlob.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: [
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      ...lines,
      '-----END OPENSSH PRIVATE KEY-----',
      '',
    ].join('\n'),
    publicKey: `${kind} ${publicBlob.toString('base64')}`,
  };
}

/** The `string` of RFC 4251: its length, then its bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
