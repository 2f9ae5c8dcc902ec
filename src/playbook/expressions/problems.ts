import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { didYouMean, quote } from '../../source/words.ts';
import { describeValue } from './values.ts';

/** Errors of expressions, worded in one place. */

/** Codes of the errors that `default`, `defined` and `has` turn into "not there". */
const UNDEFINED_CODES = new Set(['undefined-variable', 'undefined-field']);

/** True where an expression names something that does not exist, in itself or in a variable that it uses. */
export function isUndefined(thrown: unknown): thrown is HostwrightError {
  return thrown instanceof HostwrightError && UNDEFINED_CODES.has(thrown.code);
}

type Position = SourcePosition | undefined;

export function undefinedVariable(
  position: Position,
  name: string,
  names: Iterable<string>,
  hint?: string,
): HostwrightError {
  return new HostwrightError('undefined-variable', `The variable ${quote(name)} is not defined.`, {
    position,
    hint:
      hint ??
      didYouMean(name, names) ??
      'Define it (vars, inputs, inventory, -e), or give a fallback with "default".',
  });
}

export function undefinedField(
  position: Position,
  path: string,
  field: string,
  owner: string,
  ownerKind: string,
  fields: Iterable<string>,
  hint?: string,
): HostwrightError {
  return new HostwrightError(
    'undefined-field',
    `${quote(path)} is not defined: ${owner} (${ownerKind}) has no field ${quote(field)}.`,
    {
      position,
      hint: hint ?? didYouMean(field, fields) ?? 'Give a fallback with "default" if it may be missing.',
    },
  );
}

export function templateCycle(position: Position, chain: readonly string[]): HostwrightError {
  return new HostwrightError(
    'template-cycle',
    `Variables refer to each other in a circle: ${chain.join(' -> ')}.`,
    {
      position,
      hint: 'A variable cannot be made from itself; give one of them another name.',
    },
  );
}

export function templateTooDeep(position: Position): HostwrightError {
  return new HostwrightError('template-too-deep', 'The value is made from variables nested too deep.', {
    position,
    hint: 'Check for a variable that contains itself.',
  });
}

export function templateSyntax(
  position: Position,
  source: string,
  near: string,
  hint: string | undefined,
): HostwrightError {
  const where = near === '' ? 'at its end' : `near ${quote(near)}`;
  return new HostwrightError(
    'template-syntax',
    `The template ${quote(source)} is not valid Handlebars, ${where}.`,
    {
      position,
      hint:
        hint ??
        'Write {{ name }}, {{ map.field }} or {{ function value "text" }}; close every {{#block}} with {{/block}}.',
    },
  );
}

export function templateBlocksDiffer(position: Position, open: string, close: string): HostwrightError {
  return new HostwrightError('template-syntax', `The block {{#${open}}} is closed by {{/${close}}}.`, {
    position,
    hint: `Close it with {{/${open}}}.`,
  });
}

export function jinjaStatement(position: Position, statement: string): HostwrightError {
  return new HostwrightError(
    'template-jinja',
    `${quote(statement)} is Jinja, which templates are not written in.`,
    {
      position,
      hint:
        'Write {{#if x}} … {{else}} … {{/if}} or {{#each list}} … {{this}} … {{/each}}; text that really holds {% goes ' +
        'between {{{{raw}}}} and {{{{/raw}}}}.',
    },
  );
}

export function templateUnsupported(position: Position, what: string, hint: string): HostwrightError {
  return new HostwrightError('template-unsupported', `${what} cannot be used in templates.`, {
    position,
    hint,
  });
}

export function unknownFunction(
  position: Position,
  name: string,
  names: Iterable<string>,
  hint?: string,
): HostwrightError {
  return new HostwrightError('unknown-function', `There is no function ${quote(name)} for templates.`, {
    position,
    hint: hint ?? didYouMean(name, names) ?? 'docs/expressions.md lists all functions.',
  });
}

export function wrongArguments(
  position: Position,
  name: string,
  problem: string,
  usage: string,
): HostwrightError {
  return new HostwrightError('function-arguments', `The function ${quote(name)} ${problem}.`, {
    position,
    hint: `It is written: ${usage}`,
  });
}

