import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { describeThrown } from '../../source/foreign-value.ts';
import { quote } from '../../source/words.ts';
import { describeValue } from './values.ts';

/** Errors of the functions in TypeScript playbooks, worded in one place. */

type Position = SourcePosition | undefined;

export function functionFailed(position: Position, thrown: unknown): HostwrightError {
  return new HostwrightError(
    'function-failed',
    `A function of the playbook fails: ${describeThrown(thrown)}.`,
    {
      position,
      hint: 'Mend the function; what it gets from a host may be shorter, emptier or not there at all.',
      cause: thrown,
    },
  );
}

export function functionIsAsync(position: Position): HostwrightError {
  return new HostwrightError(
    'function-async',
    'A function of the playbook gives a promise, but functions are asked while a task is being worked out and cannot wait.',
    {
      position,
      hint: 'Await what is needed at the top of the playbook file, or let a task do it on the host.',
    },
  );
}

export function functionNotBoolean(position: Position, value: unknown): HostwrightError {
  return new HostwrightError(
    'condition-not-boolean',
    `The function of a condition gives ${describeValue(value)}, not true or false.`,
    { position, hint: 'Compare it with something: () => value === … or () => Boolean(value)' },
  );
}

export function functionGivesForeign(position: Position, what: string): HostwrightError {
  return new HostwrightError(
    'function-value',
    `A function of the playbook gives ${what}, which is no data.`,
    {
      position,
      hint: 'Give texts, numbers, true or false, lists and plain maps: date.toISOString(), [...set], Object.fromEntries(map).',
    },
  );
}

export function functionGivesFunction(position: Position): HostwrightError {
  return new HostwrightError('function-nested', 'A function of the playbook gives another function.', {
    position,
    hint: 'Call it: () => name() instead of () => name.',
  });
}

export function readOutside(position: Position, what: string): HostwrightError {
  return new HostwrightError(
    'read-outside-function',
    `${what} is only known while tasks run on a host, but is read while the playbook is being loaded.`,
    { position, hint: `Put it into a function: () => ${what}` },
  );
}

export function undeclaredInput(name: string): HostwrightError {
  return new HostwrightError(
    'undeclared-input',
    `The input ${quote(name)} is not declared by this playbook.`,
    {
      hint: 'Give the inputs to definePlaybook, play or defineRole: definePlaybook({ inputs, … })',
    },
  );
}

export function noResultYet(task: string): HostwrightError {
  return new HostwrightError('no-result-yet', `The task ${quote(task)} has not run on this host.`, {
    hint: 'Use its result only in tasks after it, on hosts that it runs on.',
  });
}

export function noResultField(task: string, field: string, status: string): HostwrightError {
  return new HostwrightError(
    'no-result-field',
    `The result of the task ${quote(task)} has no field ${quote(field)}: the task ${status}.`,
    { hint: 'Ask first: result.skipped, result.failed.' },
  );
}
