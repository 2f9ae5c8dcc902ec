import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { Reference } from '../expressions.ts';
import { createCelEnvironment } from './cel-environment.ts';
import { CelEvaluation, codeOf } from './cel-evaluation.ts';
import { referencesOfCel, uncoverVariables } from './cel-names.ts';
import { FunctionFailure, type Surroundings } from './functions/define.ts';
import { functions } from './functions/index.ts';
import * as problems from './problems.ts';
import type { Resolver } from './resolver.ts';
import { suggestCel } from './suggest.ts';

type Position = SourcePosition | undefined;

/** CEL over the names of a scope. */
export interface Conditions {
  /** The value of an expression, in plain data. */
  readonly evaluate: (source: string, resolver: Resolver, position: Position) => unknown;
  /** Throws for wrong syntax and unknown functions. */
  readonly check: (source: string, position: Position) => void;
  readonly references: (source: string, position: Position) => readonly Reference[];
}

export function createConditions(around: Surroundings): Conditions {
  const parsed = new Map<string, ParseResult>();
  let environment: Environment | undefined;
  // Evaluation is synchronous, but a scope may evaluate a condition while one is evaluated: the inner one is put in front.
  let current: CelEvaluation | undefined;
  const evaluation = () => {
    if (!current) throw new Error('No CEL expression is being evaluated.');
    return current;
  };

  const parse = (source: string, position: Position): ParseResult => {
    const known = parsed.get(source);
    if (known) return known;
    environment ??= createCelEnvironment(evaluation, around);
    try {
      const result = environment.parse(source);
      uncoverVariables(result.ast);
      parsed.set(source, result);
      return result;
    } catch (thrown) {
      throw explain(thrown, source, position);
    }
  };

  return {
    evaluate: (source, resolver, position) => {
      const run = parse(source, position);
      const mine = new CelEvaluation(resolver);
      const outer = current;
      current = mine;
      try {
        const result = run(mine);
        mine.throwIfFailed();
        return mine.convert.fromCel(result);
      } catch (thrown) {
        try {
          mine.throwIfFailed();
        } catch (first) {
          throw explain(first, source, position);
        }
        throw explain(thrown, source, position);
      } finally {
        current = outer;
      }
    },
    check: (source, position) => {
      const { valid, error } = parse(source, position).check();
      if (!valid) throw explain(error, source, position);
    },
    references: (source, position) =>
      referencesOfCel(parse(source, position).ast).map((found) => ({ ...found, position })),
  };
}

/** Errors of the library in words for people; what is not an error of evaluating is given back as it is. */
function explain(thrown: unknown, source: string, position: Position): unknown {
  if (thrown instanceof HostwrightError) {
    const jinja =
      thrown.code === 'undefined-variable' && thrown.position === undefined ? jinjaHint(source) : undefined;
    const hint = jinja ?? (thrown.position === undefined ? conditionHint(thrown) : thrown.hint);
    return problems.placed(
      new HostwrightError(thrown.code, thrown.message, { ...thrown, hint, cause: thrown.cause }),
      position,
    );
  }
  if (thrown instanceof FunctionFailure)
    return problems.conditionFailed(position, source, thrown.message, thrown.hint);
  if (!(thrown instanceof Error)) return thrown;
  const code = codeOf(thrown);
  const isParse = thrown.name === 'ParseError';
  // A TypeError of JavaScript itself, or a stack that is used up, from odd data inside the library.
  const isLibrary =
    isParse || thrown.name === 'EvaluationError' || (thrown.name === 'TypeError' && code !== undefined);
  if (!isLibrary && !(thrown instanceof TypeError) && !(thrown instanceof RangeError)) return thrown;
  const { summary, range } = thrown as {
    readonly summary?: string;
    readonly range?: { readonly start: number };
  };
  const where = range && source.length > 0 ? ` (at character ${range.start + 1})` : '';
  const problem = `${wording(summary ?? 'it fails inside the evaluator')}${where}`;
  const called = code === 'no_matching_overload' ? /(?:\.|')(\w+)\(/.exec(summary ?? '')?.[1] : undefined;
  if (called && !(called in functions) && !CEL_FUNCTIONS.has(called))
    return problems.unknownConditionFunction(position, source, called, [
      ...Object.keys(functions),
      ...CEL_FUNCTIONS,
    ]);
  const make = isParse ? problems.conditionSyntax : problems.conditionFailed;
  return make(position, source, problem, jinjaHint(source) ?? hintFor(code, source));
}

/** What CEL has itself, for suggestions. */
const CEL_FUNCTIONS = new Set(
  (
    'size has type int uint double string bool bytes dyn duration timestamp startsWith endsWith contains matches lowerAscii upperAscii ' +
    'trim split join indexOf lastIndexOf substring all exists exists_one map filter default defined failed changed skipped succeeded unreachable'
  ).split(' '),
);

/** The advice for templates has another spelling in conditions. */
function conditionHint(error: HostwrightError): string | undefined {
  if (error.code !== 'undefined-variable' || !error.hint?.includes('fallback')) return error.hint;
  const [, name = 'x'] = /"(.+)"/.exec(error.message) ?? [];
  return `Define it (vars, inputs, inventory, -e), or test it with has(vars.${name}).`;
}

function wording(summary: string): string {
  const text = summary
    .replace('No such key: index', 'index')
    .replace(/^./, (letter) => letter.toLowerCase())
    .replace(/dyn<(\w+)>/g, '$1');
  return text.replace(/\.$/, '').replace(/^no such overload: /, 'there is no operation ');
}

function jinjaHint(source: string): string | undefined {
  if (!/\b(?:and|or|not|is|True|False|None|if)\b|\||\]\s*\.|~/.test(source)) return undefined;
  const suggestion = suggestCel(source);
  return suggestion === null ? undefined : `Write: ${suggestion}`;
}

function hintFor(code: string | undefined, source: string): string | undefined {
  switch (code) {
    case 'no_such_key': {
      const [path] = /[A-Za-z_]\w*(?:\.\w+)+/.exec(source) ?? [];
      return `Test it with has(${path ?? 'x.y'}), or give a fallback: default(${path ?? 'x.y'}, "")`;
    }
    case 'index_out_of_bounds':
      return 'Test the length first: size(x) > 0';
    case 'unknown_variable':
      return 'The name is a word of CEL itself; write vars.name.';
    case 'no_such_overload':
    case 'no_matching_overload':
      return 'Convert one side: string(x), int(x), double(x); or check the name and the number of arguments.';
    case 'invalid_logical_operand':
    case 'invalid_condition_type':
      return 'Compare it with something: x != "", x > 0, x != null, size(x) > 0.';
    case 'reserved_identifier':
      return 'The name is a word of CEL itself; write vars.name.';
    case 'unexpected_character':
      return /[^=!<>]=[^=]/.test(source) ? 'Equality is written ==.' : undefined;
    default:
      return undefined;
  }
}
