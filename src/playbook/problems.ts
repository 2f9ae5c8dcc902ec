import { Computed } from '../core/computed.ts';
import { HostwrightError } from '../core/error.ts';
import type { SourcePosition } from '../core/position.ts';
import { Template } from '../core/template.ts';
import { didYouMean, listWords, quote } from '../source/words.ts';

/** Errors of playbooks, roles and variable files, worded in one place. Those of expressions are in expressions/problems.ts. */

type Position = SourcePosition | undefined;

/** An error of this layer; only its problem files call it. */
export function problem(code: string, position: Position, message: string, hint?: string): HostwrightError {
  return new HostwrightError(code, message, { position, hint });
}

/** A value as a sentence names it. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (value instanceof Computed) return 'a function';
  if (value instanceof Template) return `the template ${quote(value.source)}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string'
    ? `the text ${quote(value)}`
    : `${typeof value === 'number' ? 'the number ' : ''}${String(value)}`;
}

export function morePlaybookProblems(count: number): HostwrightError {
  return problem('more-problems', undefined, `${count} more problems are not shown.`, 'Mend these first.');
}

export function importCircle(position: Position, chain: readonly string[]): HostwrightError {
  return problem(
    'import-circle',
    position,
    `Files import each other in a circle: ${chain.join(' -> ')}.`,
    'Take one of these imports or dependencies out.',
  );
}

export function missingFile(position: Position, wanted: string, tried: readonly string[]): HostwrightError {
  return problem(
    'file-missing',
    position,
    `The file ${quote(wanted)} does not exist.`,
    `Looked for ${listWords(tried, 6)}.`,
  );
}

export function missingRole(
  position: Position,
  name: string,
  tried: readonly string[],
  known: readonly string[],
): HostwrightError {
  return problem(
    'role-missing',
    position,
    `There is no role ${quote(name)}.`,
    didYouMean(name, known) ?? `Looked for ${listWords(tried, 6)}.`,
  );
}

export function notVariables(position: Position, file: string, value: unknown): HostwrightError {
  return problem(
    'not-variables',
    position ?? { file, line: 1, column: 1 },
    `A file of variables holds a map, but this one holds ${describeValue(value)}.`,
    'Write "name: value" lines.',
  );
}

export function noFreeForm(
  position: Position,
  module: string,
  text: string,
  example: string | undefined,
): HostwrightError {
  return problem(
    'no-free-form',
    position,
    `${module} takes its parameters by name, but was given the text ${quote(text)}.`,
    `Write them below it as "${example ?? 'name'}: value", or on one line as ${example ?? 'name'}=value.`,
  );
}

export function paramsNotMap(position: Position, module: string, value: unknown): HostwrightError {
  return problem(
    'wrong-type',
    position,
    `The parameters of ${module} are a map, but here stands ${describeValue(value)}.`,
    'Write each parameter on its own line below the module: "name: value".',
  );
}

export function paramTwice(position: Position, name: string): HostwrightError {
  return problem(
    'parameter-twice',
    position,
    `The parameter ${quote(name)} is given twice.`,
    'Keep one of them.',
  );
}

/** `hosts`: those that lack it, where others have it. */
export function undefinedName(
  position: Position,
  name: string,
  names: Iterable<string>,
  hosts: readonly string[] | undefined,
  hint: string | undefined,
): HostwrightError {
  if (hosts) {
    const message = `The variable ${quote(name)} is not defined for ${listWords(hosts, 5)}.`;
    return problem(
      'undefined-variable',
      position,
      message,
      `Other hosts of the play have it: define it for all, or add "when: has(vars.${name})".`,
    );
  }
  const advice =
    hint ?? didYouMean(name, names) ?? 'Define it under vars, in the inventory, as an input or with -e.';
  return problem('undefined-variable', position, `The variable ${quote(name)} is not defined.`, advice);
}

export function unknownHandler(position: Position, name: string, names: readonly string[]): HostwrightError {
  const hint =
    didYouMean(name, names) ??
    (names.length > 0
      ? `The play has ${listWords(names.map(quote), 12)}.`
      : 'Add it under "handlers:" of the play.');
  return problem('unknown-handler', position, `No handler is called ${quote(name)} or listens to it.`, hint);
}

export function moduleNameTaken(position: Position, name: string): HostwrightError {
  return problem(
    'module-name-taken',
    position,
    `The playbook defines a module ${quote(name)}, but a module of that name ships with Hostwright.`,
    'Give it another name.',
  );
}

export function notAPlaybook(position: Position, value: unknown): HostwrightError {
  const message = `A playbook is a list of plays, but this file holds ${describeValue(value)}.`;
  return problem(
    'not-a-playbook',
    position,
    message,
    'Begin with "- hosts: all" and put the tasks under "tasks:".',
  );
}

export function notAPlay(position: Position, value: unknown): HostwrightError {
  return problem(
    'not-a-play',
    position,
    `A play is a map with "hosts" and "tasks", but here stands ${describeValue(value)}.`,
    'Begin a play with "- hosts: all".',
  );
}

export function taskAmongPlays(position: Position, name: string): HostwrightError {
  return problem(
    'task-among-plays',
    position,
    `${name} is a task, but plays are expected here.`,
    'Put the tasks into a play: "- hosts: all", and under it "tasks:" with the tasks indented below.',
  );
}

export function playAmongTasks(position: Position): HostwrightError {
  return problem(
    'play-among-tasks',
    position,
    'A play stands where tasks are expected.',
    'A file that is imported with import_tasks holds tasks only; use import_playbook for whole plays.',
  );
}

export function noHosts(position: Position): HostwrightError {
  return problem(
    'no-hosts',
    position,
    'The play does not say on which hosts it runs.',
    'Add "hosts: all", or the name of a group or host of the inventory.',
  );
}

export function badInput(position: Position, name: string, message: string, hint?: string): HostwrightError {
  return problem('bad-input-definition', position, `The input ${quote(name)} ${message}.`, hint);
}

/** Where an earlier thing of the same name stands. */

export function playWithoutDash(position: Position): HostwrightError {
  return problem(
    'not-a-playbook',
    position,
    'A playbook is a list of plays, but this play is no item of a list.',
    'Put "- " before its first line and indent the others by two spaces.',
  );
}

export function notRoles(position: Position, keyword: string, value: unknown): HostwrightError {
  return problem(
    'wrong-type',
    position,
    `${quote(keyword)} takes a list of roles but was given ${describeValue(value)}.`,
    'Write "- name" for each role.',
  );
}

export function notARole(position: Position, value: unknown): HostwrightError {
  return problem(
    'not-a-role',
    position,
    `A role is given by its name or by a map with "role", but here stands ${describeValue(value)}.`,
    'Write "- role: NAME" and the role\'s variables below it.',
  );
}
