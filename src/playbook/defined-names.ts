import { Template } from '../core/template.ts';
import { factNames } from '../facts/fact-names.ts';
import type { Node, Play } from './tree.ts';

/** Names that the engine itself puts in scope. */
export const MAGIC_NAMES: ReadonlySet<string> = new Set([
  ...['facts', 'ansible_facts', 'inputs', 'vars', 'hostvars', 'groups', 'group_names', 'omit', 'item'],
  ...['inventory_hostname', 'inventory_hostname_short', 'inventory_dir'],
  ...[
    'check_mode',
    'ansible_check_mode',
    'ansible_diff_mode',
    'ansible_verbosity',
    'ansible_run_tags',
    'ansible_limit',
    'ansible_forks',
  ],
  ...[
    'playbook_dir',
    'role_path',
    'role_name',
    'ansible_role_name',
    'ansible_parent_role_names',
    'ansible_play_role_names',
  ],
  ...[
    'play_hosts',
    'ansible_play_name',
    'ansible_play_hosts',
    'ansible_play_hosts_all',
    'ansible_play_batch',
  ],
  ...[
    'ansible_failed_task',
    'result',
    'ansible_failed_result',
    'ansible_loop',
    'ansible_loop_var',
    'ansible_index_var',
  ],
  ...factNames.map((name) => `ansible_${name}`),
  // Connection variables that a host may or may not have; templates that use them are common and mostly guarded.
  ...[
    'ansible_host',
    'ansible_port',
    'ansible_user',
    'ansible_connection',
    'ansible_password',
    'ansible_become',
  ],
  ...['ansible_ssh_private_key_file', 'ansible_become_user', 'ansible_skip_tags'],
]);

/** Names that tasks define while a run goes on. */
export interface Defined {
  readonly names: ReadonlySet<string>;
  /** True where names come from something that only the run will tell. */
  readonly anything: boolean;
}

/** What the tasks of all plays define; order and conditions do not matter, since only what nobody defines is of interest. */
export function definedNames(plays: readonly Play[]): Defined {
  const names = new Set<string>();
  let anything = false;
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.kind === 'block') visit([...node.block, ...node.rescue, ...node.always]);
      else if (node.kind === 'include') {
        if (!node.loaded) anything = true;
        // Its variables are visible in what it includes, which may be handlers too.
        for (const name of Object.keys(node.vars ?? {})) names.add(name);
        for (const role of node.loaded?.roles ?? []) {
          for (const name of Object.keys({ ...role.defaults, ...role.vars, ...role.inputs })) names.add(name);
        }
        visit([...(node.loaded?.nodes ?? []), ...(node.loaded?.handlers ?? [])]);
      } else {
        if (node.register !== undefined) names.add(node.register);
        if (BRINGS_ANYTHING.has(node.module) || (node.module === 'set_fact' && node.args instanceof Template))
          anything = true;
        if (DEFINES_ITS_KEYS.has(node.module)) for (const name of Object.keys(node.params)) names.add(name);
      }
      if (node.loop !== undefined) names.add(node.loopControl.loopVar);
    }
  };
  for (const play of plays) {
    if (play.loadedVarsFiles.some((file) => file === undefined)) anything = true;
    visit([
      ...play.preTasks,
      ...play.roles.map((use) => use.block),
      ...play.tasks,
      ...play.postTasks,
      ...play.handlers,
    ]);
  }
  return { names, anything };
}

const DEFINES_ITS_KEYS = new Set(['set_fact', 'add_host']);
const BRINGS_ANYTHING = new Set(['include_vars', 'group_by']);