export function functionFailed(
  position: Position,
  name: string,
  problem: string,
  hint: string | undefined,
): HostwrightError {
  return new HostwrightError('function-failed', `The function ${quote(name)} failed: ${problem}.`, {
    position,
    hint,
  });
}

export function badLookup(key: string): HostwrightError {
  return new HostwrightError(
    'function-failed',
    `The function "lookup" needs a name or an index, but gets ${key}.`,
  );
}

export function requiredMissing(position: Position, message: string): HostwrightError {
  return new HostwrightError('required-missing', message, { position });
}

export function notText(position: Position, source: string, value: unknown): HostwrightError {
  const isNull = value === null || value === undefined;
  return new HostwrightError(
    isNull ? 'null-in-text' : 'not-text',
    `{{ ${source} }} is ${describeValue(value)}, which cannot be put into text.`,
    { position, hint: isNull ? `Give a fallback: {{ default ${plainOperand(source)} "" }}` : undefined },
  );
}

const plainOperand = (source: string) => (source.includes(' ') ? `(${source})` : source);

export function notIterable(position: Position, source: string, value: unknown): HostwrightError {
  return new HostwrightError(
    'not-iterable',
    `{{#each ${source}}} needs a list or a map, but gets ${describeValue(value)}.`,
    { position },
  );
}

export function conditionSyntax(
  position: Position,
  expression: string,
  problem: string,
  hint: string | undefined,
): HostwrightError {
  return new HostwrightError(
    'condition-syntax',
    `The condition ${quote(expression)} is not valid: ${problem}.`,
    {
      position,
      hint: hint ?? 'Conditions are CEL: ==, !=, &&, ||, !, in, has(vars.x), x.startsWith("a"), size(list).',
    },
  );
}

export function unknownConditionFunction(
  position: Position,
  expression: string,
  name: string,
  names: Iterable<string>,
): HostwrightError {
  return new HostwrightError(
    'unknown-function',
    `The condition ${quote(expression)} calls ${quote(name)}, which is not a function.`,
    { position, hint: didYouMean(name, names) ?? 'docs/expressions.md lists all functions.' },
  );
}

export function conditionFailed(
  position: Position,
  expression: string,
  problem: string,
  hint: string | undefined,
): HostwrightError {
  return new HostwrightError(
    'condition-failed',
    `The condition ${quote(expression)} cannot be evaluated: ${problem}.`,
    { position, hint },
  );
}

export function conditionNotBoolean(position: Position, expression: string, value: unknown): HostwrightError {
  return new HostwrightError(
    'condition-not-boolean',
    `The condition ${quote(expression)} gives ${describeValue(value)}, not true or false.`,
    { position, hint: comparison(expression, value) },
  );
}

function comparison(expression: string, value: unknown): string {
  const simple = /^[\w.[\]'"]+$/.test(expression) ? expression : `(${expression})`;
  if (typeof value === 'string' && /^(true|false|yes|no|on|off|1|0)$/i.test(value))
    return `Write to_bool(${expression}), or compare: ${simple} == ${JSON.stringify(value)}`;
  if (typeof value === 'string') return `Write a comparison: ${simple} != ""`;
  if (typeof value === 'number') return `Write a comparison: ${simple} != 0`;
  if (value === null || value === undefined) return `Write a comparison: ${simple} != null`;
  return `Write a comparison: size(${expression}) > 0`;
}

export function templateInCondition(
  position: Position,
  expression: string,
  bare: string | undefined,
): HostwrightError {
  return new HostwrightError(
    'template-in-condition',
    `The condition ${quote(expression)} holds {{ }}, but conditions are evaluated as they are.`,
    { position, hint: bare === undefined ? 'Write names without braces.' : `Write: ${bare}` },
  );
}

/** The same error with a place, where it has none yet. */
export function placed(error: HostwrightError, position: Position): HostwrightError {
  if (error.position !== undefined || position === undefined) return error;
  return new HostwrightError(error.code, error.message, { position, hint: error.hint, cause: error.cause });
}
