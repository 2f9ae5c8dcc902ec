import { createHash } from 'node:crypto';
import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { isAge, openAge } from './age-format.ts';
import { isAnsibleVault, openAnsibleVault, parseAnsibleVault } from './ansible-format.ts';
import { type VaultKey, vaultKeys } from './keyring.ts';
import { damagedVault, noVaultKey, wrongVaultKey } from './problems.ts';

/** True for what `vault encrypt`, age(1) and ansible-vault write. */
export function isSealed(content: string | Uint8Array): boolean {
  const start =
    typeof content === 'string' ? content : Buffer.from(content.subarray(0, 64)).toString('latin1');
  return isAnsibleVault(start) || isAge(start);
}

/**
 * The content of something encrypted. `what` names it at the beginning of a sentence. Rejects with a HostwrightError where no key fits or
 * the file is damaged.
 */
export async function openSealed(
  content: Uint8Array,
  what: string,
  position?: SourcePosition,
  keys?: readonly VaultKey[],
): Promise<Buffer> {
  const known = keys ?? (await vaultKeys());
  if (known.length === 0) throw noVaultKey(what, position);
  const opened = openedWith(known);
  const digest = createHash('sha256').update(content).digest('hex');
  const before = opened.get(digest);
  if (before) return before;
  try {
    const text = Buffer.from(content).toString('latin1');
    const found = isAge(text)
      ? { content: await openAge(content, known), label: undefined }
      : openAnsible(text, known);
    if (!found.content) throw wrongVaultKey(what, found.label, position);
    opened.set(digest, found.content);
    return found.content;
  } catch (thrown) {
    if (thrown instanceof HostwrightError || !(thrown instanceof RangeError)) throw thrown;
    throw damagedVault(what, thrown.message, position, thrown);
  }
}

/** Passwords are slow to try on purpose, and a file of variables is read for every host. */
const openedByKeys = new WeakMap<readonly VaultKey[], Map<string, Buffer>>();

function openedWith(keys: readonly VaultKey[]): Map<string, Buffer> {
  const known = openedByKeys.get(keys) ?? new Map<string, Buffer>();
  openedByKeys.set(keys, known);
  return known;
}

function openAnsible(text: string, keys: readonly VaultKey[]) {
  const vault = parseAnsibleVault(text);
  const { label } = vault;
  // The key of that name first; others still may fit, since names are only a help.
  const inOrder = keys.toSorted((a, b) => Number(b.label === label) - Number(a.label === label));
  for (const { secret } of inOrder) {
    const content = openAnsibleVault(vault, secret.reveal());
    if (content) return { content, label };
  }
  return { content: undefined, label };
}
