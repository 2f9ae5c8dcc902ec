import { markSecret, Secret } from '../../core/secret.ts';

/** Something that opens encrypted files and values. */
export interface VaultKey {
  /** The name that `--vault-id NAME@SOURCE` gives it; what was encrypted under a name is tried with that key first. */
  readonly label: string | undefined;
  /** What the source gave: a passphrase. */
  readonly secret: Secret;
  /** Keys of age (`AGE-SECRET-KEY-1…`), where the source gave such instead. */
  readonly identities: readonly Secret[];
}

/** A key from the text of its source; a text with keys of age is a list of those, as age-keygen(1) writes it. */
export function vaultKey(text: string, label?: string): VaultKey {
  const identities = text.match(/^AGE-SECRET-KEY-[A-Z0-9-]+/gm) ?? [];
  return { label, secret: new Secret(text), identities: identities.map((one) => new Secret(one)) };
}

let load: () => Promise<readonly VaultKey[]> = async () => [];
let loading: Promise<readonly VaultKey[]> | undefined;

/** Says where keys come from. They are fetched when the first encrypted text is met, so that nobody is asked in vain. */
export function setVaultKeys(source: () => Promise<readonly VaultKey[]>): void {
  load = source;
  loading = undefined;
}

/** The keys of this process; asked for once. */
export function vaultKeys(): Promise<readonly VaultKey[]> {
  loading ??= load().then((keys) => {
    for (const { secret, identities } of keys)
      for (const one of [secret, ...identities]) markSecret(one.reveal());
    return keys;
  });
  return loading;
}
