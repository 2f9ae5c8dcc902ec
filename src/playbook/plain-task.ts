import type { LoopControl, LoopKeywords, Task } from './tree.ts';

/** What `loop_control` says where nobody gives one. */
export const PLAIN_CONTROL: LoopControl = {
  loopVar: 'item',
  indexVar: undefined,
  label: undefined,
  pause: undefined,
  extended: false,
  breakWhen: [],
};

/** Of a task, an include or a block without a loop. */
export const NO_LOOP: LoopKeywords = { loop: undefined, flattenLoop: false, loopControl: PLAIN_CONTROL };

/** A task that says nothing but its module: for tasks that no file holds. */
export const PLAIN_TASK: Omit<Task, 'origin' | 'module'> = {
  kind: 'task',
  position: undefined,
  name: undefined,
  params: {},
  args: undefined,
  when: [],
  ...NO_LOOP,
  register: undefined,
  until: [],
  retries: undefined,
  delay: undefined,
  changedWhen: undefined,
  failedWhen: undefined,
  notify: [],
  listen: [],
};
