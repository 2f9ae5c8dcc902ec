import { PLAIN_TASK } from '../playbook/plain-task.ts';
import type { Task } from '../playbook/tree.ts';
import type { Walk } from './context.ts';
import { toFlag } from './keywords.ts';
import { playValue } from './play-value.ts';

/** The task that `gather_facts: true` stands for; none where the play does not ask for it. */
export function gathering({ play, host }: Walk): readonly Task[] {
  const { position, file, gatherFacts, importedWhen } = play.play;
  if (gatherFacts === undefined) return [];
  if (!toFlag('gather_facts', playValue(play, host, gatherFacts), position)) return [];
  const origin = { file, playbookDirectory: play.directory, role: undefined };
  return [{ ...GATHERING, position, origin, when: importedWhen ?? [] }];
}

/** `gather_facts: true` is a task like any other; without it facts are read when something refers to them. */
const GATHERING: Omit<Task, 'origin'> = {
  ...PLAIN_TASK,
  name: 'Gathering Facts',
  module: 'setup',
  tags: ['always'],
};
