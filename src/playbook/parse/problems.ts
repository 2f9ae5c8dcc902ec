import type { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { didYouMean, listWords, nearest, quote } from '../../source/words.ts';
import { describeValue, problem } from '../problems.ts';

/** Errors of the form of plays, tasks and keywords, worded in one place. */

type Position = SourcePosition | undefined;

export function wrongKind(
  position: Position,
  keyword: string,
  expected: string,
  value: unknown,
): HostwrightError {
  const hint = value === null ? `Leave "${keyword}" out where there is nothing to say.` : undefined;
  return problem(
    'wrong-type',
    position,
    `${quote(keyword)} takes ${expected} but was given ${describeValue(value)}.`.replace(',,', ','),
    hint,
  );
}

export function badChoice(
  position: Position,
  keyword: string,
  given: string,
  choices: readonly string[],
): HostwrightError {
  const hint = didYouMean(given, choices);
  return problem(
    'bad-choice',
    position,
    `${quote(keyword)} takes ${listWords(choices).replace(/ and (\S+)$/, ' or $1')} but was given ${quote(given)}.`,
    hint,
  );
}

const OWNERS: Readonly<Record<string, string>> = {
  play: 'a play',
  block: 'a block',
  task: 'a task',
  include: 'an include',
  roleUse: 'a role in a play',
  importPlaybook: 'an import_playbook',
  playbook: 'a playbook',
  input: 'an input',
  loopControl: 'loop_control',
};

export function unknownKeyword(
  position: Position,
  key: string,
  owner: string,
  known: Iterable<string>,
  elsewhere: readonly string[] = [],
  hint?: string,
): HostwrightError {
  const where = OWNERS[owner] ?? owner;
  const places = elsewhere.map((name) => OWNERS[name] ?? name);
  if (places.length > 0) {
    const message = `${quote(key)} has no meaning in ${where}; it belongs to ${listWords(places).replace(' and ', ' or ')}.`;
    return problem(
      'misplaced-keyword',
      position,
      message,
      hint ?? 'Move it there, or check the indentation.',
    );
  }
  return problem(
    'unknown-keyword',
    position,
    `${quote(key)} is not a keyword of ${where}.`,
    hint ?? didYouMean(key, known) ?? keywordHint(known),
  );
}

function keywordHint(known: Iterable<string>): string | undefined {
  const words = [...known].sort();
  return words.length <= 24 ? `It takes ${listWords(words)}.` : undefined;
}

export function unsupportedKeyword(position: Position, key: string, instead: string): HostwrightError {
  return problem(
    'unsupported-keyword',
    position,
    `${quote(key)} is a keyword of Ansible that Hostwright does not have.`,
    instead,
  );
}

export function unsupportedLoop(position: Position, key: string, instead: string): HostwrightError {
  return problem('unsupported-loop', position, `${quote(key)} cannot be translated to "loop" here.`, instead);
}

export function badVariableName(position: Position, name: string): HostwrightError {
  return problem(
    'bad-variable-name',
    position,
    `${quote(name)} is no name for a variable.`,
    'Use letters, digits and _ only, and no digit first.',
  );
}

export function notTasks(position: Position, keyword: string, value: unknown): HostwrightError {
  const hint =
    value !== null && typeof value === 'object' ? `Begin each task below it with "- ".` : undefined;
  return problem(
    'wrong-type',
    position,
    `${quote(keyword)} takes a list of tasks but was given ${describeValue(value)}.`,
    hint,
  );
}

export function notATask(position: Position, value: unknown): HostwrightError {
  return problem(
    'not-a-task',
    position,
    `A task is a map, but here stands ${describeValue(value)}.`,
    'Write "- name: …" and below it a module with its parameters.',
  );
}

export function noModule(position: Position, keys: readonly string[]): HostwrightError {
  const has = keys.length === 0 ? 'it is empty' : `it has only ${listWords(keys.map(quote))}`;
  return problem(
    'no-module',
    position,
    `The task has no module: ${has}.`,
    'Add what is to be done, for example "copy:" with its parameters below.',
  );
}

export function severalModules(position: Position, first: string, second: string): HostwrightError {
  return problem(
    'several-modules',
    position,
    `The task has two modules, ${quote(first)} and ${quote(second)}.`,
    'Write two tasks; or indent the second below the first if it is one of its parameters.',
  );
}

export function unknownModule(
  position: Position,
  name: string,
  modules: readonly string[],
  keywords: Iterable<string>,
  advice: string | undefined,
): HostwrightError {
  const short = name.split('.').at(-1) ?? name;
  const near = nearest(short, modules) ?? nearest(short, keywords);
  const hint =
    advice ??
    (near && near !== name ? `Did you mean ${quote(near)}?` : undefined) ??
    '"hostwright doc" lists all modules.';
  return problem('unknown-module', position, `There is no module ${quote(name)}.`, hint);
}

export function parameterAmongKeywords(position: Position, key: string, module: string): HostwrightError {
  return problem(
    'misplaced-parameter',
    position,
    `${quote(key)} is a parameter of ${module}, not a keyword of a task.`,
    `Indent it below "${module}:".`,
  );
}

export function blockWithModule(position: Position, key: string): HostwrightError {
  return problem(
    'block-with-module',
    position,
    `A block cannot have the module ${quote(key)} too.`,
    'Put it into the block as a task of its own.',
  );
}

export function sectionWithoutBlock(position: Position, key: string): HostwrightError {
  return problem(
    'section-without-block',
    position,
    `${quote(key)} stands without a "block".`,
    'Put the tasks that it belongs to under "block:", in the same map.',
  );
}

export function importLoop(position: Position, keyword: string): HostwrightError {
  const twin = keyword.replace('import_', 'include_');
  return problem(
    'import-loop',
    position,
    `${quote(keyword)} cannot loop, because it is read before anything runs.`,
    `Use ${twin}, which can.`,
  );
}

export function importTemplate(position: Position, keyword: string): HostwrightError {
  const instead =
    keyword === 'import_playbook'
      ? 'Write the path itself.'
      : `Use ${keyword.replace('import_', 'include_')}, which is read when the task runs.`;
  return problem(
    'import-template',
    position,
    `${quote(keyword)} is read before anything runs, so its target cannot be a template.`,
    instead,
  );
}

export function missingKey(position: Position, owner: string, key: string, hint?: string): HostwrightError {
  return problem('missing-keyword', position, `${owner} needs ${quote(key)}.`, hint);
}

export function severalLoops(position: Position, first: string, second: string): HostwrightError {
  return problem(
    'several-loops',
    position,
    `The task has two loops, ${quote(first)} and ${quote(second)}.`,
    'Keep one of them.',
  );
}

export function listenOutsideHandlers(position: Position): HostwrightError {
  return problem(
    'misplaced-keyword',
    position,
    '"listen" has no meaning in a task that is not a handler.',
    'Move the task under "handlers:", or leave it out.',
  );
}

export function notATaskFile(position: Position, value: unknown): HostwrightError {
  return problem(
    'not-a-task-file',
    position,
    `A file of tasks is a list, but this one holds ${describeValue(value)}.`,
    'Begin each task with "- ".',
  );
}

export function emptyCondition(position: Position, keyword: string): HostwrightError {
  const message = `The condition under ${quote(keyword)} is empty.`;
  return problem('empty-condition', position, message, 'Write an expression, or leave the keyword out.');
}
