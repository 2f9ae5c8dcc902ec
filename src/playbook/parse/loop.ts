import { positionOf, positionOfKey } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { isLateLoop, oldLoop } from '../old-loops.ts';
import { containsTemplate } from '../param-problems.ts';
import { PLAIN_CONTROL } from '../plain-task.ts';
import type { LoopControl, LoopKeywords } from '../tree.ts';
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
  const known = oldLoop(first);
  // What is not known yet is worked out when the task runs.
  if (isLateLoop(first) || (known && isPartlyUnknown(first, value))) {
    return { loop: value, flattenLoop: false, loopForm: first, loopControl: control };
  }
  const translated = known?.translate(value);
  if (!translated) {
    const instead = known?.instead ?? 'Write "loop:" with a list.';
    loading.add(problems.unsupportedLoop(positionOfKey(map, first) ?? position, first, instead));
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
  if (key === 'with_sequence' || key === 'with_subelements') return containsTemplate(value);
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
  if (control === undefined || control === null) return PLAIN_CONTROL;
  if (!isMapping(control)) {
    wrongKind(control, { owner: map, key: 'loop_control' }, loading, 'a map');
    return PLAIN_CONTROL;
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
