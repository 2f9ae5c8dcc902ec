import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import keyParser from 'ssh2/lib/protocol/keyParser.js';
import type { ConnectionTarget } from '../core/connection.ts';
import { HostwrightError } from '../core/error.ts';
import { kept } from '../core/kept.ts';
import { badKeyFile } from './problems.ts';
import { expandHome } from './ssh-config/tokens.ts';

/** How often a person is asked for the passphrase of one key. */
const MOST_QUESTIONS = 3;

/** Who may be asked for what a key file lacks. */
export type KeyOwner = Pick<ConnectionTarget, 'privateKeyPassphrase' | 'ask'>;

/** What a key file holds. */
export interface KeyFile {
  readonly path: string;
  /** Undefined where only the public half is there, or the private one is encrypted and nobody knows the passphrase. */
  readonly key: ParsedKey | undefined;
  /** The public half in wire format, where it is known: an agent may hold the other one. */
  readonly publicKey: Buffer | undefined;
  /** Why there is no private key. */
  readonly problem: HostwrightError | undefined;
}

/** Decrypting takes long on purpose, and a person is asked once: keys stay for the run. */
const decrypted = new Map<string, Promise<ParsedKey>>();

/**
 * Reads a key file. A missing passphrase is asked for where `mayAsk`. Rejects with a HostwrightError where the file is missing, is open to
 * others, or is no key.
 */
export async function readKeyFile(path: string, owner: KeyOwner, mayAsk: boolean): Promise<KeyFile> {
  const text = await readPrivately(path);
  const parsed = first(keyParser.parseKey(text));
  if (!(parsed instanceof Error)) {
    const publicKey = parsed.getPublicSSH();
    if (parsed.isPrivateKey()) return { path, key: parsed, publicKey, problem: undefined };
    const problem = badKeyFile(
      path,
      'holds a public key only',
      'Name the file without .pub, or load its private key into the agent.',
    );
    return { path, key: undefined, publicKey, problem };
  }
  if (!/no passphrase given/i.test(parsed.message))
    throw isSecurityKey(text) ? hardware(path, parsed) : strange(path, parsed);
  try {
    const key = await decrypt(path, text, owner, mayAsk, parsed);
    return { path, key, publicKey: key.getPublicSSH(), problem: undefined };
  } catch (thrown) {
    if (!(thrown instanceof HostwrightError) || owner.privateKeyPassphrase) throw thrown;
    return { path, key: undefined, publicKey: await publicHalf(path), problem: thrown };
  }
}

async function decrypt(
  path: string,
  text: Buffer,
  owner: KeyOwner,
  mayAsk: boolean,
  cause: Error,
): Promise<ParsedKey> {
  const given = owner.privateKeyPassphrase?.reveal();
  if (given !== undefined) return kept(decrypted, `${path}\0${given}`, async () => opened(path, text, given));
  const { ask } = owner;
  const known = decrypted.get(path);
  if (!known && (!mayAsk || !ask)) {
    throw badKeyFile(
      path,
      'is encrypted',
      'Load it into the agent (ssh-add), or give its passphrase.',
      cause,
    );
  }
  return kept(decrypted, path, async () => {
    for (let asked = 1; ; asked += 1) {
      const answer = (await ask?.(`Passphrase for the key ${path}`, false)) ?? '';
      try {
        return opened(path, text, answer);
      } catch (thrown) {
        if (asked === MOST_QUESTIONS || answer === '') throw thrown;
      }
    }
  });
}

function opened(path: string, text: Buffer, passphrase: string): ParsedKey {
  const key = first(keyParser.parseKey(text, passphrase));
  if (!(key instanceof Error)) return key;
  if (/bad passphrase|integrity check failed|bad decrypt/i.test(key.message))
    throw badKeyFile(path, 'cannot be decrypted with the passphrase given', 'Check the passphrase.', key);
  throw strange(path, key);
}

/** What stands beside an encrypted key, as ssh-keygen leaves it. */
async function publicHalf(path: string): Promise<Buffer | undefined> {
  const text = await readFile(`${expandHome(path)}.pub`).catch(() => undefined);
  const key = text && first(keyParser.parseKey(text));
  return key === undefined || key instanceof Error ? undefined : key.getPublicSSH();
}

function first(parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | Error {
  return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed;
}

async function readPrivately(path: string): Promise<Buffer> {
  const file = expandHome(path);
  try {
    const text = await readFile(file);
    const { mode } = await stat(file);
    if ((mode & 0o077) === 0 || !text.includes('PRIVATE KEY')) return text;
    throw badKeyFile(
      path,
      `can be read by others (mode ${(mode & 0o777).toString(8)})`,
      `Make it yours alone: chmod 600 ${path}`,
    );
  } catch (thrown) {
    const { code, syscall } = thrown as NodeJS.ErrnoException;
    if (syscall === undefined) throw thrown;
    if (code === 'ENOENT')
      throw badKeyFile(path, 'does not exist', 'Correct ansible_ssh_private_key_file.', thrown as Error);
    throw badKeyFile(
      path,
      `cannot be read: ${(thrown as Error).message}`,
      'It must be readable for the user who runs Hostwright.',
      thrown as Error,
    );
  }
}

/** The public half of an OpenSSH key stands in clear at its beginning, with the name of its type (PROTOCOL.key). */
function isSecurityKey(text: Buffer): boolean {
  const body = text.toString('latin1').replace(/-----[^-]*-----/g, '');
  return /sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.test(
    Buffer.from(body, 'base64').toString('latin1'),
  );
}

function hardware(path: string, cause: Error): HostwrightError {
  return badKeyFile(
    path,
    'is that of a security key (FIDO)',
    'Connect with ansible_connection: openssh, which knows such keys, or name a key of another type.',
    cause,
  );
}

function strange(path: string, cause: Error): HostwrightError {
  return badKeyFile(
    path,
    'is in no format that is known',
    'OpenSSH and PEM formats are; ssh-keygen -p -f FILE converts.',
    cause,
  );
}
