import { positionOf, positionOfKey } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { containsTemplate } from '../param-problems.ts';
import type { LoopControl, LoopKeywords } from '../tree.ts';
import { splitWords } from './key-values.ts';
import type { Loading } from './loading.ts';
import * as problems from './problems.ts';
import {
  isMapping,
  isVariableName,
  type Mapping,
  placePosition,
  type ReadValue,
  readConditions,
  readFixedBoolean,
  readFixedText,
  readNumber,
  wrongKind,
} from './values.ts';

const NO_LOOP: LoopControl = {
  loopVar: 'item',
  indexVar: undefined,
  label: undefined,
  pause: undefined,
  extended: false,
  breakWhen: [],
};

/** A literal as the list that `loop` would be given; undefined where the translation would not be exact. */
type Translate = (value: unknown) => readonly unknown[] | undefined;

/** Ansible's older loops: how a literal is translated, and what to write where it is not one. */
const WITH: Readonly<Record<string, { readonly translate: Translate; readonly instead: string }>> = {
  with_dict: {
    translate: (value) =>
      isMapping(value) ? Object.entries(value).map(([key, entry]) => ({ key, value: entry })) : undefined,
    instead: 'Write loop: "{{ dict2items map }}" and use item.key and item.value.',
  },
  with_sequence: { translate: sequence, instead: 'Write loop: "{{ range first last }}".' },
  with_indexed_items: {
    translate: (value) =>
      Array.isArray(value) ? value.flat(1).map((item, index) => [index, item]) : undefined,
    instead: 'Write loop: with loop_control: {index_var: index}.',
  },
  with_nested: {
    translate: product,
    instead: 'Write a loop over one list in a block that loops over the other.',
  },
  with_cartesian: {
    translate: product,
    instead: 'Write a loop over one list in a block that loops over the other.',
  },
  with_together: { translate: together, instead: 'Write loop: "{{ zip first second }}".' },
  with_flattened: {
    translate: (value) => (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : undefined),
    instead: 'Write loop: "{{ flatten list }}".',
  },
};

const NO_TWIN: Readonly<Record<string, string>> = {
  with_fileglob:
    'List the files under "loop:", or find them on the host with the module "find" and loop over its result.',
  with_first_found: 'List the candidates under vars_files, or use include_vars with conditions.',
  with_subelements: 'Loop in a block over the outer list, and in its task over the inner one.',
  with_lines: 'Register the output of a command and loop over its stdout_lines.',
  with_random_choice: 'Choose one and write it down: a run should do the same each time.',
};

/** Every spelling of a loop. */
export function isLoopKeyword(key: string): boolean {
  return key === 'loop' || key.startsWith('with_');
}

/** `loop`, `with_…` and `loop_control` of a task, include or block. */
export function readLoop(map: Mapping, loading: Loading): LoopKeywords {
  const written = Object.keys(map).filter((key) => isLoopKeyword(key) && map[key] !== null);
  const [first, second] = written;
  if (first !== undefined && second !== undefined) {
    loading.add(problems.severalLoops(positionOfKey(map, second), first, second));
  }
  const control = readLoopControl(map, loading);
  if (first === undefined) return { loop: undefined, flattenLoop: false, loopControl: control };
  const value = map[first];
  const place = { owner: map, key: first };
  const position = placePosition(place);
  if (first === 'loop' || first === 'with_list' || first === 'with_items') {
    const flattenLoop =
      first === 'with_items' &&
      (value instanceof Template || (Array.isArray(value) && value.some(mayBeList)));
    if (Array.isArray(value) || value instanceof Template)
      return { loop: value, flattenLoop, loopControl: control };
    if (first === 'with_items' && !isMapping(value))
      return { loop: [value], flattenLoop: false, loopControl: control };
    wrongKind(
      value,
      place,
      loading,
      isMapping(value)
        ? 'a list (for a map write "{{ dict2items map }}")'
        : 'a list or a template that gives one',
    );
    return { loop: [], flattenLoop: false, loopControl: control };
  }
  const known = Object.hasOwn(WITH, first) ? WITH[first] : undefined;
  const translated = known && !isPartlyUnknown(first, value) ? known.translate(value) : undefined;
  if (!translated) {
    const instead = known?.instead ?? (Object.hasOwn(NO_TWIN, first) ? NO_TWIN[first] : undefined);
    loading.add(
      problems.unsupportedLoop(
        positionOfKey(map, first) ?? position,
        first,
        instead ?? 'Write "loop:" with a list.',
      ),
    );
  }
  return { loop: translated ?? [], flattenLoop: false, loopControl: control };
}

