import { NO_LOOP } from '../plain-task.ts';
import type { Block, Node } from '../tree.ts';
import type { Reading } from './reading.ts';

/** A block without keywords around nodes. */
export function emptyBlock(reading: Pick<Reading, 'origin'>, nodes: readonly Node[]): Block {
  return {
    kind: 'block',
    position: undefined,
    origin: reading.origin,
    name: undefined,
    when: [],
    block: nodes,
    rescue: [],
    always: [],
    notify: [],
    networkGuard: undefined,
    parallel: undefined,
    ...NO_LOOP,
  };
}
