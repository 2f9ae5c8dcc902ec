import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { INCLUDES, shortName } from '../playbook/parse/module-name.ts';

/** What the document of a file is, told by its form. */
export type Shape = 'playbook' | 'tasks' | 'map' | 'other';

/** A map that has a meaning in a playbook, as it is written. */
export interface WrittenMap {
  readonly kind: 'play' | 'block' | 'task';
  readonly map: YAMLMap;
  readonly handler: boolean;
}

const SECTIONS = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'];
const BLOCK_SECTIONS = ['block', 'rescue', 'always'];

/** The text of a key, where it is a plain one. */
export function keyText(pair: Pair): string | undefined {
  return isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : undefined;
}

export function pairOf(map: YAMLMap, key: string): Pair<Scalar, Node | null> | undefined {
  return map.items.find((pair) => keyText(pair as Pair) === key) as Pair<Scalar, Node | null> | undefined;
}

export function shapeOf(root: Node | null | undefined): Shape {
  if (isMap(root)) return pairOf(root, 'plays') ? 'playbook' : 'map';
  if (!isSeq(root)) return 'other';
  const maps = root.items.filter((item): item is YAMLMap => isMap(item));
  if (maps.length === 0) return 'other';
  const isPlay = (map: YAMLMap) =>
    map.items.some((pair) => {
      const key = keyText(pair as Pair);
      return key === 'hosts' || (key !== undefined && shortName(key) === 'import_playbook');
    });
  if (maps.some(isPlay)) return 'playbook';
  return maps.some(looksLikeTask) ? 'tasks' : 'other';
}

/** By what only tasks have, since a list of maps may be anything. */
function looksLikeTask(map: YAMLMap): boolean {
  const keys = map.items.map((pair) => keyText(pair as Pair) ?? '');
  return keys.some(
    (key) =>
      ['block', 'name', 'when', 'register', 'notify', 'become'].includes(key) || INCLUDES.has(shortName(key)),
  );
}

/** Plays, blocks and tasks of a document in the order of their lines. */
export function* writtenMaps(root: Node | null | undefined, handlers = false): Generator<WrittenMap> {
  const shape = shapeOf(root);
  if (shape === 'playbook') {
    const plays = isMap(root) ? pairOf(root, 'plays')?.value : root;
    if (!isSeq(plays)) return;
    for (const play of plays.items) {
      if (!isMap(play)) continue;
      yield { kind: 'play', map: play, handler: false };
      for (const section of SECTIONS) yield* inTasks(pairOf(play, section)?.value, section === 'handlers');
    }
  } else if (shape === 'tasks') yield* inTasks(root, handlers);
}

function* inTasks(list: unknown, handler: boolean): Generator<WrittenMap> {
  if (!isSeq(list)) return;
  for (const item of list.items) {
    if (!isMap(item)) continue;
    const isBlock = pairOf(item, 'block') !== undefined;
    yield { kind: isBlock ? 'block' : 'task', map: item, handler };
    if (isBlock) for (const section of BLOCK_SECTIONS) yield* inTasks(pairOf(item, section)?.value, handler);
  }
}
