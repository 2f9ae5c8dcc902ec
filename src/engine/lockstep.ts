/**
 * Where a task stands in a play: indices from the section down through blocks, includes and loops. Compared from the left, so that a
 * rescue section comes after its block and what an include brought comes where the include stands.
 */
export type Order = readonly number[];

export function compareOrders(a: Order, b: Order): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

interface Waiting {
  readonly order: Order;
  readonly proceed: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** The pace of a play's hosts. */
export interface Pace {
  /** Resolves when the host may begin the task at `order`. Rejects when the play is called off. */
  readonly arrive: (host: string, order: Order) => Promise<void>;
  /** The host is out of the play: the others no longer wait for it. */
  readonly leave: (host: string) => void;
}

/**
 * `linear`: no host begins a task before all have finished the one before it. `onStep` is told who begins which task together, before
 * anyone begins; what it throws is thrown to all of them.
 */
export function createLockstep(
  hosts: readonly string[],
  onStep: (order: Order, hosts: readonly string[]) => void | Promise<void>,
): Pace {
  const active = new Set(hosts);
  const waiting = new Map<string, Waiting>();

  const beginNextStep = async () => {
    // Whoever runs holds the smallest order of all; nobody may pass, so there is nothing to do until everybody waits.
    if (waiting.size === 0 || waiting.size < active.size) return;
    let first: Order | undefined;
    for (const { order } of waiting.values()) {
      if (first === undefined || compareOrders(order, first) < 0) first = order;
    }
    const released = hosts.flatMap((host) => {
      const one = waiting.get(host);
      return one && compareOrders(one.order, first as Order) === 0 ? [[host, one] as const] : [];
    });
    for (const [host] of released) waiting.delete(host);
    try {
      await onStep(
        first as Order,
        released.map(([host]) => host),
      );
      for (const [, { proceed }] of released) proceed();
    } catch (reason) {
      for (const [, { refuse }] of released) refuse(reason);
    }
  };

  return {
    arrive: (host, order) =>
      new Promise((proceed, refuse) => {
        waiting.set(host, { order, proceed, refuse });
        void beginNextStep();
      }),
    leave: (host) => {
      active.delete(host);
      waiting.delete(host);
      void beginNextStep();
    },
  };
}

/** `free`: every host goes on as fast as it can. */
export function createFreePace(
  onStep: (order: Order, hosts: readonly string[]) => void | Promise<void>,
): Pace {
  return { arrive: async (host, order) => onStep(order, [host]), leave: () => {} };
}

/** At most `size` at the same time; the rest wait in order. */
export interface Slots {
  readonly use: <T>(step: () => Promise<T>) => Promise<T>;
}

/** No limit at all. */
export const UNLIMITED: Slots = { use: (step) => step() };

export function createSlots(size: number): Slots {
  let free = size;
  const queue: (() => void)[] = [];
  return {
    use: async (step) => {
      if (free > 0) free--;
      else await new Promise<void>((turn) => queue.push(turn));
      try {
        return await step();
      } finally {
        const next = queue.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
