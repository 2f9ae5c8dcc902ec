import type { Layer, Scope } from '../core/scope.ts';
import type { Masker } from '../core/secret.ts';
import type { Expressions } from '../playbook/expressions.ts';
import { INPUT_WORDS } from '../playbook/input-words.ts';
import type { InputDefinition, Inputs } from '../playbook/tree.ts';
import { problems } from './problems.ts';
import { lazyMap } from './scope.ts';

/**
 * The values of typed inputs on a host: what a variable of the same name says (`-e` first, then the inventory), else the default;
 * converted to the declared type, so that `-e on=false` is false and not a text.
 */
export function inputValues(
  inputs: Inputs,
  given: Scope,
  /** What the templates in defaults (and in what is given) see. */
  scope: Scope,
  expressions: Expressions,
  masker: Masker,
): Layer {
  const open = new Set<string>();
  return lazyMap(Object.keys(inputs), (name) => {
    const definition = inputs[name] as InputDefinition;
    if (open.has(name)) throw problems.inputCircle(name, definition.position);
    open.add(name);
    try {
      const written = given.has(name) ? given.get(name) : definition.default;
      const value = expressions.resolve(written, scope);
      if (value === undefined || value === null) {
        if (definition.required)
          throw problems.missingInput(name, definition.description, definition.position);
        return null;
      }
      const shown = definition.secret ? MASKED : value;
      const converted = convertInput(name, definition, value, shown);
      if (definition.secret) for (const text of textsIn(converted)) masker.add(text);
      return converted;
    } finally {
      open.delete(name);
    }
  });
}

/** Looks at every input, so that what is missing or wrong is thrown. */
export function checkInputs(inputs: unknown): void {
  for (const value of Object.values(inputs as Layer)) void value;
}

const MASKED = '(secret)';

function textsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(textsIn);
}

/** Required inputs that nothing gives a value. */
export function missingInputs(inputs: Inputs, scope: Scope): readonly (readonly [string, InputDefinition])[] {
  return Object.entries(inputs).filter(
    ([name, { required, default: otherwise }]) => required && otherwise === undefined && !scope.has(name),
  );
}

/** The value as the declared type; throws where it is not one, does not match the pattern, or is none of the choices. */
export function convertInput(
  name: string,
  definition: InputDefinition,
  value: unknown,
  /** What a message shows in place of the value. */
  shown: unknown = value,
): unknown {
  const converted = CONVERTERS[definition.type](value);
  if (converted === undefined) {
    throw problems.wrongInput(name, INPUT_WORDS[definition.type], shown, definition.position);
  }
  const { pattern, choices } = definition;
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(String(converted))) {
    throw problems.wrongInput(name, `a text that matches ${pattern}`, shown, definition.position);
  }
  if (choices && !choices.some((choice) => CONVERTERS[definition.type](choice) === converted)) {
    throw problems.wrongInput(name, `one of ${choices.join(', ')}`, shown, definition.position);
  }
  return converted;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

const toText = (value: unknown) => (typeof value === 'object' ? undefined : String(value));

const CONVERTERS: Readonly<Record<InputDefinition['type'], (value: unknown) => unknown>> = {
  any: (value) => value,
  string: toText,
  path: toText,
  number: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  },
  int: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return Number.isInteger(number) ? number : undefined;
  },
  bool: (value) => (typeof value === 'boolean' ? value : BOOLEANS[String(value).toLowerCase()]),
  list: (value) => (Array.isArray(value) ? value : typeof value === 'string' ? splitList(value) : undefined),
  map: (value) => {
    const map = typeof value === 'string' ? parseJson(value) : value;
    return typeof map === 'object' && map !== null && !Array.isArray(map) ? map : undefined;
  },
};

/** `-e domains=a,b` and `-e 'domains=["a","b"]'` both give a list. */
function splitList(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return parseJson(trimmed);
  return trimmed === '' ? [] : trimmed.split(',').map((part) => part.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
