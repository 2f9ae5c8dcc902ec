import { HostwrightError } from '../core/error.ts';

/** Errors of the journal, worded in one place. */

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}

export const problems = {
  cannotRecord: (path: string, cause: unknown) =>
    new HostwrightError(
      'cannot-record',
      `The journal ${path} cannot be written${reasonOf(cause)}, so nothing more is changed.`,
      { cause, hint: 'Make room, or set HOSTWRIGHT_RUNS to another directory (off: no journal).' },
    ),
  unknownRun: (run: string, known: readonly string[]) =>
    new HostwrightError('unknown-run', `There is no run "${run}" here.`, {
      hint:
        known.length === 0
          ? 'No run is recorded below this directory; HOSTWRIGHT_RUNS names another place.'
          : `The latest is ${known[0]}; "hostwright runs list" shows all.`,
    }),
  ambiguousRun: (run: string, matching: readonly string[]) =>
    new HostwrightError('ambiguous-run', `"${run}" is the beginning of ${matching.length} runs.`, {
      hint: `They are ${matching.slice(0, 5).join(', ')}.`,
    }),
  laterFormat: (path: string, format: number) =>
    new HostwrightError('later-journal', `${path} was written by a later version (format ${format}).`, {
      hint: 'Use that version, or a later one.',
    }),
  notJournal: (path: string) =>
    new HostwrightError('no-journal', `${path} does not begin as a journal does.`, {
      hint: 'The run ended before it had begun, or the file is another one.',
    }),
  noKey: (path: string, cause: unknown) =>
    new HostwrightError('no-journal-key', `The key ${path} cannot be read${reasonOf(cause)}.`, {
      cause,
      hint: 'What holds secrets is encrypted with it; only the user who ran the playbook has it.',
    }),
  wrongKey: (path: string) =>
    new HostwrightError('wrong-journal-key', `The key ${path} does not open what the journal keeps.`, {
      hint: 'It was recorded by another user, or the key was replaced since.',
    }),
  stillRunning: (run: string, pid: number) =>
    new HostwrightError('still-running', `The run ${run} is still going on (process ${pid}).`, {
      hint: 'Wait for its end, or stop it first.',
    }),
};

export const warnings = {
  notRecorded: (path: string, cause: unknown) =>
    cause instanceof HostwrightError
      ? `This run is not recorded: it can be neither resumed nor undone. ${cause.message}`
      : `This run is not recorded, because ${path} cannot be written${reasonOf(cause)}: it can be neither resumed nor undone.`,
};
