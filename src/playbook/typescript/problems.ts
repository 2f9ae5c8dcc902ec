import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { describeThrown } from '../../source/foreign-value.ts';

/** Errors of what is built with the functions of the TypeScript DSL, worded in one place. */

type Position = SourcePosition | undefined;

export function tooDeep(position: Position): HostwrightError {
  return new HostwrightError('too-deep', 'A value is nested too deeply, or contains itself.', {
    position,
    hint: 'Give plain data: texts, numbers, lists and maps.',
  });
}

export function notData(position: Position, what: string): HostwrightError {
  return new HostwrightError('not-data', `A playbook is given ${what}, which is no data.`, {
    position,
    hint: 'Give texts, numbers, true or false, lists and plain maps.',
  });
}

export function asyncSection(position: Position): HostwrightError {
  return new HostwrightError(
    'section-async',
    'A function with tasks is async, so its tasks would come too late.',
    {
      position,
      hint: 'Await what is needed at the top of the playbook file, before the play.',
    },
  );
}

export function notANode(position: Position, value: unknown): HostwrightError {
  const what =
    typeof value === 'function' ? 'a function' : typeof value === 'object' ? 'a map' : String(value);
  return new HostwrightError('not-a-task', `Among tasks stands ${what}, which is no task.`, {
    position,
    hint: "Call a module's function: file('Name', { … }). Handlers stand under notify.",
  });
}

export function noPlaybook(file: string): HostwrightError {
  return new HostwrightError('not-a-playbook', `The file ${file} exports no playbook.`, {
    position: { file, line: 1, column: 1 },
    hint: 'Write: export default definePlaybook({ plays: [play(…)] })',
  });
}

export function notLoaded(file: string, position: Position, thrown: unknown): HostwrightError {
  return new HostwrightError(
    'playbook-module',
    `The playbook ${file} cannot be loaded: ${describeThrown(thrown)}.`,
    {
      position: position ?? { file, line: 1, column: 1 },
      hint: 'It is loaded like any TypeScript module: imports must resolve, and what runs at its top must not fail.',
      cause: thrown,
    },
  );
}
