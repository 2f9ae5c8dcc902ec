import { HostwrightError } from '../core/error.ts';
import { quote } from '../source/words.ts';

/** Errors of importing (not the lines that need a person), worded in one place. */

export function fileExists(file: string): HostwrightError {
  return new HostwrightError('file-exists', `The file ${quote(file)} is there already.`, {
    hint: 'Import into a new directory, or add --force to write over what is there.',
  });
}

export function cannotWrite(directory: string, cause: Error): HostwrightError {
  const reason = 'code' in cause ? ` (${String(cause.code)})` : '';
  return new HostwrightError(
    'cannot-write',
    `The directory ${quote(directory)} cannot be written${reason}.`,
    {
      cause,
      hint: 'Check that you may write there and that no file stands where a directory must be.',
    },
  );
}
