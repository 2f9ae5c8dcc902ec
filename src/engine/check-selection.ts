import type { HostwrightError } from '../core/error.ts';
import type { Node, Play } from '../playbook/tree.ts';
import { didYouMean } from '../source/words.ts';
import type { RunOptions } from './options.ts';
import { problems } from './problems.ts';

/** What --tags, --skip-tags and --start-at-task name that no task has: a typing mistake would silently do nothing. */
export interface SelectionFindings {
  readonly errors: readonly HostwrightError[];
  readonly warnings: readonly string[];
}

/** Words that select without being anybody's tag. */
const SPECIAL_TAGS = new Set(['all', 'always', 'never', 'tagged', 'untagged']);

/** Silent where an include could still bring the name. */
export function checkSelection(plays: readonly Play[], options: RunOptions): SelectionFindings {
  const tags = new Set<string>();
  const names = new Set<string>();
  let complete = true;
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      for (const tag of node.tags ?? []) tags.add(tag);
      if (node.kind === 'block') visit([...node.block, ...node.rescue, ...node.always]);
      else {
        const name = node.name ?? (node.kind === 'task' ? node.module : undefined);
        if (typeof name === 'string') names.add(name);
        if (node.kind === 'include' || typeof name !== 'string') complete = false;
      }
    }
  };
  for (const play of plays) {
    for (const tag of play.tags ?? []) tags.add(tag);
    visit([...play.preTasks, ...play.roles.map((use) => use.block), ...play.tasks, ...play.postTasks]);
  }
  if (!complete) return { errors: [], warnings: [] };
  const unknown = [...options.tags, ...options.skipTags].filter(
    (tag) => !SPECIAL_TAGS.has(tag) && !tags.has(tag),
  );
  const { startAtTask } = options;
  return {
    warnings: [...new Set(unknown)].map((tag) => {
      const advice =
        didYouMean(tag, tags) ??
        (tags.size > 0 ? `There are ${[...tags].sort().join(', ')}.` : 'There are no tags.');
      return `No task has the tag "${tag}". ${advice}`;
    }),
    errors: startAtTask === undefined || names.has(startAtTask) ? [] : [problems.unknownTask(startAtTask)],
  };
}
