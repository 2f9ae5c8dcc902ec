import { HostwrightError } from '../../core/error.ts';
import { didYouMean, quote } from '../../source/words.ts';

/** The words for what goes wrong with encrypted files. */

export function unreadableVaultPassword(source: string, cause: unknown): HostwrightError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new HostwrightError(
    'vault-password',
    `The vault password cannot be read from ${quote(source)}${reason}.`,
    {
      cause,
      hint: 'Name a file that holds it, or a program that prints it; NAME@prompt asks for it.',
    },
  );
}

export function emptyVaultPassword(source: string): HostwrightError {
  return new HostwrightError('vault-password', `The vault password from ${quote(source)} is empty.`, {
    hint: 'Nobody is kept out by an empty password; choose another one.',
  });
}

export function differentPasswords(): HostwrightError {
  return new HostwrightError('vault-password', 'The two passwords are not the same.', {
    hint: 'Nothing was encrypted; try again.',
  });
}

export function notEncrypted(file: string): HostwrightError {
  return new HostwrightError('vault', `${quote(file)} is not encrypted.`, {
    hint: 'hostwright vault encrypt encrypts it.',
  });
}

export function encryptedAlready(file: string): HostwrightError {
  return new HostwrightError('vault', `${quote(file)} is encrypted already.`, {
    hint: 'hostwright vault rekey gives it another password, hostwright vault edit changes what is in it.',
  });
}

export function badRecipient(why: string): HostwrightError {
  return new HostwrightError('vault', `${why}.`, { hint: 'age-keygen prints one as "Public key: age1…".' });
}

export function editorFailed(editor: string, why: string): HostwrightError {
  return new HostwrightError('vault', `The editor ${quote(editor)} ${why}; the file is as it was.`, {
    hint: 'Set EDITOR to an editor that waits until the file is closed.',
  });
}

export function unusableFile(file: string, cause: unknown): HostwrightError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new HostwrightError('vault', `${quote(file)} cannot be read or written${reason}.`, { cause });
}

const WORDS = ['encrypt', 'decrypt', 'edit', 'view', 'rekey'];

export function vaultUsage(what: string | undefined): HostwrightError {
  return new HostwrightError(
    'usage',
    what === undefined
      ? 'hostwright vault needs to know what to do.'
      : `hostwright vault cannot do ${quote(what)}.`,
    { hint: (what && didYouMean(what, WORDS)) ?? `It can ${WORDS.join(', ')}.` },
  );
}
