import type { Block, Node } from '../playbook/tree.ts';
import type { Walk } from './context.ts';
import { HostFailed } from './control-flow.ts';
import { toFlag, toNumber } from './keywords.ts';
import { createSlots, type Order, UNLIMITED } from './lockstep.ts';
import type { Surroundings } from './surroundings.ts';
import { evaluating, type Viewpoint } from './viewpoint.ts';

/** Sessions beside a host's own ones: together they stay below what sshd allows by default (MaxSessions 10). */
const MOST_LANES = 8;

/** Walks nodes on a host, as the walker of the play does. */
type WalkNodes = (walk: Walk, nodes: readonly Node[], around: Surroundings, order: Order) => Promise<void>;

/** How many tasks of the block run at the same time: undefined where they run one after the other. */
export async function lanesOf(view: Viewpoint, { parallel, block }: Block): Promise<number | undefined> {
  if (parallel === undefined || parallel === null) return undefined;
  const written = await evaluating(view, (scope) => view.play.run.expressions.resolve(parallel, scope));
  const most =
    typeof written === 'boolean' || /^\s*[a-z]+\s*$/i.test(String(written))
      ? toFlag('parallel', written, view.position) && MOST_LANES
      : Math.floor(toNumber('parallel', written, view.position));
  const lanes = Math.min(Number(most), MOST_LANES, block.length);
  return lanes > 1 ? lanes : undefined;
}

/**
 * The tasks of a block side by side on one host, each in a session of its own. All of them end before a failure counts; of several
 * failures it is the one that stands first in the block.
 */
export async function walkSideBySide(
  walk: Walk,
  block: Block,
  around: Surroundings,
  order: Order,
  lanes: number,
  walkNodes: WalkNodes,
): Promise<void> {
  const { play, host } = walk;
  // With the other hosts up to here, and from here on at its own pace.
  if (around.lane === undefined) await play.arrives(host, order);
  const free = Array.from({ length: lanes }, (_, index) => `${around.lane ?? ''}/${index + 1}`);
  const turns = createSlots(lanes);
  const walkInLane = (node: Node, index: number) =>
    turns.use(async () => {
      const lane = free.shift() as string;
      try {
        await walkNodes(walk, [node], { ...around, lane }, [...order, index]);
      } finally {
        await host.access.endLane(lane);
        free.unshift(lane);
      }
    });
  const slots = around.lane === undefined ? play.slots : UNLIMITED;
  const ended = await slots.use(() => Promise.allSettled(block.block.map(walkInLane)));
  const thrown = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  // What ends the host's play weighs more than a failure that a rescue may catch.
  const first = thrown.find((reason) => !(reason instanceof HostFailed)) ?? thrown[0];
  if (first !== undefined) throw first;
}
