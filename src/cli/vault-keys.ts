import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { setVaultKeys, type VaultKey, vaultKey } from '../source/vault/keyring.ts';
import type { VaultFlags } from './flags.ts';
import type { Terminal } from './terminal.ts';
import { emptyVaultPassword, unreadableVaultPassword } from './vault/problems.ts';

/** Environment variables that name a password file; the first that is set counts. */
const FILE_VARIABLES = ['HOSTWRIGHT_VAULT_PASSWORD_FILE', 'ANSIBLE_VAULT_PASSWORD_FILE'];
/** The same for lists of `NAME@FILE`, with commas. */
const LIST_VARIABLES = ['HOSTWRIGHT_VAULT_IDENTITY_LIST', 'ANSIBLE_VAULT_IDENTITY_LIST'];

/** Where a key comes from: `prompt`, or a file. */
interface KeySource {
  readonly label: string | undefined;
  readonly from: string;
}

/** Says for the whole process where vault passwords come from. Nothing is read or asked before it is needed. */
export function useVaultKeys(
  flags: VaultFlags & { readonly vaultPassFile?: readonly string[] },
  terminal: Terminal,
): void {
  const { environment } = terminal;
  const given = [
    ...(flags.askVaultPass ? [{ label: undefined, from: 'prompt' }] : []),
    ...(flags.vaultId ?? []).map(keySource),
    ...[...(flags.vaultPasswordFile ?? []), ...(flags.vaultPassFile ?? [])].map((from) => ({
      label: undefined,
      from,
    })),
  ];
  const first = (names: readonly string[]) => names.map((name) => environment[name]).find((value) => value);
  const file = first(FILE_VARIABLES);
  const fromEnvironment = [
    ...(first(LIST_VARIABLES)?.split(',') ?? []).map((word) => keySource(word.trim())),
    ...(file === undefined ? [] : [{ label: undefined, from: file }]),
  ];
  setVaultKeys(() => loadKeys([...given, ...fromEnvironment]));
}

/** `NAME@SOURCE`; without a name the whole is the source. */
export function keySource(text: string): KeySource {
  const at = text.indexOf('@');
  return at < 0 ? { label: undefined, from: text } : { label: text.slice(0, at), from: text.slice(at + 1) };
}

export async function loadKeys(sources: readonly KeySource[]): Promise<readonly VaultKey[]> {
  const keys: VaultKey[] = [];
  for (const source of sources) keys.push(await loadKey(source));
  return keys;
}

async function loadKey({ label, from }: KeySource): Promise<VaultKey> {
  if (/^prompt(_ask_vault_pass)?$/.test(from)) {
    const { ask } = await import('./ask.ts');
    return filled(
      vaultKey(await ask(label === undefined ? 'Vault password' : `Vault password (${label})`, false), label),
      from,
    );
  }
  const path = from.startsWith('~/') ? homedir() + from.slice(1) : from;
  try {
    const isProgram = (statSync(path).mode & 0o111) !== 0;
    const text = isProgram ? outputOf(path, label) : readFileSync(path, 'utf8');
    return filled(vaultKey(text.trim(), label), from);
  } catch (thrown) {
    if ((thrown as Error).name === 'HostwrightError') throw thrown;
    throw unreadableVaultPassword(from, thrown);
  }
}

/** What a password program prints. One whose name ends in `-client` is told which password is wanted, as with ansible-vault. */
function outputOf(path: string, label: string | undefined): string {
  const isClient = /-client(\.\w+)?$/.test(basename(path));
  const program = path.includes('/') ? path : `./${path}`;
  const words = isClient && label !== undefined ? ['--vault-id', label] : [];
  const { status, error, stdout, signal } = spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['inherit', 'pipe', 'inherit'],
    maxBuffer: 1024 * 1024,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`it ended with ${signal ?? `status ${status}`}`);
  return stdout;
}

function filled(key: VaultKey, from: string): VaultKey {
  if (key.secret.reveal() === '') throw emptyVaultPassword(from);
  return key;
}
