import { Secret } from '../../../core/secret.ts';
import { describeValue, isMapping, type Mapping } from '../values.ts';

/** Thrown by a function that cannot do its work; whoever called it adds the name and the place. */
export class FunctionFailure extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** One parameter of a function: its name for the documentation, and what is accepted for it. */
export interface Parameter<T = unknown> {
  readonly name: string;
  readonly type: string;
  readonly convert: (value: unknown) => T;
  readonly optional?: true;
  /** Takes all arguments that are left; only the last parameter may. */
  readonly rest?: true;
}

type Values<P extends readonly Parameter[]> = {
  [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

type Options<O extends Readonly<Record<string, Parameter>>> = {
  readonly [K in keyof O]: O[K] extends Parameter<infer T> ? T | undefined : never;
};

/** Where functions get what is not in their arguments. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Where `file_text` looks for a relative path, the first hit winning. */
  readonly directories: () => readonly string[];
}

/** A function of templates (`{{ name argument }}`) and, unless `inConditions` is false, of conditions (`name(argument)`). */
export interface ExpressionFunction {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** Given by name: `{{ sort list reverse=true }}`; templates only. */
  readonly options: Readonly<Record<string, Parameter>>;
  /** What `{{ example }}` gives, shown in the documentation and checked by a test. */
  readonly example: readonly [template: string, result: unknown];
  /** False where CEL has an operator or function of its own for it. */
  readonly inConditions: boolean;
  readonly run: (
    values: readonly unknown[],
    options: Readonly<Record<string, unknown>>,
    around: Surroundings,
  ) => unknown;
}

export type FunctionTable = Readonly<Record<string, ExpressionFunction>>;

/** Declares a function; gives `run` the types of its parameters. */
export function defineFunction<
  const P extends readonly Parameter[],
  const O extends Readonly<Record<string, Parameter>> = Record<never, Parameter>,
>(definition: {
  readonly summary: string;
  readonly parameters: P;
  readonly options?: O;
  readonly example: readonly [string, unknown];
  readonly inConditions?: boolean;
  readonly run: (values: Values<P>, options: Options<O>, around: Surroundings) => unknown;
}): ExpressionFunction {
  return {
    options: {},
    inConditions: true,
    ...definition,
    run: definition.run as ExpressionFunction['run'],
  };
}

function parameter<T>(type: string, convert: (value: unknown) => T) {
  return (name: string): Parameter<T> => ({ name, type, convert });
}

function reject(value: unknown, wanted: string): never {
  throw new FunctionFailure(`${wanted} is needed, but ${describeValue(value)} was given`);
}

export const any = parameter('any', (value) => value);

/** Text; numbers and booleans are written out. */
export const text = parameter('text', (value) => {
  if (typeof value === 'string') return value;
  if (value instanceof Secret) return value.reveal();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return reject(value, 'a text');
});

/** A number, or text that is one. */
export const number = parameter('number', (value) => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    return Number(value);
  return reject(value, 'a number');
});

export const integer = parameter('integer', (value) => {
  const found = number('').convert(value);
  return Number.isSafeInteger(found) ? found : reject(value, 'a whole number');
});

export const bool = parameter('boolean', (value) =>
  typeof value === 'boolean' ? value : reject(value, 'true or false'),
);

export const list = parameter('list', (value): readonly unknown[] =>
  Array.isArray(value) ? value : reject(value, 'a list'),
);

export const map = parameter('map', (value): Mapping => (isMapping(value) ? value : reject(value, 'a map')));

export function optional<T>(of: Parameter<T>): Parameter<T | undefined> {
  return { ...of, optional: true };
}

/** All further arguments; `run` gets them as one list. */
export function rest<T>(of: Parameter<T>): Parameter<readonly T[]> {
  return { ...of, rest: true, convert: (value) => (value as unknown[]).map(of.convert) };
}

/** Least and greatest number of arguments. */
export function arity(of: ExpressionFunction): readonly [number, number] {
  const required = of.parameters.filter((one) => !one.optional && !one.rest).length;
  return [required, of.parameters.some((one) => one.rest) ? Number.POSITIVE_INFINITY : of.parameters.length];
}

/** `join list [separator]`. */
export function usageOf(name: string, of: ExpressionFunction): string {
  const words = of.parameters.map((one) => {
    if (one.rest) return `${one.name}…`;
    return one.optional ? `[${one.name}]` : one.name;
  });
  const options = Object.entries(of.options).map(([key, one]) => `[${key}=${one.type}]`);
  return [name, ...words, ...options].join(' ');
}

/** Runs a function on values: converts and checks them first. Throws a FunctionFailure. */
export function callFunction(
  of: ExpressionFunction,
  values: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  around: Surroundings,
): unknown {
  const convert = (one: Parameter, value: unknown, name: string) => {
    try {
      return one.convert(value);
    } catch (thrown) {
      if (!(thrown instanceof FunctionFailure)) throw thrown;
      throw new FunctionFailure(`for ${name} ${thrown.message}`, thrown.hint);
    }
  };
  const converted = of.parameters.map((one, index) => {
    if (one.rest) return convert(one, values.slice(index), one.name);
    if (one.optional && values[index] === undefined) return undefined;
    return convert(one, values[index], one.name);
  });
  const given = Object.entries(options).map(([key, value]): [string, unknown] => {
    const one = of.options[key];
    return [key, one ? convert(one, value, key) : value];
  });
  return of.run(converted, Object.fromEntries(given), around);
}
