import type { HostwrightError } from '../core/error.ts';
import { positionOf, type SourcePosition } from '../core/position.ts';
import { Template } from '../core/template.ts';
import { unknownHandler } from './problems.ts';
import type { Node, Play } from './tree.ts';

/** Names under `notify` that no handler of the play has, as far as that can be told before the play runs. */
export function unknownHandlers(play: Play): HostwrightError[] {
  const names = new Set<string>();
  const wanted: { readonly name: string; readonly position: SourcePosition | undefined }[] = [];
  // An include, or a name that is made of variables, could bring whatever is notified.
  let anything = false;

  const addHandler = (handler: Node): void => {
    if (handler.kind === 'include' || handler.name instanceof Template) anything = true;
    if (typeof handler.name === 'string') {
      names.add(handler.name);
      if (handler.origin.role) names.add(`${handler.origin.role.name} : ${handler.name}`);
    }
    if (handler.kind === 'task') for (const topic of handler.listen) names.add(topic);
  };
  const visit = (node: Node): void => {
    if (node.kind === 'include') {
      if (!node.loaded) anything = true;
      node.loaded?.handlers.forEach(addHandler);
      node.loaded?.nodes.forEach(visit);
      return;
    }
    node.notify.forEach((name, index) => {
      if (typeof name === 'string')
        wanted.push({ name, position: positionOf(node.notify, index) ?? node.position });
    });
    if (node.kind === 'block') [...node.block, ...node.rescue, ...node.always].forEach(visit);
  };

  const { preTasks, roles, tasks, postTasks, handlers } = play;
  handlers.forEach(addHandler);
  [...preTasks, ...roles.map((use) => use.block), ...tasks, ...postTasks, ...handlers].forEach(visit);
  if (anything) return [];
  return wanted
    .filter(({ name }) => !names.has(name))
    .map(({ name, position }) => unknownHandler(position, name, [...names]));
}
