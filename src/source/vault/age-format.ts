import type { VaultKey } from './keyring.ts';

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const BINARY = 'age-encryption.org/v1\n';

/**
 * How much work a passphrase takes, as a power of two: 64 MiB and about a third of a second. Each encrypted value takes it once in a run;
 * who has many of them encrypts to a recipient, which takes none.
 */
const WORK = 16;

export function isAge(text: string): boolean {
  return text.startsWith(ARMOR) || text.startsWith(BINARY);
}

/** For whom something is encrypted: whoever knows the passphrase, or holds the key of one of the recipients (`age1…`). */
export type Sealing = { readonly passphrase: string } | { readonly recipients: readonly string[] };

/** Encrypts for age(1), as text. Throws a RangeError for what is no recipient. */
export async function sealAge(content: Uint8Array, sealing: Sealing): Promise<string> {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  if ('passphrase' in sealing) {
    encrypter.setScryptWorkFactor(WORK);
    encrypter.setPassphrase(sealing.passphrase);
  } else {
    for (const recipient of sealing.recipients) {
      try {
        encrypter.addRecipient(recipient);
      } catch {
        throw new RangeError(`${JSON.stringify(recipient)} is no recipient of age (age1…)`);
      }
    }
  }
  return `${armor.encode(await encrypter.encrypt(content)).trimEnd()}\n`;
}

/** The content; undefined where none of the keys fits. Throws a RangeError that says what is wrong with the file. */
export async function openAge(content: Uint8Array, keys: readonly VaultKey[]): Promise<Buffer | undefined> {
  const { armor, Decrypter } = await import('age-encryption');
  const text = Buffer.from(content).toString('latin1');
  let file = content;
  try {
    if (text.startsWith(ARMOR)) file = armor.decode(text);
  } catch {
    throw new RangeError('is cut off or damaged');
  }
  const decrypter = new Decrypter();
  for (const key of keys) {
    if (key.identities.length === 0) decrypter.addPassphrase(key.secret.reveal());
    for (const identity of key.identities) decrypter.addIdentity(identity.reveal());
  }
  try {
    return Buffer.from(await decrypter.decrypt(file));
  } catch (thrown) {
    const { message } = thrown as Error;
    if (/no identity matched|no identities|incorrect (?:identity|passphrase|HMAC)/i.test(message))
      return undefined;
    throw new RangeError(`is cut off or damaged (${message})`);
  }
}
