import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { positionOf, type SourcePosition } from '../../core/position.ts';
import { shownPath } from '../../source/shown-path.ts';
import { importCircle, missingFile, missingRole, notARole, notRoles } from '../problems.ts';
import type { Block, Included, Inputs, Node, RoleContext, RoleUse, Variables } from '../tree.ts';
import { WrittenRole } from '../typescript/written-role.ts';
import { variablesOf } from '../variable-files.ts';
import { emptyBlock } from './empty-block.ts';
import { flattenHandlers, handlersOfUse } from './inherit.ts';
import { readArgumentSpec, readInputs } from './inputs.ts';
import { KEYWORDS, readKeyword, readShared } from './keywords.ts';
import { keepPositions } from './positions.ts';
import { gatherImports, type Reading, readingOf } from './reading.ts';
import { readTasksFile } from './tasks-file.ts';
import {
  checkVariableNames,
  isMapping,
  type Mapping,
  type Place,
  placePosition,
  readConditions,
  readFixedBoolean,
} from './values.ts';
import { readWrittenRole } from './written-role.ts';

/** A role as something asks for it. */
export interface RoleRequest {
  readonly name: string;
  readonly params: Variables;
  /** Files to take instead of `main`. */
  readonly from: Readonly<Record<'tasks' | 'vars' | 'defaults' | 'handlers', string | undefined>>;
  readonly position: SourcePosition | undefined;
  /** False where a missing role may never be asked for. */
  readonly mustExist: boolean;
  /** A role written in TypeScript, instead of a directory. */
  readonly written?: WrittenRole;
}

/** What include_role and import_role say beside the role's name. */
export function roleRequest(name: string, params: Mapping): RoleRequest {
  const text = (key: string) => (typeof params[key] === 'string' ? params[key] : undefined);
  return {
    name,
    params: {},
    from: {
      tasks: text('tasks_from'),
      vars: text('vars_from'),
      defaults: text('defaults_from'),
      handlers: text('handlers_from'),
    },
    position: undefined,
    mustExist: true,
  };
}

/** A role with the roles it depends on; undefined where there is none of that name (reported if it must exist). */
export async function readRole(request: RoleRequest, outer: Reading): Promise<Included | undefined> {
  const { loading } = outer;
  if (request.written) return readWrittenRole(request.written, request.params, outer);
  const directory = await findRole(request, outer);
  if (directory === undefined) return undefined;
  if (outer.chain.includes(directory)) {
    if (request.mustExist)
      loading.add(importCircle(request.position, [...outer.chain, directory].map(shownPath)));
    return undefined;
  }
  const file = (folder: string, name = 'main') => roleFile(directory, folder, name, outer);
  const asked = async (folder: 'tasks' | 'vars' | 'defaults' | 'handlers') => {
    const name = request.from[folder];
    const found = await file(folder, name);
    if (found === undefined && name !== undefined)
      loading.add(missingFile(request.position, name, [shownPath(path.join(directory, folder, name))]));
    return found;
  };
  const [tasksFile, handlersFile, defaults, vars, meta, specs] = await Promise.all([
    asked('tasks'),
    asked('handlers'),
    asked('defaults').then((found) => readVariableFile(found, outer)),
    asked('vars').then((found) => readVariableFile(found, outer)),
    file('meta').then((found) => readMap(found, outer)),
    file('meta', 'argument_specs').then((found) => readMap(found, outer)),
  ]);
  const parent = outer.origin.role;
  const role: RoleContext = {
    name: request.name,
    path: directory,
    defaults,
    vars,
    params: request.params,
    inputs: inputsOf(meta, specs, request.from.tasks ?? 'main', outer),
    dependents: parent ? [parent, ...parent.dependents] : [],
  };
  const reading: Reading = {
    ...outer,
    origin: { ...outer.origin, file: path.join(directory, 'tasks', 'main.yaml'), role },
    chain: [...outer.chain, directory],
  };
  const dependencies = await readDependencies(meta, reading);
  const tasks = tasksFile
    ? await readTasksFile(tasksFile, { ...readingOf(reading, tasksFile), handlers: false })
    : [];
  const handlers = handlersFile
    ? await readTasksFile(handlersFile, { ...readingOf(reading, handlersFile), handlers: true })
    : [];
  const imported = gatherImports([...tasks, ...handlers], reading);
  return {
    nodes: [...dependencies.map((use) => use.block), ...tasks],
    handlers: [
      ...dependencies.flatMap((use) => use.handlers),
      ...flattenHandlers(handlers),
      ...imported.handlers,
    ],
    roles: [...dependencies.flatMap((use) => use.roles), role, ...imported.roles],
  };
}

/** Where a role may be: beside the playbook, beside the role that asks, in the project, in the directory one is in. */
async function findRole(request: RoleRequest, { loading, origin }: Reading): Promise<string | undefined> {
  const { name } = request;
  const homes = [
    path.join(origin.playbookDirectory, 'roles'),
    ...(origin.role ? [path.dirname(origin.role.path)] : []),
    path.join(path.dirname(origin.playbookDirectory), 'roles'),
    path.resolve('roles'),
    origin.playbookDirectory,
  ];
  const candidates = [...new Set(homes.map((home) => path.resolve(home, name)))];
  for (const candidate of candidates)
    if (name !== '' && (await loading.isDirectory(candidate))) return candidate;
  if (request.mustExist) {
    const listings = await Promise.all(homes.slice(0, -1).map((home) => readdir(home).catch(() => [])));
    loading.add(missingRole(request.position, name, candidates.map(shownPath), listings.flat()));
  }
  return undefined;
}

