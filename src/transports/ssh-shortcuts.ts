import type { Client, ParsedKey } from 'ssh2';

// What ssh2 has no option for. Where a later version of it is built otherwise, these do nothing, and a login takes as long as before.

/**
 * OpenSSH offers all its host keys after a login, and ssh2 has each of them proved, although we do not take them over. That costs the
 * host a signature per key. With `strictVendor` ssh2 asks OpenSSH only; this one goes by no name.
 */
export function declineHostKeyProofs(client: Client): void {
  Object.defineProperty(client, '_remoteVer', { get: () => '', set: () => {} });
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

/** The part of ssh2's protocol that sends a request to log in with a key: without `sign`, the question whether the key would do. */
interface Protocol {
  authPK?: (user: string, key: ParsedKey, algorithm?: string, sign?: Sign) => void;
}

/** The hash that a signature algorithm asks for; others have one of their own. */
const HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/**
 * Logs in with a signature at once. ssh2 first asks whether the key would do, which spares people a question about its passphrase and costs
 * a round trip; a key that is in memory has none. To be called after `connect`.
 */
export function signAtOnce(client: Client): void {
  const protocol = (client as unknown as { _protocol?: Protocol })._protocol;
  const request = protocol?.authPK;
  if (!protocol || typeof request !== 'function') return;
  protocol.authPK = function (this: Protocol, user, key, algorithm, sign) {
    if (sign || typeof key?.isPrivateKey !== 'function' || !key.isPrivateKey()) {
      request.call(this, user, key, algorithm, sign);
      return;
    }
    request.call(this, user, key, algorithm, (data, done) => {
      const signature = key.sign(data, algorithm === undefined ? undefined : HASHES[algorithm]) as
        | Buffer
        | Error;
      if (signature instanceof Error) request.call(this, user, key, algorithm);
      else done(signature);
    });
  };
}
