import type { SourcePosition } from '../../core/position.ts';
import { callPosition, throwPosition } from '../../source/call-position.ts';
import { readInFunction } from '../expressions/computed.ts';
import { readOutside, undeclaredInput } from '../expressions/computed-problems.ts';
import { authoredMap } from './authored.ts';
import type { Document } from './node.ts';

/** What is said about an input, whatever its type. */
export interface InputOptions<Value> {
  readonly description?: string;
  /** Without one, a value must be given. */
  readonly default?: Value;
  /** False: null where nothing gives a value. */
  readonly required?: boolean;
  /** Regular expression that the whole value must match. */
  readonly pattern?: string;
  readonly choices?: readonly Value[];
  /** Never shown, neither typed in nor in results. */
  readonly secret?: boolean;
}

/** A declared input: its document, and the type of its value. */
export interface Input<Value> {
  readonly document: Document;
  /** Never set; carries the type. */
  readonly value?: Value;
}

type Optional<Options, Value> = Options extends { readonly required: false } ? Value | null : Value;

function declare<Value>(type: string) {
  return <const Options extends InputOptions<Value>>(options?: Options): Input<Optional<Options, Value>> => ({
    document: { type, ...options },
  });
}

/** Declares inputs by their type: `input.string({ default: 'br0', description: 'The bridge.' })`. */
export const input = {
  string: declare<string>('string'),
  /** A path on the controller. */
  path: declare<string>('path'),
  int: declare<number>('int'),
  number: declare<number>('number'),
  bool: declare<boolean>('bool'),
  /** Texts, unless a type is given: `input.list<number>()`. */
  list: <Entry = string>(options?: InputOptions<readonly Entry[]>): Input<readonly Entry[]> => ({
    document: { type: 'list', ...options },
  }),
  map: <Entry = unknown>(
    options?: InputOptions<Readonly<Record<string, Entry>>>,
  ): Input<Readonly<Record<string, Entry>>> => ({ document: { type: 'map', ...options } }),
  /** One of several texts, each known to the type checker. */
  choice: <const Value extends string>(
    choices: readonly Value[],
    options?: Omit<InputOptions<NoInfer<Value>>, 'choices'>,
  ): Input<Value> => ({ document: { type: 'string', choices, ...options } }),
  any: <Value = unknown>(options?: InputOptions<Value>): Input<Value> => ({
    document: { type: 'any', ...options },
  }),
};

export type InputDefinitions = Readonly<Record<string, Input<unknown>>>;

/** The values of inputs, to be read inside functions: `() => inputs.bridge`. */
export type InputValues<Definitions extends InputDefinitions = InputDefinitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends Input<infer Value> ? Value : never;
};

const documents = new WeakMap<object, Document>();

/** Declares the inputs of a playbook or role. What it gives is both the declaration and, inside functions, the values. */
export function defineInputs<const Definitions extends InputDefinitions>(
  definitions: Definitions,
): InputValues<Definitions> {
  const position = callPosition(defineInputs, 'defineInputs');
  const written = Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, one.document]));
  const values = {};
  for (const name of Object.keys(definitions)) {
    Object.defineProperty(values, name, { enumerable: true, get: () => readInput(name, position) });
  }
  documents.set(values, authoredMap(written, position));
  return values as InputValues<Definitions>;
}

/** The `inputs:` that a YAML file would have; undefined where the values were not made by `defineInputs`. */
export function inputsDocument(values: object | undefined): unknown {
  return values === undefined ? undefined : (documents.get(values) ?? values);
}

function readInput(name: string, position: SourcePosition | undefined): unknown {
  const found = readInFunction('inputs');
  if (found === 'outside') throw readOutside(throwPosition(new Error()) ?? position, `inputs.${name}`);
  const values = found?.value as Readonly<Record<string, unknown>> | undefined;
  if (!values || !Object.hasOwn(values, name)) throw undeclaredInput(name);
  return values[name];
}
