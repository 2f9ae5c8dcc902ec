import { positionOf, positionOfKey } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { didYouMean, listWords, quote } from '../../source/words.ts';
import { INPUT_WORDS } from '../input-words.ts';
import { badInput, describeValue } from '../problems.ts';
import type { InputDefinition, Inputs, InputType } from '../tree.ts';
import { readKeyword } from './keywords.ts';
import type { Loading } from './loading.ts';
import * as problems from './problems.ts';
import {
  isMapping,
  isVariableName,
  type Mapping,
  type Place,
  readFixedBoolean,
  readFixedText,
  wrongKind,
} from './values.ts';

/** Types by every name that people know them by. */
const TYPES: Readonly<Record<string, InputType>> = {
  string: 'string',
  str: 'string',
  int: 'int',
  integer: 'int',
  number: 'number',
  float: 'number',
  bool: 'bool',
  boolean: 'bool',
  list: 'list',
  map: 'map',
  dict: 'map',
  path: 'path',
  any: 'any',
  raw: 'any',
};

const KEYS = ['type', 'default', 'description', 'required', 'pattern', 'choices', 'secret'];
/** What Ansible's argument_specs has beyond that; what is not used is accepted, since it only documents. */
const SPEC_KEYS = [...KEYS, 'no_log', 'elements', 'options', 'version_added', 'aliases', 'apply_defaults'];

/** `inputs:` of a playbook, play or role. */
export function readInputs(value: unknown, place: Place, loading: Loading): Inputs {
  return readDefinitions(value, place, loading, KEYS, true);
}

/** The options of an entry of Ansible's argument_specs: there, an option need not be given unless it says so. */
export function readArgumentSpec(value: unknown, place: Place, loading: Loading): Inputs {
  return readDefinitions(value, place, loading, SPEC_KEYS, false);
}

function readDefinitions(
  value: unknown,
  place: Place,
  loading: Loading,
  keys: readonly string[],
  strict: boolean,
): Inputs {
  if (value === null || value === undefined) return {};
  if (!isMapping(value)) {
    wrongKind(value, place, loading, 'a map of inputs');
    return {};
  }
  const inputs: Record<string, InputDefinition> = {};
  for (const [name, definition] of Object.entries(value)) {
    if (!isVariableName(name)) loading.add(problems.badVariableName(positionOfKey(value, name), name));
    else if (definition === null || isMapping(definition)) {
      inputs[name] = readDefinition(
        name,
        definition ?? {},
        { owner: value, key: name },
        loading,
        keys,
        strict,
      );
    } else {
      const hint = `Write: ${name}: {type: string, default: …, description: …}`;
      loading.add(
        badInput(
          positionOf(value, name),
          name,
          `is described by a map, not by ${describeValue(definition)}`,
          hint,
        ),
      );
    }
  }
  return inputs;
}

function readDefinition(
  name: string,
  map: Mapping,
  place: Place,
  loading: Loading,
  keys: readonly string[],
  strict: boolean,
): InputDefinition {
  for (const key of Object.keys(map)) {
    if (!keys.includes(key))
      loading.add(problems.unknownKeyword(positionOfKey(map, key), key, 'input', keys));
  }
  const definition: InputDefinition = {
    type: readType(name, map, loading),
    description: readDescription(map.description),
    default: map.default ?? undefined,
    required:
      readKeyword(map, 'required', readFixedBoolean, loading) ?? (strict && map.default === undefined),
    pattern: readPattern(name, map, loading),
    choices: Array.isArray(map.choices) ? map.choices : undefined,
    secret:
      readKeyword(map, map.no_log === undefined ? 'secret' : 'no_log', readFixedBoolean, loading) ?? false,
    position: positionOfKey(place.owner, place.key),
  };
  if (map.choices !== undefined && definition.choices === undefined)
    wrongKind(map.choices, { owner: map, key: 'choices' }, loading, 'a list');
  checkDefault(name, definition, map, loading);
  return definition;
}

function readType(name: string, map: Mapping, loading: Loading): InputType {
  if (map.type === undefined || map.type === null) return 'string';
  const type = typeof map.type === 'string' && Object.hasOwn(TYPES, map.type) ? TYPES[map.type] : undefined;
  if (type !== undefined) return type;
  const words = ['string', 'int', 'number', 'bool', 'list', 'map', 'path', 'any'];
  const hint =
    (typeof map.type === 'string' ? didYouMean(map.type, words) : undefined) ??
    `There are ${listWords(words)}.`;
  loading.add(
    badInput(positionOf(map, 'type'), name, `has an unknown type, ${describeValue(map.type)}`, hint),
  );
  return 'any';
}

function readDescription(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(String).join(' ');
  return typeof value === 'string' ? value : undefined;
}

function readPattern(name: string, map: Mapping, loading: Loading): string | undefined {
  const pattern = readKeyword(map, 'pattern', readFixedText, loading);
  if (pattern === undefined) return undefined;
  try {
    new RegExp(pattern, 'u');
    return pattern;
  } catch {
    loading.add(badInput(positionOf(map, 'pattern'), name, 'has a pattern that is no regular expression'));
    return undefined;
  }
}

const FITS: Readonly<Record<InputType, (value: unknown) => boolean>> = {
  string: (value) => ['string', 'number', 'boolean'].includes(typeof value),
  path: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  bool: (value) =>
    typeof value === 'boolean' || (typeof value === 'string' && /^(yes|no|on|off|true|false)$/i.test(value)),
  list: Array.isArray,
  map: isMapping,
  any: () => true,
};

/** A default that the input itself would refuse is a mistake that would only show on the day it is used. */
function checkDefault(name: string, definition: InputDefinition, map: Mapping, loading: Loading): void {
  const value = definition.default;
  if (value === undefined || value instanceof Template) return;
  const at = positionOf(map, 'default');
  const say = (message: string) => loading.add(badInput(at, name, message));
  if (!FITS[definition.type](value))
    say(`is ${INPUT_WORDS[definition.type]}, but its default is ${describeValue(value)}`);
  else if (definition.choices && !definition.choices.some((choice) => String(choice) === String(value)))
    say(
      `has the default ${quote(String(value))}, which is none of its choices (${listWords(definition.choices.map(String))})`,
    );
  else if (
    definition.pattern !== undefined &&
    !new RegExp(`^(?:${definition.pattern})$`, 'u').test(String(value))
  )
    say(`has the default ${quote(String(value))}, which does not match its pattern ${definition.pattern}`);
}
