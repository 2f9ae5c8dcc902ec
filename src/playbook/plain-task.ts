import type { Task } from './tree.ts';

/** A task that says nothing but its module: for tasks that no file holds. */
export const PLAIN_TASK: Omit<Task, 'origin' | 'module'> = {
  kind: 'task',
  position: undefined,
  name: undefined,
  params: {},
  args: undefined,
  when: [],
  loop: undefined,
  flattenLoop: false,
  loopControl: {
    loopVar: 'item',
    indexVar: undefined,
    label: undefined,
    pause: undefined,
    extended: false,
    breakWhen: [],
  },
  register: undefined,
  until: [],
  retries: undefined,
  delay: undefined,
  changedWhen: undefined,
  failedWhen: undefined,
  notify: [],
  listen: [],
};