async function roleFile(
  directory: string,
  folder: string,
  name: string,
  { loading }: Reading,
): Promise<string | undefined> {
  const base = path.join(directory, folder, name);
  for (const candidate of [`${base}.yaml`, `${base}.yml`, `${base}.json`, base]) {
    if ((await loading.exists(candidate)) && !(await loading.isDirectory(candidate))) return candidate;
  }
  return undefined;
}

async function readVariableFile(file: string | undefined, { loading }: Reading): Promise<Variables> {
  if (file === undefined) return {};
  const variables = await loading.attempt(async () => variablesOf(await loading.read(file), shownPath(file)));
  if (variables) checkVariableNames(variables, loading);
  return variables ?? {};
}

async function readMap(file: string | undefined, reading: Reading): Promise<Mapping> {
  if (file === undefined) return {};
  const document = await reading.loading.attempt(() => reading.loading.read(file));
  return isMapping(document) ? document : {};
}

/** Typed parameters: ours (`inputs`), else Ansible's argument_specs for the entry point. */
function inputsOf(meta: Mapping, specs: Mapping, entryPoint: string, { loading }: Reading): Inputs {
  if (meta.inputs !== undefined) return readInputs(meta.inputs, { owner: meta, key: 'inputs' }, loading);
  const owner = specs.argument_specs === undefined ? meta : specs;
  const entries = owner.argument_specs;
  const entry = isMapping(entries) ? entries[entryPoint.replace(/\.ya?ml$/, '')] : undefined;
  return isMapping(entry) ? readArgumentSpec(entry.options, { owner: entry, key: 'options' }, loading) : {};
}

/** A role of `roles:` or of a role's dependencies, with what it brings. */
export interface ReadUse extends RoleUse {
  readonly handlers: readonly Node[];
  readonly roles: readonly RoleContext[];
}

async function readDependencies(meta: Mapping, reading: Reading): Promise<readonly ReadUse[]> {
  return readRoleUses(meta.dependencies, { owner: meta, key: 'dependencies' }, reading);
}

/** `roles:` of a play or `dependencies:` of a role, in order; a use that is the same as an earlier one runs once. */
export async function readRoleUses(
  value: unknown,
  place: Place,
  reading: Reading,
): Promise<readonly ReadUse[]> {
  const { loading } = reading;
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    loading.add(notRoles(placePosition(place), String(place.key), value));
    return [];
  }
  const uses: ReadUse[] = [];
  // One after the other, so that of two equal uses it is the first that stays.
  for (const [index, item] of value.entries()) {
    const use = await readRoleUse(item, { owner: value, key: index }, reading);
    if (use) uses.push(use);
  }
  return uses;
}

async function readRoleUse(value: unknown, place: Place, reading: Reading): Promise<ReadUse | undefined> {
  const { loading } = reading;
  const position = placePosition(place);
  const map: Mapping = isMapping(value) ? value : keepPositions({ role: value }, []);
  const nameKey = map.role === undefined ? 'name' : 'role';
  const written = map[nameKey] instanceof WrittenRole ? map[nameKey] : undefined;
  const name = written?.content.name ?? map[nameKey];
  if (typeof name !== 'string') {
    loading.add(notARole(position, value));
    return undefined;
  }
  const others = Object.entries(map).filter(([key]) => !KEYWORDS.roleUse.has(key));
  const params = written?.values ?? keepPositions(Object.fromEntries(others), [map]);
  const shared = readShared(map, loading);
  const when = readKeyword(map, 'when', readConditions, loading) ?? [];
  const { seen } = reading;
  const key = JSON.stringify([
    name,
    params,
    when.map((condition) => condition.expression),
    shared.tags,
    shared.vars,
  ]);
  const at = positionOf(map, nameKey) ?? position;
  const request = { ...roleRequest(name, {}), params, position: at, ...(written ? { written } : {}) };
  const included = await readRole(request, reading);
  const role = included?.roles.find((candidate) => candidate.name === name && candidate.params === params);
  if (!included || !role) return undefined;
  if (seen.has(key) && !(await allowsDuplicates(role, reading))) return undefined;
  seen.add(key);
  const block: Block = {
    ...emptyBlock({ origin: { ...reading.origin, role } }, included.nodes),
    ...shared,
    position,
    when,
  };
  return {
    ...shared,
    position,
    name,
    params,
    when,
    role,
    block,
    handlers: handlersOfUse(included.handlers, block),
    roles: included.roles,
  };
}

async function allowsDuplicates(role: RoleContext, reading: Reading): Promise<boolean> {
  const meta = await readMap(await roleFile(role.path, 'meta', 'main', reading), reading);
  return readKeyword(meta, 'allow_duplicates', readFixedBoolean, reading.loading) ?? false;
}
