import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

// The format of ansible-vault 1.1 and 1.2 (lib/ansible/parsing/vault): a header line, then the hexadecimal form of three lines, themselves
// hexadecimal: salt, HMAC-SHA256 of the ciphertext, ciphertext. PBKDF2-SHA256 with 10 000 rounds gives 32 bytes for AES-256-CTR, 32 for the
// HMAC, and the counter's start. PKCS#7 fills the last block.

const HEADER = /^\$ANSIBLE_VAULT;(\d+\.\d+);([A-Z0-9]+)(?:;([^\r\n;]*))?[ \t]*\r?\n/;
const ROUNDS = 10_000;

export interface AnsibleVault {
  readonly version: string;
  readonly cipher: string;
  /** The vault id of format 1.2. */
  readonly label: string | undefined;
  readonly salt: Buffer;
  readonly hmac: Buffer;
  readonly ciphertext: Buffer;
}

export function isAnsibleVault(text: string): boolean {
  return text.startsWith('$ANSIBLE_VAULT;');
}

/** The parts of an encrypted text. Throws a RangeError that says what is wrong with it, to be put behind "it …". */
export function parseAnsibleVault(text: string): AnsibleVault {
  const header = HEADER.exec(`${text}\n`);
  if (!header) throw new RangeError('begins with a header that is not complete');
  const [line, version = '', cipher = '', label] = header;
  if (version !== '1.1' && version !== '1.2') throw new RangeError(`is of the unknown version ${version}`);
  if (cipher !== 'AES256') throw new RangeError(`is encrypted with ${cipher}, not AES256`);
  const inner = fromHex(text.slice(line.length).replace(/\s+/g, ''), 'body').toString('latin1');
  const [salt, hmac, ciphertext, more] = inner.split('\n');
  if (!salt || !hmac || !ciphertext || more !== undefined) throw new RangeError('is cut off or damaged');
  return {
    version,
    cipher,
    label: label === '' ? undefined : label,
    salt: fromHex(salt, 'salt'),
    hmac: fromHex(hmac, 'checksum'),
    ciphertext: fromHex(ciphertext, 'content'),
  };
}

function fromHex(text: string, what: string): Buffer {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text))
    throw new RangeError(`has a ${what} that is cut off or damaged`);
  return Buffer.from(text, 'hex');
}

/** The content; undefined where the password is another one (or somebody changed the file: the two cannot be told apart). */
export function openAnsibleVault(vault: AnsibleVault, password: string): Buffer | undefined {
  const derived = pbkdf2Sync(password, vault.salt, ROUNDS, 80, 'sha256');
  const expected = createHmac('sha256', derived.subarray(32, 64)).update(vault.ciphertext).digest();
  if (expected.length !== vault.hmac.length || !timingSafeEqual(expected, vault.hmac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', derived.subarray(0, 32), derived.subarray(64, 80));
  const padded = Buffer.concat([decipher.update(vault.ciphertext), decipher.final()]);
  const fill = padded.at(-1) ?? 0;
  return fill >= 1 && fill <= 16 ? padded.subarray(0, padded.length - fill) : padded;
}
