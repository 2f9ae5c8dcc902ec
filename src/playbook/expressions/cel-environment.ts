import type { Environment } from '@marcbachmann/cel-js';
import type { CelEvaluation } from './cel-evaluation.ts';
import { arity, callFunction, type Surroundings } from './functions/define.ts';
import { functions } from './functions/index.ts';
import { celLibrary } from './libraries.ts';

interface MacroNode {
  readonly op: string;
  readonly args: unknown;
}

/** What the library hands a macro; it documents it, but has no types for it. */
interface Macro {
  readonly args: readonly MacroNode[];
}
interface Checker {
  readonly check: (node: MacroNode, context: unknown) => unknown;
  readonly getType: (name: string) => unknown;
}
interface Runner {
  readonly run: (node: MacroNode, context: unknown) => unknown;
}

/** Optional arguments are overloads, one for each number of arguments; no function here has more. */
const MAX_ARGUMENTS = 4;

/** A register's outcome, missing fields being false: `failed(result)`. */
const OUTCOMES = ['failed', 'changed', 'skipped', 'unreachable'] as const;

/**
 * The CEL environment of conditions: variables are dynamic, ints and doubles can be mixed, and the functions of templates exist under
 * the same names. `evaluation` gives the one that is going on.
 */
export function createCelEnvironment(evaluation: () => CelEvaluation, around: Surroundings): Environment {
  const environment = new (celLibrary().Environment)({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
  });
  registerArithmetic(environment);
  registerMacros(environment, evaluation);
  for (const outcome of OUTCOMES) {
    const read = (result: Readonly<Record<string, unknown>>) =>
      Object.hasOwn(result, outcome) && result[outcome] === true;
    environment.registerFunction(`${outcome}(map): bool`, read);
  }
  const bad = ['failed', 'skipped', 'unreachable'] as const;
  environment.registerFunction('succeeded(map): bool', (result: Readonly<Record<string, unknown>>) =>
    bad.every((outcome) => !Object.hasOwn(result, outcome) || result[outcome] !== true),
  );
  environment.registerFunction('list.contains(dyn): bool', (items: readonly unknown[], item: unknown) => {
    const { fromCel } = evaluation().convert;
    return functions.contains?.run([fromCel(items), fromCel(item)], {}, around) === true;
  });
  for (const [name, of] of Object.entries(functions)) {
    if (!of.inConditions) continue;
    const [least, most] = arity(of);
    for (let count = least; count <= Math.min(most, MAX_ARGUMENTS); count++) {
      const parameters = Array.from({ length: count }, () => 'dyn').join(', ');
      environment.registerFunction(`${name}(${parameters}): dyn`, (...values: readonly unknown[]) => {
        const { fromCel, toCel } = evaluation().convert;
        return toCel(callFunction(of, values.map(fromCel), {}, around));
      });
    }
  }
  return environment;
}

function registerArithmetic(environment: Environment): void {
  const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  // A fraction in a variable must not decide whether `load + 1` can be computed.
  for (const [sign, operation] of Object.entries(operations)) {
    environment.registerOperator(`int ${sign} double`, (a: bigint, b: number) => operation(Number(a), b));
    environment.registerOperator(`double ${sign} int`, (a: number, b: bigint) => operation(a, Number(b)));
  }
  // The library knows it for variables only, not for the result of `1 + load`.
  environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
  environment.registerOperator('string in string', (part: string, whole: string) => whole.includes(part));
}

function registerMacros(environment: Environment, evaluation: () => CelEvaluation): void {
  const checked = (macro: Macro, type: string) => (checker: Checker, _: unknown, context: unknown) => {
    for (const node of macro.args) checker.check(node, context);
    return checker.getType(type);
  };
  const macro = (
    signature: string,
    type: string,
    run: (runner: Runner, nodes: readonly MacroNode[], context: unknown) => unknown,
  ) =>
    environment.registerFunction(signature, (found: Macro) => ({
      async: false,
      typeCheck: checked(found, type),
      evaluate: (runner: Runner, _: unknown, context: unknown) => run(runner, found.args, context),
    }));
  const attempt = (runner: Runner, node: MacroNode, context: unknown) =>
    evaluation().optional(() => runner.run(node, context));

  macro('default(ast, ast): dyn', 'dyn', (runner, [value, fallback], context) => {
    const found = value && attempt(runner, value, context);
    return found === undefined || found === null ? fallback && runner.run(fallback, context) : found;
  });
  macro('defined(ast): bool', 'bool', (runner, [node], context) => {
    if (node?.op === 'value' && typeof node.args === 'string') return evaluation().isDefined(node.args);
    return node !== undefined && attempt(runner, node, context) !== undefined;
  });
}