function mayBeList(item: unknown): boolean {
  return Array.isArray(item) || item instanceof Template;
}

/** A template anywhere the form of the list depends on. In with_dict and with_indexed_items values may well be templates. */
function isPartlyUnknown(key: string, value: unknown): boolean {
  if (value instanceof Template) return true;
  if (key === 'with_dict') return false;
  if (key === 'with_sequence') return containsTemplate(value);
  return (
    Array.isArray(value) &&
    value.some(
      (item) =>
        item instanceof Template || (Array.isArray(item) && item.some((inner) => inner instanceof Template)),
    )
  );
}

const CONTROL = new Set([
  'loop_var',
  'index_var',
  'label',
  'pause',
  'extended',
  'extended_allitems',
  'break_when',
]);

function readLoopControl(map: Mapping, loading: Loading): LoopControl {
  const control = map.loop_control;
  if (control === undefined || control === null) return NO_LOOP;
  if (!isMapping(control)) {
    wrongKind(control, { owner: map, key: 'loop_control' }, loading, 'a map');
    return NO_LOOP;
  }
  for (const key of Object.keys(control)) {
    if (!CONTROL.has(key))
      loading.add(problems.unknownKeyword(positionOfKey(control, key), key, 'loopControl', CONTROL));
  }
  const read = <T>(key: string, reader: ReadValue<T>) =>
    control[key] === undefined ? undefined : reader(control[key], { owner: control, key }, loading);
  const name = (key: string) => {
    const found = read(key, readFixedText);
    if (found !== undefined && !isVariableName(found))
      loading.add(problems.badVariableName(positionOf(control, key), found));
    return found;
  };
  return {
    loopVar: name('loop_var') ?? 'item',
    indexVar: name('index_var'),
    label: control.label ?? undefined,
    pause: read('pause', readNumber),
    extended: read('extended', readFixedBoolean) ?? false,
    breakWhen: read('break_when', readConditions) ?? [],
  };
}

/** Literal loops that give more rounds than this are a mistake. */
const MAX_ROUNDS = 10_000;

function product(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value) || !value.every(Array.isArray)) return undefined;
  const lists = value as readonly (readonly unknown[])[];
  if (lists.reduce((count, list) => count * list.length, 1) > MAX_ROUNDS) return undefined;
  return lists.reduce<readonly (readonly unknown[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
}

function together(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value) || !value.every(Array.isArray)) return undefined;
  const lists = value as readonly (readonly unknown[])[];
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => lists.map((list) => list[index] ?? null));
}

/** `start=1 end=5 stride=2`, `count=3`, or the same as a map; a format is not translated but for a plain `%0Nd` and `%d`. */
function sequence(value: unknown): readonly unknown[] | undefined {
  const options: Record<string, unknown> = isMapping(value) ? { ...value } : {};
  if (typeof value === 'string') {
    for (const { text } of splitWords(value)) {
      const [, key, given] = /^(\w+)=(.*)$/.exec(text) ?? [];
      if (key === undefined) return undefined;
      options[key] = given;
    }
  }
  const number = (key: string, fallback: number | undefined) =>
    options[key] === undefined ? fallback : Number(options[key]);
  const start = number('start', 1) as number;
  const stride = number('stride', 1) as number;
  const count = number('count', undefined);
  const end = count === undefined ? number('end', undefined) : start + stride * (count - 1);
  if (end === undefined || ![start, stride, end].every(Number.isSafeInteger) || stride === 0)
    return undefined;
  const length = Math.floor((end - start) / stride) + 1;
  if (length > MAX_ROUNDS) return undefined;
  const format = /^([^%]*)%(?:0(\d))?d([^%]*)$/.exec(String(options.format ?? '%d'));
  if (!format) return undefined;
  const [, before = '', width = '0', after = ''] = format;
  return Array.from(
    { length: Math.max(0, length) },
    (_, index) => `${before}${String(start + index * stride).padStart(Number(width), '0')}${after}`,
  );
}
