import { HostwrightError } from '../core/error.ts';
import type { SourcePosition } from '../core/position.ts';

type Place = SourcePosition | undefined;

const error = (code: string, message: string, hint: string, position?: Place, cause?: unknown) =>
  new HostwrightError(code, message, { hint, position, cause });

/** The engine's errors, worded in one place. */
export const problems = {
  notAsForeseen: (what: string) =>
    new HostwrightError(
      'not-as-foreseen',
      `The run asks for something else (${what}) than what it foresaw and has already done on the host.`,
      {
        hint: 'Something on this machine changed while the play ran (a template, a file), or this is a defect of ours; --no-pipeline does one task after the other.',
      },
    ),

  unknownTransport: (host: string, name: string, known: readonly string[]) =>
    error(
      'unknown-connection',
      `The connection "${name}" of host "${host}" does not exist.`,
      `Use one of: ${known.join(', ')}.`,
    ),
  readTooLarge: (host: string, what: string, limit: number) =>
    error(
      'read-too-large',
      `Reading the ${what} on ${host} gave more than ${limit} bytes.`,
      'Something on the host prints far more than it should; run the command by hand there to see what.',
    ),
  notSent: (host: string, why: string) =>
    error(
      'unwritable-file',
      `A file could not be sent to ${host}: ${why || 'the host said nothing'}.`.replace(/\.\.$/, '.'),
      'Make room there, or let the task work as a user who may write there (become).',
    ),
  notSentInTime: (host: string, seconds: number) =>
    error(
      'timed-out',
      `A file could not be sent to ${host} within ${seconds} seconds.`,
      'What arrived is not sent again: run the task again, or give it a longer timeout.',
    ),
  notBoolean: (keyword: string, value: unknown, position: Place) =>
    error(
      'wrong-type',
      `"${keyword}" must be true or false, but it is ${JSON.stringify(value)}.`,
      'Write true or false, or an expression that gives one of them.',
      position,
    ),
  notNumber: (keyword: string, value: unknown, position: Place) =>
    error(
      'wrong-type',
      `"${keyword}" must be a number of at least 0, but it is ${JSON.stringify(value)}.`,
      'Write a number such as 5.',
      position,
    ),
  notList: (keyword: string, value: unknown, position: Place) =>
    error(
      'loop-not-a-list',
      `"${keyword}" must be a list, but it is ${describe(value)}.`,
      typeof value === 'object' && value !== null
        ? 'To loop over a map, write {{ dict2items NAME }} and use item.key and item.value.'
        : 'Write a list, or an expression that gives one.',
      position,
    ),
  oldLoop: (keyword: string, value: unknown, instead: string, position: Place) =>
    error('loop-not-a-list', `"${keyword}" cannot loop over ${describe(value)}.`, instead, position),
  noneFound: (tried: readonly string[], directories: readonly string[], position: Place) =>
    error(
      'none-found',
      `None of the files ${tried.join(', ')} is there.`,
      `Looked in: ${directories.join(', ')}. Add skip: true where none need be there.`,
      position,
    ),
  linesCommand: (command: string, reason: string, position: Place) =>
    error(
      'lines-command',
      `The command "${command}" of with_lines failed on this machine: ${reason === '' ? 'it says nothing' : reason}.`,
      'Commands of with_lines run where Hostwright runs; to run one on the host, register its output and loop over stdout_lines.',
      position,
    ),
  argsNotMap: (value: unknown, position: Place) =>
    error(
      'wrong-type',
      `"args" must be a map of parameters, but it is ${describe(value)}.`,
      'Write a map, or an expression that gives one.',
      position,
    ),
  notEnvironment: (value: unknown, position: Place) =>
    error(
      'wrong-type',
      `"environment" must be a map of names to values, but it is ${describe(value)}.`,
      'Write for example: environment: {LANG: C.UTF-8}.',
      position,
    ),
  missingFile: (path: string, tried: readonly string[], position: Place) =>
    error(
      'missing-file',
      `The file "${path}" does not exist on this machine.`,
      `It was looked for as: ${tried.join(', ')}.`,
      position,
    ),
  notVariables: (file: string, position: Place) =>
    error(
      'not-variables',
      `The file "${file}" holds no map of variables.`,
      'Write one variable per line: NAME: VALUE.',
      position,
    ),
  noDirectory: (path: string, position: Place) =>
    error(
      'no-directory',
      `"${path}" is no directory.`,
      'For a single file write "file" instead of "dir".',
      position,
    ),
  otherVariableFile: (path: string, extensions: readonly string[], position: Place) =>
    error(
      'not-variables',
      `The file "${path}" ends in none of ${extensions.join(', ')}.`,
      'Move it elsewhere, name it under ignore_files, or write ignore_unknown_extensions: true.',
      position,
    ),
  unreadableFile: (path: string, cause: Error, position: Place) =>
    error(
      'unreadable-file',
      `The file "${path}" cannot be read: ${cause.message}.`,
      'Make it readable for the user who runs Hostwright.',
      position,
      cause,
    ),
  notConverged: (module: string, differing: string) =>
    error(
      'not-converged',
      `The module "${module}" made its change, but reading again still shows a difference: ${differing}.`,
      'Something on the host puts it back or refuses it silently; look at what else manages it.',
    ),
  unknownHandler: (name: string, known: readonly string[], position: Place) =>
    error(
      'unknown-handler',
      `There is no handler named "${name}" in this play.`,
      known.length > 0
        ? `The play has: ${known.map((handler) => `"${handler}"`).join(', ')}.`
        : 'The play has no handlers; add a "handlers" section.',
      position,
    ),
  missingInput: (name: string, description: string | undefined, position: Place) =>
    error(
      'missing-input',
      `The input "${name}" has no value${description ? ` (${description})` : ''}.`,
      `Give it with -e ${name}=VALUE.`,
      position,
    ),
  wrongInput: (name: string, expected: string, value: unknown, position: Place) =>
    error(
      'wrong-input',
      `The input "${name}" must be ${expected}, but it is ${JSON.stringify(value)}.`,
      `Give it with -e ${name}=VALUE.`,
      position,
    ),
  noHosts: (pattern: string, position: Place) =>
    error(
      'no-hosts',
      `The pattern "${pattern}" matches no host.`,
      'Look at the hosts and groups with: hostwright inventory -i INVENTORY --graph.',
      position,
    ),
  includeLoop: (path: string, position: Place) =>
    error(
      'include-loop',
      `The include of "${path}" is nested more than 50 levels deep.`,
      'A file that includes itself needs a "when" that ends it.',
      position,
    ),
  inputCircle: (name: string, position: Place) =>
    error(
      'input-circle',
      `The default of the input "${name}" needs the input itself.`,
      'Give it a default of its own, or leave the default out so that it must be given.',
      position,
    ),
  unknownTask: (name: string) =>
    error(
      'unknown-task',
      `No task is named "${name}", so --start-at-task has nowhere to start.`,
      'See the names with --list-tasks.',
    ),
  taskMoved: (task: string, was: string, is: string) =>
    error(
      'task-moved',
      `Where "${task}" (${was}) was done, the playbook now has "${is}", so the run cannot be continued.`,
      'Bring back the playbook as it was, or run it from the start: what is done is not done twice.',
    ),
  notAsLeft: () =>
    error(
      'not-as-left',
      'The host is no longer as the run left it, so this change is not taken back.',
      'Look at the difference; --force takes it back all the same.',
    ),
  notProven: () =>
    error(
      'not-proven',
      'Nobody knows how this change ended (it failed, or the run was interrupted), so it is not taken back.',
      'Look at the host; --force takes it back all the same.',
    ),
  unrecorded: (run: string, hosts: readonly string[], journal: HostwrightError) => {
    const named =
      hosts.length > 10 ? `${hosts.slice(0, 10).join(', ')} and ${hosts.length - 10} more` : hosts.join(', ');
    return error(
      'unrecorded',
      `${journal.message} The run stopped before its end on ${named}.`,
      `Make room, and "hostwright resume ${run}" goes on; where the journal is gone, run the playbook again: what is done is not done twice.`,
      undefined,
      journal,
    );
  },
  notInPlan: () =>
    error(
      'not-in-plan',
      'The plan does not show this change, so it is not made.',
      'The host changed while the plan was carried out; make a new plan.',
    ),
};

/** What a person should know although it is no error. */
export const warnings = {
  answersAgain: (host: string, section: string, block: string) =>
    `${host} was lost and answers again: the "${section}" of "${block}" runs.`,
  sectionOwed: (host: string, section: string, block: string) =>
    `${host} was lost and does not answer: the "${section}" of "${block}" did not run there and is owed.`,
  transferBroken: (host: string) =>
    `The connection to ${host} broke while a file was on its way; it is made anew, and what arrived is not sent again.`,
  limitLeavesNobody: (limit: string) =>
    `No play has a host that --limit ${limit} leaves: nothing was done. See who is meant with: hostwright inventory --graph.`,
  nobodyInPlay: (play: string, message: string) => `The play "${play}" is left out: ${message}`,
};

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
