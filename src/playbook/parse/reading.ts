import type { Included, Node, Origin } from '../tree.ts';
import type { Loading } from './loading.ts';
import type { Place } from './values.ts';

/** What the reader of a node knows about where it is. */
export interface Reading {
  readonly loading: Loading;
  readonly origin: Origin;
  /** Files that import each other down to this one, against circles. */
  readonly chain: readonly string[];
  /** Uses of roles so far: an equal one runs once. */
  readonly seen: Set<string>;
  /** What the blocks that stand for imported roles bring beside their tasks. */
  readonly imported: WeakMap<Node, Included>;
  /** Reads a list of tasks. Given, not imported: tasks contain includes, and what these include contains tasks. */
  readonly readNodes: (value: unknown, place: Place, reading: Reading) => Promise<readonly Node[]>;
  /** True inside `handlers:` and handlers files. */
  readonly handlers: boolean;
}

/**
 * What the imports among the nodes bring beside tasks. Gathered from the finished tree and not while it is read: files are read side by
 * side, and the order of roles and handlers must not depend on which was faster.
 */
export function gatherImports(
  nodes: readonly Node[],
  { imported }: Pick<Reading, 'imported'>,
): Omit<Included, 'nodes'> {
  const found = nodes.flatMap((node): readonly Omit<Included, 'nodes'>[] => {
    const own = imported.get(node);
    if (own) return [own];
    return node.kind === 'block'
      ? [gatherImports([...node.block, ...node.rescue, ...node.always], { imported })]
      : [];
  });
  return { roles: found.flatMap(({ roles }) => roles), handlers: found.flatMap(({ handlers }) => handlers) };
}

/** The reading of another file in the same role (or none). */
export function readingOf(reading: Reading, file: string): Reading {
  return { ...reading, origin: { ...reading.origin, file }, chain: [...reading.chain, file] };
}
