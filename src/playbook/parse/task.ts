import { positionOf, positionOfKey, type SourcePosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import type { ModuleOrAction } from '../../modules/table.ts';
import type { Task } from '../tree.ts';
import { splitWords } from './key-values.ts';
import { KEYWORDS, readKeyword, readShared, UNSUPPORTED, unknownKeyword } from './keywords.ts';
import { isLoopKeyword, readLoop } from './loop.ts';
import { adviceFor, shortName } from './module-name.ts';
import { checkParams, hasParameter, readParams, type WrittenParams } from './params.ts';
import { keepPositions } from './positions.ts';
import * as problems from './problems.ts';
import type { Reading } from './reading.ts';
import {
  isMapping,
  isVariableName,
  type Mapping,
  type Place,
  placePosition,
  type ReadValue,
  readConditions,
  readFixedText,
  readList,
  readNumber,
  readText,
  readWords,
  wrongKind,
} from './values.ts';

/** The module of a task and what is given to it. */
interface Call {
  readonly module: ModuleOrAction;
  readonly params: WrittenParams;
  readonly position: SourcePosition | undefined;
  readonly local: boolean;
}

/** One task; undefined where it has no module that could run (reported). */
export async function readTask(map: Mapping, reading: Reading): Promise<Task | undefined> {
  const { loading, origin } = reading;
  const call = await findCall(map, reading);
  const keyword = <T>(name: string, read: ReadValue<T>) => readKeyword(map, name, read, loading);
  const shared = readShared(map, loading);
  const fields = {
    ...shared,
    ...(call?.local && shared.delegateTo === undefined ? { delegateTo: 'localhost' } : {}),
    ...readLoop(map, loading),
    position: positionOf(map),
    origin,
    name: keyword('name', readText),
    when: keyword('when', readConditions) ?? [],
    register: keyword('register', readRegister),
    until: keyword('until', readConditions) ?? [],
    retries: keyword('retries', readNumber),
    delay: keyword('delay', readNumber),
    changedWhen: keyword('changed_when', readConditions),
    failedWhen: keyword('failed_when', readConditions),
    notify: keyword('notify', readList) ?? [],
    listen: keyword('listen', readWords) ?? [],
  };
  if (map.listen !== undefined && !reading.handlers)
    loading.add(problems.listenOutsideHandlers(positionOfKey(map, 'listen')));
  const params = call && readParams(call.module, call.params, loading);
  if (!call || !params) return undefined;
  const args = call.params.args instanceof Template ? call.params.args : undefined;
  checkParams(call.module, params, call.position ?? fields.position, loading, args !== undefined);
  return { kind: 'task', module: call.module.name, params, args, ...fields };
}

const readRegister: ReadValue<string> = (value, place, loading) => {
  const name = readFixedText(value, place, loading);
  if (name !== undefined && !isVariableName(name))
    loading.add(problems.badVariableName(placePosition(place), name));
  return name;
};

/** Finds the one key that is a module; reports none, several, and keys that are neither module nor keyword. */
async function findCall(map: Mapping, reading: Reading): Promise<Call | undefined> {
  const { loading } = reading;
  const others = Object.keys(map).filter((key) => !KEYWORDS.task.has(key) && !isLoopKeyword(key));
  const isModule = (key: string) => Object.hasOwn(loading.modules, shortName(key));
  const written = ['action', 'local_action'].filter((key) => Object.hasOwn(map, key));
  const [first, second] = [...written, ...others.filter(isModule)];
  const strangers = others.filter((key) => !isModule(key));

  if (first === undefined) {
    reportNoModule(map, strangers, reading);
    return undefined;
  }
  if (second !== undefined) loading.add(problems.severalModules(positionOfKey(map, second), first, second));
  const call =
    written.length > 0 ? await calledByAction(map, first, reading) : await calledByKey(map, first, reading);
  for (const key of strangers) {
    if (call && hasParameter(call.module, key))
      loading.add(problems.parameterAmongKeywords(positionOfKey(map, key), key, call.module.name));
    else loading.add(unknownKeyword(map, key, 'task'));
  }
  return call;
}

function reportNoModule(map: Mapping, strangers: readonly string[], { loading }: Reading): void {
  if (strangers.length === 0) {
    loading.add(problems.noModule(positionOf(map), Object.keys(map)));
    return;
  }
  const modules = Object.keys(loading.modules);
  for (const key of strangers) {
    const at = positionOfKey(map, key);
    const unsupported = Object.hasOwn(UNSUPPORTED, key) ? UNSUPPORTED[key] : undefined;
    const advice = adviceFor(key);
    loading.add(
      unsupported && !advice
        ? problems.unsupportedKeyword(at, key, unsupported)
        : problems.unknownModule(at, key, modules, KEYWORDS.task, advice),
    );
  }
}

async function calledByKey(map: Mapping, key: string, { loading }: Reading): Promise<Call | undefined> {
  const module = await loading.definition(shortName(key));
  if (!module) return undefined;
  const params = { value: map[key], place: { owner: map, key }, ...argsOf(map) };
  return { module, params, position: positionOfKey(map, key), local: false };
}

function argsOf(map: Mapping): Pick<WrittenParams, 'args' | 'argsPlace'> {
  return { args: map.args, argsPlace: map.args === undefined ? undefined : { owner: map, key: 'args' } };
}

/** `action: copy src=a dest=b`, `local_action: {module: copy, src: a}`. */
async function calledByAction(map: Mapping, key: string, { loading }: Reading): Promise<Call | undefined> {
  const place: Place = { owner: map, key };
  const value = map[key];
  const position = placePosition(place);
  const local = key === 'local_action';
  let name: string;
  let rest: unknown;
  if (typeof value === 'string' || value instanceof Template) {
    const text = String(value).trim();
    name = splitWords(text)[0]?.text ?? '';
    const left = text.slice(name.length).trim();
    rest = left === '' ? null : value instanceof Template ? new Template(left, position) : left;
  } else if (isMapping(value) && typeof value.module === 'string') {
    const { module, ...params } = value;
    name = module;
    rest = params;
  } else {
    wrongKind(value, place, loading, 'a module with its parameters');
    return undefined;
  }
  const module = await loading.definition(shortName(name));
  if (!module) {
    loading.add(problems.unknownModule(position, name, Object.keys(loading.modules), [], adviceFor(name)));
    return undefined;
  }
  const params = isMapping(rest) ? keepPositions(rest, [value as Mapping]) : rest;
  return { module, params: { value: params, place, ...argsOf(map) }, position, local };
}
