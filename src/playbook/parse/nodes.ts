import { positionOf, positionOfKey } from '../../core/position.ts';
import { playAmongTasks } from '../problems.ts';
import type { Block, Node } from '../tree.ts';
import { emptyBlock } from './empty-block.ts';
import { readInclude } from './include.ts';
import { checkKeywords, readKeyword, readShared } from './keywords.ts';
import { isLoopKeyword, readLoop } from './loop.ts';
import { INCLUDES, shortName } from './module-name.ts';
import * as problems from './problems.ts';
import type { Reading } from './reading.ts';
import { readTask } from './task.ts';
import {
  isMapping,
  type Mapping,
  type Place,
  placePosition,
  readAny,
  readConditions,
  readList,
  readText,
} from './values.ts';

/** The nodes of a list of tasks, read side by side; what is wrong is reported and left out. */
export async function readNodes(value: unknown, place: Place, reading: Reading): Promise<readonly Node[]> {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    reading.loading.add(problems.notTasks(placePosition(place), String(place.key), value));
    return [];
  }
  const nodes = await Promise.all(
    value.map((item, index) => readNode(item, { owner: value, key: index }, reading)),
  );
  return nodes.filter((node) => node !== undefined);
}

async function readNode(value: unknown, place: Place, reading: Reading): Promise<Node | undefined> {
  const { loading } = reading;
  if (!isMapping(value)) {
    loading.add(problems.notATask(placePosition(place), value));
    return undefined;
  }
  const include = Object.keys(value).find((key) => INCLUDES.has(shortName(key)));
  if (include !== undefined) return readInclude(value, include, reading);
  if (Object.hasOwn(value, 'block')) return readBlock(value, reading);
  const section = ['rescue', 'always'].find((key) => Object.hasOwn(value, key));
  if (section !== undefined) {
    loading.add(problems.sectionWithoutBlock(positionOfKey(value, section), section));
    return undefined;
  }
  if (
    Object.hasOwn(value, 'hosts') &&
    ['tasks', 'roles', 'pre_tasks', 'post_tasks'].some((key) => Object.hasOwn(value, key))
  ) {
    loading.add(playAmongTasks(positionOf(value)));
    return undefined;
  }
  return readTask(value, reading);
}

async function readBlock(map: Mapping, reading: Reading): Promise<Block> {
  const { loading, origin } = reading;
  for (const key of Object.keys(map)) {
    if (Object.hasOwn(loading.modules, shortName(key)))
      loading.add(problems.blockWithModule(positionOfKey(map, key), key));
  }
  const also = Object.keys(map).filter(
    (key) => isLoopKeyword(key) || Object.hasOwn(loading.modules, shortName(key)),
  );
  checkKeywords(map, 'block', loading, also);
  const section = (key: string) => readNodes(map[key], { owner: map, key }, reading);
  const [block, rescue, always] = await Promise.all([section('block'), section('rescue'), section('always')]);
  return {
    ...emptyBlock(reading, []),
    ...readShared(map, loading),
    ...readLoop(map, loading),
    position: positionOf(map),
    origin,
    name: readKeyword(map, 'name', readText, loading),
    when: readKeyword(map, 'when', readConditions, loading) ?? [],
    notify: readKeyword(map, 'notify', readList, loading) ?? [],
    networkGuard: readKeyword(map, 'network_guard', readGuard, loading),
    parallel: readKeyword(map, 'parallel', readParallel, loading),
    block,
    rescue,
    always,
  };
}

const readGuard = readAny;
const readParallel = readAny;
