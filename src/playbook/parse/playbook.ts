import path from 'node:path';
import { positionOf, positionOfKey } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { shownPath } from '../../source/shown-path.ts';
import { quote } from '../../source/words.ts';
import {
  importCircle,
  missingFile,
  notAPlay,
  notAPlaybook,
  playWithoutDash,
  taskAmongPlays,
} from '../problems.ts';
import type { Inputs, LoadedPlaybook, Play } from '../tree.ts';
import { importedPlay } from './inherit.ts';
import { readInputs } from './inputs.ts';
import { checkKeywords, readKeyword, readShared } from './keywords.ts';
import type { Loading } from './loading.ts';
import { INCLUDES, shortName } from './module-name.ts';
import { readNodes } from './nodes.ts';
import { readPlay } from './play.ts';
import * as problems from './problems.ts';
import { firstExisting } from './tasks-file.ts';
import { isMapping, type Mapping, readConditions, readFixedText, wrongKind } from './values.ts';

type PlaybookContent = Pick<LoadedPlaybook, 'name' | 'description' | 'inputs' | 'plays'>;

const EMPTY: PlaybookContent = { name: undefined, description: undefined, inputs: {}, plays: [] };
const MAP_KEYS = new Set(['name', 'description', 'inputs', 'plays']);

/** Reads a playbook of one form. What is wrong is reported to `loading`. */
type ReadForm = (file: string, loading: Loading, chain: readonly string[]) => Promise<PlaybookContent>;

const readTypescript: ReadForm = async (file, loading, chain) => {
  const document = await loading.attempt(async () => {
    // Loaded only here, so that whoever writes YAML does not pay for it.
    const { loadTypescript } = await import('../typescript/load.ts');
    const { document, modules } = await loadTypescript(file);
    loading.addModules(modules, { file: shownPath(file), line: 1, column: 1 });
    loading.checkTemplates(document);
    return document;
  });
  return document === undefined ? EMPTY : readDocument(document, file, loading, chain);
};

/** Forms of playbooks by the end of the file's name; anything else is YAML. */
const FORMS: Readonly<Record<string, ReadForm>> = {
  '.ts': readTypescript,
  '.mts': readTypescript,
  '.js': readTypescript,
  '.mjs': readTypescript,
};

/** A playbook file (absolute path) with the playbooks it imports. What is wrong is reported to `loading`. */
export const readPlaybook: ReadForm = (file, loading, chain) => {
  const read = FORMS[path.extname(file)] ?? readYaml;
  return read(file, loading, chain);
};

async function readYaml(file: string, loading: Loading, chain: readonly string[]): Promise<PlaybookContent> {
  const document = await loading.attempt(() => loading.read(file));
  return document === undefined ? EMPTY : readDocument(document, file, loading, chain);
}

async function readDocument(
  document: unknown,
  file: string,
  loading: Loading,
  chain: readonly string[],
): Promise<PlaybookContent> {
  const inside = [...chain, file];
  if (Array.isArray(document)) return { ...EMPTY, plays: await readPlays(document, file, loading, inside) };
  if (!isMapping(document)) {
    loading.add(notAPlaybook({ file: shownPath(file), line: 1, column: 1 }, document));
    return EMPTY;
  }
  if (document.plays === undefined && document.hosts !== undefined) {
    loading.add(playWithoutDash(positionOf(document)));
    return EMPTY;
  }
  for (const key of Object.keys(document)) {
    if (!MAP_KEYS.has(key))
      loading.add(problems.unknownKeyword(positionOfKey(document, key), key, 'playbook', MAP_KEYS));
  }
  const place = { owner: document, key: 'plays' };
  if (!Array.isArray(document.plays)) {
    if (document.plays === undefined)
      loading.add(problems.missingKey(positionOf(document), 'A playbook in the form of a map', 'plays'));
    else wrongKind(document.plays, place, loading, 'a list of plays');
    return EMPTY;
  }
  return {
    name: readKeyword(document, 'name', readFixedText, loading),
    description: readKeyword(document, 'description', readFixedText, loading),
    inputs: readInputs(document.inputs, { owner: document, key: 'inputs' }, loading),
    plays: await readPlays(document.plays, file, loading, inside),
  };
}

async function readPlays(
  items: readonly unknown[],
  file: string,
  loading: Loading,
  chain: readonly string[],
): Promise<readonly Play[]> {
  const task = items.find((item) => isMapping(item) && looksLikeTask(item, loading)) as Mapping | undefined;
  if (task) {
    // One error for the whole file: every further task would say the same again.
    const name = typeof task.name === 'string' ? quote(task.name) : 'This';
    loading.add(taskAmongPlays(positionOf(task), name));
    return [];
  }
  const plays = await Promise.all(
    items.map((item, index) => readEntry(item, items, index, file, loading, chain)),
  );
  return plays.flat();
}

function looksLikeTask(map: Mapping, loading: Loading): boolean {
  if (map.hosts !== undefined) return false;
  return Object.keys(map).some((key) => {
    const name = shortName(key);
    return INCLUDES.has(name) || name === 'block' || Object.hasOwn(loading.modules, name);
  });
}

async function readEntry(
  item: unknown,
  owner: readonly unknown[],
  index: number,
  file: string,
  loading: Loading,
  chain: readonly string[],
): Promise<readonly Play[]> {
  if (!isMapping(item)) {
    loading.add(notAPlay(positionOf(owner, index), item));
    return [];
  }
  const importKey = Object.keys(item).find((key) => shortName(key) === 'import_playbook');
  if (importKey !== undefined) return importPlaybook(item, importKey, file, loading, chain);
  const origin = { file, playbookDirectory: path.dirname(file), role: undefined };
  const places = { loading, origin, chain, readNodes, handlers: false };
  return [await readPlay(item, { ...places, seen: new Set(), imported: new WeakMap() })];
}

async function importPlaybook(
  map: Mapping,
  key: string,
  file: string,
  loading: Loading,
  chain: readonly string[],
): Promise<readonly Play[]> {
  checkKeywords(map, 'importPlaybook', loading, [key]);
  const target = map[key];
  const position = positionOf(map, key);
  if (target instanceof Template) {
    loading.add(problems.importTemplate(position, 'import_playbook'));
    return [];
  }
  const wanted = readKeyword(map, key, readFixedText, loading);
  if (wanted === undefined) return [];
  const candidate = path.resolve(path.dirname(file), wanted);
  const found = await firstExisting([candidate]);
  if (found === undefined) loading.add(missingFile(position, wanted, [shownPath(candidate)]));
  else if (chain.includes(found)) loading.add(importCircle(position, [...chain, found].map(shownPath)));
  else {
    const imported = await readPlaybook(found, loading, chain);
    const keywords = {
      ...readShared(map, loading),
      when: readKeyword(map, 'when', readConditions, loading) ?? [],
    };
    return imported.plays.map((play) => importedPlay(withInputs(play, imported.inputs), keywords));
  }
  return [];
}

/** Inputs of an imported playbook are those of each of its plays. */
function withInputs(play: Play, inputs: Inputs): Play {
  return { ...play, inputs: { ...inputs, ...play.inputs } };
}
