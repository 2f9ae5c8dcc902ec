import type { SourcePosition } from '../core/position.ts';
import { problems } from './problems.ts';

/**
 * Splits a play's hosts into batches as `serial` says: a number, a percentage, or a list of those whose last value repeats.
 * Undefined: one batch of all.
 */
export function batchesOf(
  hosts: readonly string[],
  serial: unknown,
  position: SourcePosition | undefined,
): readonly (readonly string[])[] {
  if (serial === undefined || serial === null) return [hosts];
  const sizes = (Array.isArray(serial) ? serial : [serial]).map((size) =>
    sizeOf(size, hosts.length, position),
  );
  const batches: (readonly string[])[] = [];
  let start = 0;
  for (let round = 0; start < hosts.length; round++) {
    const size = sizes[Math.min(round, sizes.length - 1)] as number;
    batches.push(hosts.slice(start, start + size));
    start += size;
  }
  return batches;
}

function sizeOf(written: unknown, total: number, position: SourcePosition | undefined): number {
  const percent = typeof written === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(written) : null;
  const size = percent ? Math.floor((total * Number(percent[1])) / 100) : Number(written);
  if (!Number.isInteger(size) || size < 0 || written === '')
    throw problems.notNumber('serial', written, position);
  // 0 means everybody, as in Ansible; a percentage of few hosts still takes one.
  return size === 0 ? (percent ? 1 : Math.max(1, total)) : size;
}

/** The play's hosts in the order that its `order` keyword asks for. */
export function orderHosts(hosts: readonly string[], order: string): readonly string[] {
  switch (order) {
    case 'reverse_inventory':
      return hosts.toReversed();
    case 'sorted':
      return hosts.toSorted();
    case 'reverse_sorted':
      return hosts.toSorted().reverse();
    case 'shuffle':
      return hosts
        .map((host) => ({ host, key: Math.random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ host }) => host);
    default:
      return hosts;
  }
}
