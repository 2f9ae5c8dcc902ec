import { Template } from '../core/template.ts';
import type { Node } from '../playbook/tree.ts';

/** Whether --start-at-task means this task: its name, its role's and its name (`role : name`), or a pattern with * and ? of either. */
export function startsAt(wanted: string | undefined, task: string, node: Node): boolean {
  if (wanted === undefined) return true;
  const { role } = node.origin;
  const names = role ? [task, `${role.name} : ${task}`] : [task];
  if (names.includes(wanted)) return true;
  if (!/[*?]/.test(wanted)) return false;
  const source = wanted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`, 's');
  return names.some((name) => pattern.test(name));
}

/** Whether the task may be in what an include brings; where that is not known beforehand, it may. */
export function mayHoldStart(wanted: string | undefined, node: Node): boolean {
  if (node.kind === 'task') return false;
  if (node.kind === 'include') return node.loaded === undefined || holdsStart(wanted, node.loaded.nodes);
  return holdsStart(wanted, [...node.block, ...node.rescue, ...node.always]);
}

/** Whether one of the nodes is the task, or may bring it. A name with a template in it may become anything. */
export function holdsStart(wanted: string | undefined, nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (mayHoldStart(wanted, node)) return true;
    if (node.kind === 'block') return false;
    if (node.name instanceof Template) return true;
    const module = node.kind === 'task' ? node.module : `include_${node.what}`;
    return startsAt(wanted, String(node.name ?? module), node);
  });
}
