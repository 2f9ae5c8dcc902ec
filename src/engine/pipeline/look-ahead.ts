import { NotKnownYet } from '../../core/not-known.ts';
import { emptyRecap } from '../../core/result.ts';
import type { PlayContext, Step } from '../context.ts';
import { EndOfWindow } from '../control-flow.ts';
import { gatherFactsWith } from '../gather-facts.ts';
import type { HostAccess } from '../host-access.ts';
import type { HostState } from '../host-state.ts';
import type { Order } from '../lockstep.ts';
import { playNames } from '../play-names.ts';
import type { Surroundings } from '../surroundings.ts';

/**
 * The play and a host as somebody sees them who walks ahead: the same code runs on them, and nothing that it does is seen by the real
 * walk. Values are shared, and copied where the walk would write.
 */
export function aheadOf(
  real: PlayContext,
  realHost: HostState,
  mode: 'reads' | 'changes',
  access: HostAccess,
): { readonly play: PlayContext; readonly host: HostState } {
  const alone = real.batch.length === 1;
  const host: HostState = {
    ...realHost,
    kept: { ...realHost.kept },
    learned: copyOf(realHost.learned),
    included: { ...realHost.included },
    predicted: new Map(realHost.predicted),
    notified: new Set(realHost.notified),
    owed: [],
    checkedRoles: new Set(realHost.checkedRoles),
    recap: { ...emptyRecap() },
  };
  const run: PlayContext['run'] = {
    ...real.run,
    emit: () => {},
    hostState: (name) => {
      if (name === realHost.name) return host;
      // What other hosts know by then depends on how fast they are.
      if (!alone) throw new NotKnownYet(`what ${name} knows`);
      return real.run.hostState(name);
    },
    gatherFacts: gatherFactsWith,
    sleep: async () => {
      throw new EndOfWindow();
    },
  };
  const play: PlayContext = {
    ...real,
    run,
    ahead: mode,
    batch: alone ? [host] : real.batch,
    handlers: [...real.handlers],
    publicRoles: [...real.publicRoles],
    magic: (of, around) => playNames(play, real.inputs, of, around),
    step: (order, node, around, handler) => stepAhead(order, node, around, handler, host),
    begins: async () => true,
    accessOf: (target) => {
      if (target !== host) throw new NotKnownYet(`what is on ${target.name}`);
      return access;
    },
  };
  return { play, host };
}

/** A step that shares nothing: who looks ahead neither waits for others nor numbers tasks. */
function stepAhead(
  order: Order,
  node: Step['node'],
  around: Surroundings,
  handler: boolean,
  host: HostState,
): Step {
  return {
    taskId: 0,
    order,
    node,
    around,
    handler,
    leader: host.name,
    once: { promise: new Promise(() => {}), settle: () => {} },
    throttle: undefined,
    included: new Map(),
    failed: new Set(),
    announced: undefined,
    leftOut: false,
  };
}

/** Fields that say "not known yet" when they are looked at stay so. */
function copyOf(record: Record<string, unknown>): Record<string, unknown> {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(record));
}
