import path from 'node:path';
import { positionOf, positionOfKey } from '../../core/position.ts';
import { Template } from '../../core/template.ts';
import { shownPath } from '../../source/shown-path.ts';
import { missingFile, noHosts } from '../problems.ts';
import { searchPaths } from '../search-paths.ts';
import type { Play, Variables } from '../tree.ts';
import { variablesOf } from '../variable-files.ts';
import { flattenHandlers } from './inherit.ts';
import { readInputs } from './inputs.ts';
import { checkKeywords, readChoice, readKeyword, readShared } from './keywords.ts';
import * as problems from './problems.ts';
import { gatherImports, type Reading } from './reading.ts';
import { readRoleUses } from './role.ts';
import { firstExisting } from './tasks-file.ts';
import {
  checkVariableNames,
  type Mapping,
  type Place,
  placePosition,
  type ReadValue,
  readBoolean,
  readList,
  readNumber,
  readText,
  wrongKind,
} from './values.ts';

const STRATEGIES = ['linear', 'free', 'host_pinned'] as const;
const ORDERS = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

/** One play, with everything that it imports. */
export async function readPlay(map: Mapping, reading: Reading): Promise<Play> {
  const { loading, origin } = reading;
  checkKeywords(map, 'play', loading);
  const place = (key: string): Place => ({ owner: map, key });
  const keyword = <T>(name: string, read: ReadValue<T>) => readKeyword(map, name, read, loading);
  const nodes = (key: string, handlers = false) =>
    reading.readNodes(map[key], place(key), { ...reading, handlers });
  const varsFiles = keyword('vars_files', readVarsFiles) ?? [];
  const uses = await readRoleUses(map.roles, place('roles'), reading);
  const [preTasks, tasks, postTasks, handlers, loadedVarsFiles] = await Promise.all([
    nodes('pre_tasks'),
    nodes('tasks'),
    nodes('post_tasks'),
    nodes('handlers', true),
    Promise.all(varsFiles.map((_, index) => loadVarsFile(varsFiles, index, reading))),
  ]);
  const imported = gatherImports([...preTasks, ...tasks, ...postTasks, ...handlers], reading);
  return {
    kind: 'play',
    ...readShared(map, loading),
    position: positionOf(map),
    file: shownPath(origin.file),
    name: keyword('name', readText),
    hosts: readHosts(map, reading),
    gatherFacts: keyword('gather_facts', readBoolean),
    varsFiles,
    loadedVarsFiles,
    inputs: readInputs(map.inputs, place('inputs'), loading),
    preTasks,
    roles: uses.map(({ handlers: _handlers, roles: _roles, ...use }) => use),
    staticRoles: [...uses.flatMap((use) => use.roles), ...imported.roles],
    tasks,
    postTasks,
    handlers: [...uses.flatMap((use) => use.handlers), ...flattenHandlers(handlers), ...imported.handlers],
    serial: keyword('serial', readSerial),
    strategy: keyword('strategy', readStrategy) ?? 'linear',
    maxFailPercentage: keyword('max_fail_percentage', readNumber),
    forceHandlers: keyword('force_handlers', readBoolean),
    order: keyword('order', readChoice(ORDERS, 'inventory')) ?? 'inventory',
  };
}

function readHosts(map: Mapping, { loading }: Reading): unknown {
  const { hosts } = map;
  const place = { owner: map, key: 'hosts' };
  if (hosts === undefined || hosts === null || hosts === '' || (Array.isArray(hosts) && hosts.length === 0)) {
    loading.add(noHosts(positionOfKey(map, 'hosts') ?? positionOf(map)));
    return [];
  }
  if (hosts instanceof Template || typeof hosts === 'string') return hosts;
  if (Array.isArray(hosts)) return readList(hosts, place, loading);
  return wrongKind(hosts, place, loading, 'a pattern or a list of patterns');
}

const readStrategy: ReadValue<(typeof STRATEGIES)[number]> = (value, place, loading) => {
  const plain = typeof value === 'string' ? value.replace(/^ansible\.builtin\./, '') : value;
  return readChoice(STRATEGIES, 'linear')(plain, place, loading);
};

/** Paths; a list among them holds alternatives. */
const readVarsFiles: ReadValue<readonly unknown[]> = (value, place, loading) => {
  if (value === null) return [];
  if (!Array.isArray(value)) return readList(value, place, loading);
  value.forEach((item, index) => {
    if (Array.isArray(item)) readList(item, { owner: value, key: index }, loading);
    else readText(item, { owner: value, key: index }, loading);
  });
  return value;
};

/** What stands in a vars_file whose path is known; undefined where it is not, or where the file is bad (reported). */
async function loadVarsFile(
  files: readonly unknown[],
  index: number,
  { loading, origin }: Reading,
): Promise<Variables | undefined> {
  const written = files[index];
  const wanted = Array.isArray(written) ? written : [written];
  if (!wanted.every((item) => typeof item === 'string')) return undefined;
  const candidates = wanted.flatMap((item: string) =>
    path.isAbsolute(item)
      ? [item]
      : searchPaths(origin, 'vars').map((directory) => path.resolve(directory, item)),
  );
  const file = await firstExisting(candidates);
  if (file === undefined) {
    loading.add(missingFile(positionOf(files, index), wanted.join(', '), candidates.map(shownPath)));
    return undefined;
  }
  const variables = await loading.attempt(async () => variablesOf(await loading.read(file), shownPath(file)));
  if (variables) checkVariableNames(variables, loading);
  return variables;
}

/** A number of hosts, a percentage, or a list of them, one for each batch. */
const readSerial: ReadValue<unknown> = (value, place, loading) => {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const [index, item] of items.entries()) {
    const fits =
      item instanceof Template ||
      (Number.isInteger(item) && (item as number) > 0) ||
      (typeof item === 'string' && /^\d+%?$/.test(item));
    const at = Array.isArray(value) ? { owner: value, key: index } : place;
    if (!fits)
      loading.add(
        problems.wrongKind(
          placePosition(at),
          'serial',
          'a number of hosts or a percentage such as 30%',
          item,
        ),
      );
  }
  return value ?? undefined;
};
