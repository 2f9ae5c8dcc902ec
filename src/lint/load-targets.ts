import path from 'node:path';
import { errorsIn, type HostwrightError } from '../core/error.ts';
import { type LoadOptions, loadPlaybook, loadRole, loadTasks } from '../playbook/load.ts';
import { NO_LOOP } from '../playbook/plain-task.ts';
import type { Include, Included, LoadedPlaybook, Origin, Play } from '../playbook/tree.ts';
import { shownPath } from '../source/shown-path.ts';
import type { Sources } from './sources.ts';
import type { Targets } from './targets.ts';
import { shapeOf } from './task-maps.ts';

/** What was loaded, and what the loader said about it. */
export interface LoadedTarget {
  /** Undefined where there were errors. */
  readonly playbook: LoadedPlaybook | undefined;
  readonly isRole: boolean;
  readonly errors: readonly HostwrightError[];
}

export interface LoadedTargets {
  readonly loaded: readonly LoadedTarget[];
  /** Errors of files that nothing loads: variables, inventories. */
  readonly errors: readonly HostwrightError[];
  readonly playbooks: number;
  readonly roles: number;
}

/** Directories whose YAML files are parts of a project even where no playbook at hand uses them. */
const PARTS = /\/(tasks|handlers|vars|defaults|meta|group_vars|host_vars|playbooks|inventory)\//;

/** Loads playbooks first; roles and files of tasks only where no playbook has brought them. */
export async function loadTargets(
  targets: Targets,
  sources: Sources,
  options: LoadOptions,
): Promise<LoadedTargets> {
  const used = new Set<string>();
  const reading: LoadOptions = {
    ...options,
    maxErrors: Number.POSITIVE_INFINITY,
    readYaml: (file) => {
      used.add(file);
      return sources.read(file);
    },
  };
  const errors: HostwrightError[] = [];
  const loaded: LoadedTarget[] = [];
  const take = async (isRole: boolean, load: () => Promise<LoadedPlaybook>) => {
    try {
      loaded.push({ playbook: await load(), isRole, errors: [] });
    } catch (thrown) {
      loaded.push({ playbook: undefined, isRole, errors: errorsIn(thrown) });
    }
  };

  const shapes = await Promise.all(targets.files.map((file) => shapeIn(file, sources)));
  const ofShape = (...wanted: readonly string[]) =>
    targets.files.filter((_, index) => wanted.includes(shapes[index] ?? ''));
  const playbooks = ofShape('playbook', 'program');
  await Promise.all(playbooks.map((file) => take(false, () => loadPlaybook(file, reading))));

  const isInside = (file: string) => targets.roles.some((role) => file.startsWith(`${role}/`));
  const roles = targets.roles.filter((role) => ![...used].some((file) => file.startsWith(`${role}/`)));
  for (const role of roles) {
    const include = includeIn(path.join(path.dirname(role), 'role.yaml'), 'role', role);
    await take(true, async () => playbookOf(role, await loadRole(role, include, reading)));
  }
  for (const file of ofShape('tasks')) {
    if (used.has(file) || (isInside(file) && !targets.named.has(file))) continue;
    const include = includeIn(file, 'tasks', file);
    await take(true, async () => playbookOf(file, await loadTasks(file, include, reading)));
  }
  for (const [index, file] of targets.files.entries()) {
    const isPart = targets.named.has(file) || PARTS.test(file);
    if (used.has(file) || !isPart || !['map', 'other'].includes(shapes[index] ?? '')) continue;
    const source = await sources.source(file).catch((thrown: unknown) => ({ errors: errorsIn(thrown) }));
    errors.push(...source.errors);
  }
  return { loaded, errors, playbooks: playbooks.length, roles: roles.length };
}

async function shapeIn(file: string, sources: Sources): Promise<string> {
  if (/\.[cm]?[jt]s$/.test(file)) return 'program';
  try {
    const { document, text } = await sources.source(file);
    const shape = shapeOf(document?.contents);
    // Of a file with mistakes the form may be lost; what mentions hosts was meant as a playbook.
    return shape === 'other' && /^\s*(- )?hosts\s*:/m.test(text) ? 'playbook' : shape;
  } catch (thrown) {
    errorsIn(thrown);
    return 'other';
  }
}

function includeIn(file: string, what: 'tasks' | 'role', target: string): Include {
  const origin: Origin = { file, playbookDirectory: path.dirname(file), role: undefined };
  return {
    kind: 'include',
    what,
    target,
    params: {},
    apply: {},
    file,
    loaded: undefined,
    position: undefined,
    origin,
    name: undefined,
    when: [],
    ...NO_LOOP,
  };
}

/** A playbook that does nothing but what the role or the file of tasks does. */
function playbookOf(file: string, { nodes, handlers, roles }: Included): LoadedPlaybook {
  const play: Play = {
    kind: 'play',
    position: undefined,
    file,
    name: undefined,
    hosts: 'all',
    gatherFacts: undefined,
    varsFiles: [],
    loadedVarsFiles: [],
    inputs: {},
    preTasks: [],
    roles: [],
    staticRoles: roles,
    tasks: nodes,
    postTasks: [],
    handlers,
    serial: undefined,
    strategy: 'linear',
    maxFailPercentage: undefined,
    forceHandlers: undefined,
    order: 'inventory',
  };
  return { file: shownPath(file), name: undefined, inputs: {}, plays: [play] };
}
