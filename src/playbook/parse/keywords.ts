import { positionOfKey } from '../../core/position.ts';
import type { SharedKeywords } from '../tree.ts';
import type { Loading } from './loading.ts';
import * as problems from './problems.ts';
import {
  type Mapping,
  placePosition,
  type ReadValue,
  readBoolean,
  readEnvironment,
  readFixedText,
  readNumber,
  readText,
  readVariables,
  readWords,
} from './values.ts';

/** Keywords that plays, roles, blocks and tasks share: the field of the tree, and how its value is read. */
const SHARED: Readonly<Record<string, readonly [keyof SharedKeywords, ReadValue<unknown>]>> = {
  become: ['become', readBoolean],
  become_user: ['becomeUser', readText],
  become_method: ['becomeMethod', readText],
  become_flags: ['becomeFlags', readText],
  tags: ['tags', readWords],
  vars: ['vars', readVariables],
  environment: ['environment', readEnvironment],
  no_log: ['noLog', readBoolean],
  check_mode: ['checkMode', readBoolean],
  diff: ['diff', readBoolean],
  ignore_errors: ['ignoreErrors', readBoolean],
  ignore_unreachable: ['ignoreUnreachable', readBoolean],
  any_errors_fatal: ['anyErrorsFatal', readBoolean],
  run_once: ['runOnce', readBoolean],
  throttle: ['throttle', readNumber],
  timeout: ['timeout', readNumber],
  delegate_to: ['delegateTo', readText],
  delegate_facts: ['delegateFacts', readBoolean],
  connection: ['connection', readText],
  remote_user: ['remoteUser', readText],
  port: ['port', readNumber],
};

const LOOP = ['loop', 'loop_control'];
const NODE = [...Object.keys(SHARED), 'name', 'when'];

/** Every keyword by where it may stand; what is in none of them is a mistake. */
export const KEYWORDS = {
  play: new Set([
    ...Object.keys(SHARED).filter((name) => !['delegate_to', 'delegate_facts'].includes(name)),
    ...['name', 'hosts', 'gather_facts', 'vars_files', 'inputs', 'pre_tasks', 'roles', 'tasks', 'post_tasks'],
    ...['handlers', 'serial', 'strategy', 'max_fail_percentage', 'force_handlers', 'order', 'collections'],
  ]),
  block: new Set([
    ...NODE,
    ...LOOP,
    'block',
    'rescue',
    'always',
    'notify',
    'network_guard',
    'parallel',
    'collections',
  ]),
  task: new Set([
    ...NODE,
    ...LOOP,
    ...['register', 'until', 'retries', 'delay', 'changed_when', 'failed_when', 'notify', 'listen', 'args'],
    ...['action', 'local_action', 'collections'],
  ]),
  include: new Set([...NODE, ...LOOP, 'args', 'collections']),
  roleUse: new Set([...NODE.filter((name) => name !== 'name'), 'role', 'name', 'collections']),
  importPlaybook: new Set(['import_playbook', 'name', 'tags', 'vars', 'when']),
} as const;

export type KeywordOwner = keyof typeof KEYWORDS;

/** Ansible's words that Hostwright knows and does not take, with what to do instead. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  async:
    'Leave it out: a task may take as long as its timeout says; "parallel" on a block runs tasks at the same time.',
  poll: 'Leave it out together with async.',
  vars_prompt: 'Declare the value under "inputs": what is missing is asked for.',
  module_defaults: 'Write the parameters at the tasks, or share them with a YAML anchor and <<.',
  gather_subset: 'Leave it out: only facts that something refers to are read.',
  gather_timeout: 'Leave it out: only facts that something refers to are read.',
  fact_path: 'Leave it out and read the files with slurp.',
  debugger: 'Leave it out and run with --step.',
  become_exe: 'Leave it out: sudo, su and doas are found on the host.',
  sudo: 'Write become: true',
  sudo_user: 'Write become: true and become_user',
  user: 'Write remote_user',
  include: 'Write import_tasks (when the file is loaded) or include_tasks (when the task runs).',
  validate_argspec: 'Leave it out: inputs are always checked.',
};

/** The shared keywords that stand in a map. */
export function readShared(map: Mapping, loading: Loading): SharedKeywords {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(map)) {
    if (!Object.hasOwn(SHARED, name)) continue;
    const [field, read] = SHARED[name] as readonly [keyof SharedKeywords, ReadValue<unknown>];
    const result = read(value, { owner: map, key: name }, loading);
    if (result !== undefined) found[field] = result;
  }
  return found;
}

/** Reads one keyword where it stands, else gives the fallback. */
export function readKeyword<T>(
  map: Mapping,
  name: string,
  read: ReadValue<T>,
  loading: Loading,
): T | undefined {
  if (!Object.hasOwn(map, name)) return undefined;
  return read(map[name], { owner: map, key: name }, loading);
}

/** One of several fixed words. */
export function readChoice<T extends string>(choices: readonly T[], fallback: T): ReadValue<T> {
  return (value, place, loading) => {
    const text = readFixedText(value, place, loading);
    if (text === undefined) return fallback;
    const found = choices.find((choice) => choice === text);
    if (found === undefined)
      loading.add(problems.badChoice(placePosition(place), String(place.key), text, choices));
    return found ?? fallback;
  };
}

/** Reports every key that is no keyword there. */
export function checkKeywords(
  map: Mapping,
  owner: KeywordOwner,
  loading: Loading,
  also: readonly string[] = [],
): void {
  for (const key of Object.keys(map)) {
    if (KEYWORDS[owner].has(key) || also.includes(key)) continue;
    loading.add(unknownKeyword(map, key, owner));
  }
}

export function unknownKeyword(map: Mapping, key: string, owner: KeywordOwner, hint?: string) {
  const position = positionOfKey(map, key);
  const unsupported = Object.hasOwn(UNSUPPORTED, key) ? UNSUPPORTED[key] : undefined;
  if (unsupported) return problems.unsupportedKeyword(position, key, unsupported);
  const elsewhere = (Object.keys(KEYWORDS) as KeywordOwner[]).filter((other) => KEYWORDS[other].has(key));
  return problems.unknownKeyword(position, key, owner, KEYWORDS[owner], elsewhere, hint);
}
