import { type Sealing, sealAge } from '../../source/vault/age-format.ts';
import { type VaultKey, vaultKeys } from '../../source/vault/keyring.ts';
import type { Terminal } from '../terminal.ts';
import { keySource, loadKeys } from '../vault-keys.ts';
import { badRecipient, differentPasswords, emptyVaultPassword } from './problems.ts';

/** Options that say for whom something is encrypted. */
export interface SealFlags {
  readonly recipient?: readonly string[];
  readonly encryptVaultId?: string;
  readonly askVaultPass?: true;
  readonly newVaultPasswordFile?: string;
  readonly newVaultId?: string;
}

/**
 * For whom to encrypt: the recipients, else the vault password that was given, else one that is asked for; twice where nothing has been
 * opened with it yet, since a slip of the fingers would lock everybody out.
 */
export async function sealingOf(flags: SealFlags, terminal: Terminal, proved = false): Promise<Sealing> {
  if (flags.recipient) return { recipients: flags.recipient };
  if (flags.askVaultPass && !proved) return askForNew(terminal);
  const keys = await vaultKeys();
  const wanted = flags.encryptVaultId;
  const key = wanted === undefined ? keys[0] : keys.find(({ label }) => label === wanted);
  return key ? sealingTo(key) : askForNew(terminal);
}

/** The same for a new password: recipients, the new file or id, or one that is asked for. */
export async function newSealingOf(flags: SealFlags, terminal: Terminal): Promise<Sealing> {
  if (flags.recipient) return { recipients: flags.recipient };
  const source =
    flags.newVaultId === undefined
      ? flags.newVaultPasswordFile && { label: undefined, from: flags.newVaultPasswordFile }
      : keySource(flags.newVaultId);
  const [key] = source ? await loadKeys([source]) : [];
  return key ? sealingTo(key) : askForNew(terminal);
}

async function sealingTo(key: VaultKey): Promise<Sealing> {
  if (key.identities.length === 0) return { passphrase: key.secret.reveal() };
  const { identityToRecipient } = await import('age-encryption');
  return { recipients: await Promise.all(key.identities.map((one) => identityToRecipient(one.reveal()))) };
}

async function askForNew({ ask: onTerminal }: Terminal): Promise<Sealing> {
  const ask = onTerminal ?? (await import('../ask.ts')).ask;
  const passphrase = await ask('New vault password', false);
  if (passphrase === '') throw emptyVaultPassword('prompt');
  if ((await ask('Once more', false)) !== passphrase) throw differentPasswords();
  return { passphrase };
}

/** Encrypts, with words for people where a recipient is none. */
export async function seal(content: Uint8Array, sealing: Sealing): Promise<string> {
  try {
    return await sealAge(content, sealing);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw badRecipient(thrown.message);
    throw thrown;
  }
}
