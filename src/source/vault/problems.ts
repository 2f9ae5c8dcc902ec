import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';

/** The words for what keeps something encrypted from being read. */

const WITHOUT_KEY =
  'Give the password with --vault-password-file FILE, --ask-vault-pass or --vault-id, or in HOSTWRIGHT_VAULT_PASSWORD_FILE.';

export function noVaultKey(what: string, position: SourcePosition | undefined): HostwrightError {
  return new HostwrightError('vault', `${what} is encrypted, and no password was given.`, {
    position,
    hint: WITHOUT_KEY,
  });
}

export function wrongVaultKey(
  what: string,
  label: string | undefined,
  position: SourcePosition | undefined,
): HostwrightError {
  const id = label === undefined ? '' : ` (vault id "${label}")`;
  return new HostwrightError(
    'vault',
    `${what} is encrypted${id}, and none of the passwords given opens it.`,
    {
      position,
      hint: 'Give the one that it was encrypted with; a file that somebody has changed cannot be opened either.',
    },
  );
}

export function damagedVault(
  what: string,
  why: string,
  position: SourcePosition | undefined,
  cause?: unknown,
): HostwrightError {
  return new HostwrightError('vault', `${what} is encrypted, but ${why}.`, {
    position,
    hint: 'Take it from a backup or from version control, or encrypt it anew.',
    cause,
  });
}
