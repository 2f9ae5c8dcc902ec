import { HostwrightError } from '../core/error.ts';
import { didYouMean, listWords, quote } from '../source/words.ts';

/** Errors of linting itself (not what it finds), worded in one place. */

export function cannotWrite(path: string, cause: unknown): HostwrightError {
  const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  return new HostwrightError('cannot-write', `The file ${quote(path)} cannot be written${reason}.`, {
    cause,
    hint: 'Check that you may write there and that the disk is not full.',
  });
}

export function changedMeanwhile(path: string): HostwrightError {
  return new HostwrightError(
    'changed-meanwhile',
    `The file ${quote(path)} was changed while it was linted.`,
    {
      hint: 'It is left as it is; run hostwright lint --fix again.',
    },
  );
}

export function badRuleOption(given: string): HostwrightError {
  return new HostwrightError('bad-rule', `${quote(given)} says no level for a rule.`, {
    hint: 'Write NAME=error, NAME=warning, NAME=hint or NAME=off.',
  });
}

export function unknownRule(name: string, names: readonly string[]): HostwrightError {
  return new HostwrightError('unknown-rule', `There is no rule ${quote(name)}.`, {
    hint: didYouMean(name, names) ?? `There are ${listWords(names)}.`,
  });
}
