import { type HostwrightError, HostwrightErrors } from '../core/error.ts';
import type { Node } from '../playbook/tree.ts';
import { problems } from './problems.ts';

/** Blocks that ask for a guard which nobody would keep: better refused before a host is contacted than silently unguarded. */
export function unguarded(nodes: readonly Node[]): readonly HostwrightError[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'task') return [];
    if (node.kind === 'include')
      return unguarded([...(node.loaded?.nodes ?? []), ...(node.loaded?.handlers ?? [])]);
    const own = isAsked(node.networkGuard) ? [problems.noGuard(node.position)] : [];
    return [...own, ...unguarded([...node.block, ...node.rescue, ...node.always])];
  });
}

/** Throws where one of the nodes asks for a guard. */
export function refuseGuards(nodes: readonly Node[]): void {
  const errors = unguarded(nodes);
  if (errors.length > 0) throw new HostwrightErrors(errors);
}

function isAsked(guard: unknown): boolean {
  return guard !== undefined && guard !== null && guard !== false;
}
