import type { TaskResult } from '../core/result.ts';
import { isAction } from '../modules/table.ts';
import type { Task } from '../playbook/tree.ts';
import type { PlayContext } from './context.ts';
import { resultOfThrown } from './invoke.ts';
import { keywordReader } from './keywords.ts';
import { inherited } from './surroundings.ts';
import { evaluating, type Viewpoint } from './viewpoint.ts';

/** Task keywords that count for the task as a whole, whatever its loop. */
export interface TaskSettings {
  readonly runOnce: boolean;
  readonly anyErrorsFatal: boolean;
  readonly throttle: number | undefined;
  readonly name: string;
  /** A keyword that could not be evaluated makes the task fail. */
  readonly problem: TaskResult | undefined;
}

/** Task keywords that shape what is made of a result; in a loop each item has its own. */
export interface ItemSettings {
  readonly noLog: boolean;
  readonly diff: boolean;
  readonly ignoreErrors: boolean;
  readonly ignoreUnreachable: boolean;
  readonly problem: TaskResult | undefined;
}

export async function readTaskSettings(view: Viewpoint, task: Task): Promise<TaskSettings> {
  const { play, around, position } = view;
  const module = await play.run.loadModule(task.module);
  const once = isAction(module) && module.runOnce === true;
  const name = await evaluating(view, (scope) =>
    taskName(play, task, () => play.run.expressions.resolve(task.name, scope)),
  );
  try {
    return await evaluating(view, (scope) => {
      const keywords = keywordReader(play.run.expressions, around, scope, position);
      return {
        runOnce: keywords.flag('runOnce', once),
        anyErrorsFatal: keywords.flag('anyErrorsFatal', false),
        throttle: keywords.number('throttle'),
        name,
        problem: undefined,
      };
    });
  } catch (thrown) {
    const problem = resultOfThrown(thrown);
    return { runOnce: once, anyErrorsFatal: false, throttle: undefined, name, problem };
  }
}

export async function readItemSettings(view: Viewpoint): Promise<ItemSettings> {
  const { play, around, position } = view;
  try {
    return await evaluating(view, (scope) => {
      const keywords = keywordReader(play.run.expressions, around, scope, position);
      return {
        noLog: keywords.flag('noLog', false),
        diff: keywords.flag('diff', play.run.options.diff),
        ignoreErrors: keywords.flag('ignoreErrors', false),
        ignoreUnreachable: keywords.flag('ignoreUnreachable', false),
        problem: undefined,
      };
    });
  } catch (thrown) {
    // Where it is not clear whether something is secret, it is.
    const noLog = inherited(around, 'noLog') !== undefined;
    const problem = resultOfThrown(thrown);
    return { noLog, diff: false, ignoreErrors: false, ignoreUnreachable: false, problem };
  }
}

/** The task's name for people: as written, or the module's name; a template in it that cannot be rendered yet stays as it is. */
export function taskName(
  play: PlayContext,
  task: Pick<Task, 'name' | 'module'>,
  resolve: () => unknown,
): string {
  if (task.name === undefined || task.name === null) return task.module;
  if (typeof task.name === 'string') return task.name;
  try {
    return play.run.masker.text(String(resolve()));
  } catch {
    return String(task.name);
  }
}
