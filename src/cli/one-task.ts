import { PLAIN_TASK } from '../playbook/plain-task.ts';
import type { LoadedPlaybook, Play, Task } from '../playbook/tree.ts';

/** A playbook of one play with one task, for commands that need no file. */
export function oneTaskPlaybook(
  hosts: string,
  module: string,
  params: Readonly<Record<string, unknown>>,
): LoadedPlaybook {
  const file = '(command line)';
  const origin = { file, playbookDirectory: '.', role: undefined };
  const task: Task = { ...PLAIN_TASK, origin, name: module, module, params };
  const play: Play = {
    kind: 'play',
    position: undefined,
    file,
    name: `${module} on ${hosts}`,
    hosts,
    gatherFacts: undefined,
    varsFiles: [],
    loadedVarsFiles: [],
    inputs: {},
    preTasks: [],
    roles: [],
    staticRoles: [],
    tasks: [task],
    postTasks: [],
    handlers: [],
    serial: undefined,
    strategy: 'linear',
    maxFailPercentage: undefined,
    forceHandlers: undefined,
    order: 'inventory',
  };
  return { file, name: undefined, inputs: {}, plays: [play] };
}
