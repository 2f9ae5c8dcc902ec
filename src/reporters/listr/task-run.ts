import { Listr, type ListrRenderer, type ListrRendererFactory, type ListrTaskObject } from 'listr2';
import type { TaskView } from './task-view.ts';

/** A task of the run as a listr2 task, which is under way until `finish` is called. */
export interface TaskRun {
  readonly view: TaskView;
  /** Resolves when listr2 has ended the task and its renderer has printed it. */
  readonly finish: () => Promise<void>;
}

/** Where listr2's renderer puts a task that has ended. */
export interface Stage {
  readonly end: (view: TaskView) => void;
}

/**
 * Starts a task. Why a listr2 list per task and a renderer of our own: the default renderer draws all tasks of a list again for every
 * frame, which flickers and scrolls as soon as a run is taller than the window. Here what is finished is printed once and left alone.
 */
export function startTask(view: TaskView, stage: Stage): TaskRun {
  let settle: () => void = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const list = new Listr(
    [
      {
        title: view.title,
        task: async (_context, task) => {
          await settled;
          const statuses = view.results.map((event) => event.status);
          if (statuses.includes('failed') || statuses.includes('unreachable')) throw new Error(view.title);
          if (statuses.length > 0 && statuses.every((status) => status === 'skipped')) task.skip();
        },
      },
    ],
    {
      renderer: rendererOn(stage, view),
      // A failed task is part of the picture, not an error of drawing it; Ctrl-C belongs to the command line.
      exitOnError: false,
      registerSignalListeners: false,
    },
  );
  const ended = list.run();
  return {
    view,
    finish: async () => {
      settle();
      await ended;
    },
  };
}

function rendererOn(stage: Stage, view: TaskView): ListrRendererFactory {
  return class StageRenderer implements ListrRenderer {
    static rendererOptions = {};
    static rendererTaskOptions = {};
    /** Whether this is a terminal was decided before; listr2 need not ask again. */
    static nonTTY = true;
    readonly tasks: readonly ListrTaskObject<unknown, ListrRendererFactory, ListrRendererFactory>[];

    constructor(tasks: ListrTaskObject<unknown, ListrRendererFactory, ListrRendererFactory>[]) {
      this.tasks = tasks;
    }

    // Live tasks are drawn by the screen, all of them together.
    render(): void {}

    end(): void {
      stage.end(view);
    }
  };
}
