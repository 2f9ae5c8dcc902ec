import type { Node } from '../playbook/tree.ts';

/** Whether tasks may bring hosts or groups that no inventory has, so that a later play can be about them. */
export function mayMakeHosts(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (node.kind === 'task') return node.module === 'add_host' || node.module === 'group_by';
    if (node.kind === 'include') return !node.loaded || mayMakeHosts(node.loaded.nodes);
    return mayMakeHosts([...node.block, ...node.rescue, ...node.always]);
  });
}
