import type { Node, Play } from '../playbook/tree.ts';

/** Names that tasks define while the run goes on; `any` where they cannot be listed. */
export interface LearnedNames {
  readonly names: ReadonlySet<string>;
  readonly any: boolean;
}

/** Names that the plays' tasks will define, as far as they can be listed beforehand. */
export function learnedNames(plays: readonly Play[]): LearnedNames {
  const names = new Set<string>([
    'ansible_failed_task',
    'ansible_failed_result',
    'hostvars',
    'vars',
    'groups',
  ]);
  let any = false;
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.loop !== undefined) names.add(node.loopControl.loopVar);
      if (node.kind === 'block') visit([...node.block, ...node.rescue, ...node.always]);
      else if (node.kind === 'include') any = true;
      else {
        if (node.register) names.add(node.register);
        if (node.module === 'set_fact' && node.args !== undefined) any = true;
        if (node.module === 'set_fact') for (const name of Object.keys(node.params)) names.add(name);
        if (['include_vars', 'add_host', 'group_by'].includes(node.module)) any = true;
      }
    }
  };
  for (const play of plays) {
    visit([...play.preTasks, ...play.roles.map((use) => use.block), ...play.tasks, ...play.postTasks]);
    visit(play.handlers);
  }
  return { names, any };
}
