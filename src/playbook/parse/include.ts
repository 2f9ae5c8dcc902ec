import path from 'node:path';
import { positionOf, positionOfKey, type SourcePosition } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { shownPath } from '../../source/shown-path.ts';
import { containsTemplate } from '../param-problems.ts';
import { importCircle, missingFile } from '../problems.ts';
import { searchPaths } from '../search-paths.ts';
import type { Block, Include, Included } from '../tree.ts';
import { emptyBlock } from './empty-block.ts';
import { splitWords, textOrTemplate, unquoted } from './key-values.ts';
import { checkKeywords, readKeyword, readShared } from './keywords.ts';
import { isLoopKeyword, readLoop } from './loop.ts';
import { shortName } from './module-name.ts';
import { placeAll } from './positions.ts';
import * as problems from './problems.ts';
import { gatherImports, type Reading, readingOf } from './reading.ts';
import { readRole, roleRequest } from './role.ts';
import { firstExisting, readTasksFile } from './tasks-file.ts';
import {
  isMapping,
  type Mapping,
  type Place,
  placePosition,
  readConditions,
  readText,
  readWords,
  wrongKind,
} from './values.ts';

const TASKS_OPTIONS = new Set(['file', 'apply']);
const ROLE_OPTIONS = new Set([
  ...['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from'],
  ...['public', 'allow_duplicates', 'rolespec_validate', 'apply'],
]);

/** An import becomes a block of what it names; an include stays, with what it names loaded where that is known. */
export async function readInclude(
  map: Mapping,
  key: string,
  reading: Reading,
): Promise<Block | Include | undefined> {
  const { loading, origin } = reading;
  const keyword = shortName(key);
  const isImport = keyword.startsWith('import_');
  const what = keyword.endsWith('_role') ? 'role' : 'tasks';
  checkKeywords(
    map,
    'include',
    loading,
    Object.keys(map).filter(
      (name) => name === key || isLoopKeyword(name) || (name === 'listen' && reading.handlers),
    ),
  );
  const options = optionsOf(map, key, what, reading);
  const common = {
    ...readShared(map, loading),
    ...readLoop(map, loading),
    position: positionOf(map),
    origin,
    name: readKeyword(map, 'name', readText, loading),
    ...(reading.handlers && { listen: readKeyword(map, 'listen', readWords, loading) ?? [] }),
    when: readKeyword(map, 'when', readConditions, loading) ?? [],
  };
  if (!options) return undefined;
  const { target, targetPlace } = options;
  const at = positionOf(targetPlace.owner, targetPlace.key);
  if (isImport) {
    if (common.loop !== undefined) loading.add(problems.importLoop(positionOfKey(map, key), keyword));
    if (target instanceof Template) {
      loading.add(problems.importTemplate(at, keyword));
      return undefined;
    }
    const included = await loadTarget(what, String(target), targetPlace, options.params, reading, true);
    const block = { ...emptyBlock(reading, included?.nodes ?? []), ...common };
    if (included) reading.imported.set(block, included);
    return block;
  }
  const params = target instanceof Template || containsTemplate(options.params) ? undefined : options.params;
  const mayBeAbsent = common.when.length > 0 || common.loop !== undefined;
  const loaded =
    params && (await loadTarget(what, String(target), targetPlace, params, reading, !mayBeAbsent));
  return {
    kind: 'include',
    what,
    target,
    params: options.params,
    apply: options.apply,
    file: origin.file,
    loaded,
    ...common,
  };
}

interface Options {
  readonly target: unknown;
  readonly targetPlace: Place;
  readonly params: Mapping;
  readonly apply: Include['apply'];
}

function optionsOf(
  map: Mapping,
  key: string,
  what: 'tasks' | 'role',
  { loading }: Reading,
): Options | undefined {
  const place: Place = { owner: map, key };
  const nameKey = what === 'tasks' ? 'file' : 'name';
  const known = what === 'tasks' ? TASKS_OPTIONS : ROLE_OPTIONS;
  const value = pairsOf(map[key], known, placePosition(place)) ?? map[key];
  if ((typeof value === 'string' && value !== '') || value instanceof Template) {
    // The short form: include_role only takes a name, but a role's name alone is what people write.
    return { target: value, targetPlace: place, params: {}, apply: {} };
  }
  if (!isMapping(value)) {
    wrongKind(
      value,
      place,
      loading,
      what === 'tasks' ? 'the path of a file with tasks' : 'a map with the name of a role',
    );
    return undefined;
  }
  for (const name of Object.keys(value)) {
    if (!known.has(name))
      loading.add(problems.unknownKeyword(positionOfKey(value, name), name, shortName(key), known));
  }
  const targetKey =
    what === 'role' && value.name === undefined && value.role !== undefined ? 'role' : nameKey;
  const target = value[targetKey];
  if (typeof target !== 'string' && !(target instanceof Template)) {
    if (target === undefined || target === null)
      loading.add(problems.missingKey(positionOf(value), shortName(key), nameKey));
    else wrongKind(target, { owner: value, key: targetKey }, loading, 'a text');
    return undefined;
  }
  const { apply: applied, ...params } = value;
  const apply = isMapping(applied)
    ? { ...readShared(applied, loading), when: readKeyword(applied, 'when', readConditions, loading) ?? [] }
    : {};
  if (applied !== undefined && !isMapping(applied))
    wrongKind(applied, { owner: value, key: 'apply' }, loading, 'a map of keywords');
  return { target, targetPlace: { owner: value, key: targetKey }, params, apply };
}

/** `name=web tasks_from=install` as a map; undefined where it is something else, a path or a name. */
function pairsOf(
  value: unknown,
  known: ReadonlySet<string>,
  position: SourcePosition | undefined,
): Mapping | undefined {
  if (typeof value !== 'string' && !(value instanceof Template)) return undefined;
  const pairs: Record<string, unknown> = {};
  for (const { text } of splitWords(String(value))) {
    const [, name, given] = /^(\w+)=([\s\S]*)$/.exec(text) ?? [];
    if (name === undefined || !known.has(name)) return undefined;
    pairs[name] = textOrTemplate(unquoted(given ?? ''), position);
  }
  return Object.keys(pairs).length > 0 ? placeAll(pairs, position) : undefined;
}

/** What a fixed target brings; undefined where it is missing (an error only when it `mustExist`) or includes itself. */
async function loadTarget(
  what: 'tasks' | 'role',
  target: string,
  place: Place,
  params: Mapping,
  reading: Reading,
  mustExist: boolean,
): Promise<Included | undefined> {
  const { loading } = reading;
  const position = positionOf(place.owner, place.key);
  if (what === 'role') {
    // A copy, so that what is read at the same time cannot change what this role brings.
    const apart = { ...reading, seen: new Set(reading.seen) };
    return readRole({ ...roleRequest(target, params), position, mustExist }, apart);
  }
  const directories = searchPaths(reading.origin, 'tasks');
  const candidates = path.isAbsolute(target)
    ? [target]
    : directories.map((directory) => path.resolve(directory, target));
  const file = await firstExisting(candidates);
  if (file === undefined) {
    if (mustExist) loading.add(missingFile(position, target, candidates.map(shownPath)));
    return undefined;
  }
  if (reading.chain.includes(file)) {
    // A file may include itself under a condition; importing itself never ends.
    if (mustExist) loading.add(importCircle(position, [...reading.chain, file].map(shownPath)));
    return undefined;
  }
  const inner = readingOf(reading, file);
  const nodes = await readTasksFile(file, inner);
  return { nodes, ...gatherImports(nodes, inner) };
}
