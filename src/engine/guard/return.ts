import { setTimeout as sleep } from 'node:timers/promises';
import { createHostAccess, type Route, type Wire } from '../host-access.ts';
import { readStatus } from './ask-status.ts';
import { isLost } from './calls.ts';
import { type GuardGround, secondsLeft, type Transaction } from './ground.ts';
import * as problems from './problems.ts';
import type { TransactionStatus } from './status.ts';

/** Not faster: sshd's own protection counts quick attempts as an attack, and locks us out just when it matters. */
const PACE_MS = 3000;

/** A fresh login on the host of a transaction. */
export interface Back {
  readonly access: Wire;
  readonly route: Route;
  /** Whether this is where the host shall answer. */
  readonly atNew: boolean;
  readonly status: TransactionStatus;
}

/** What a search for the host found out besides. */
export interface Search {
  /** Milliseconds of the monotonic clock at which it ends. */
  readonly until: number;
  readonly accepts: (back: Back) => boolean | Promise<boolean>;
  /** Why nobody was found: the last failure of a login. */
  lastFailure?: string;
}

/**
 * Logs in anew, at the new address and at the old one in turn, until the host that is meant answers in a state that is accepted; undefined
 * when the time is up, or a person stops the run and `accepts` has had its say. Only a new login counts: an old session may live on
 * while nobody can log in any more.
 */
export async function comeBack(
  ground: GuardGround,
  transaction: Transaction,
  search: Search,
): Promise<Back | undefined> {
  const { oldRoute, newRoute, moves } = transaction;
  const routes = moves ? [newRoute, oldRoute] : [oldRoute];
  for (let round = 0; ; round++) {
    const route = routes[round % routes.length] as Route;
    const began = performance.now();
    const back = await logIn(ground, transaction, route, search);
    if (back && (await search.accepts(back))) return back;
    await back?.access.close();
    const pause = Math.max(0, PACE_MS - (performance.now() - began));
    if (performance.now() + pause >= search.until) return undefined;
    await pauseFor(pause, ground);
  }
}

async function logIn(
  { transports, tell }: GuardGround,
  transaction: Transaction,
  route: Route,
  search: Search,
): Promise<Back | undefined> {
  const access = createHostAccess(transports, () => {});
  const { host: address } = route.target;
  try {
    const status = await readStatus(access, route, transaction.id, 8);
    // Not the machine that was changed: nothing is said to it, let alone confirmed.
    if (status?.machineId !== transaction.machineId) throw problems.otherMachine(address);
    return { access, route, atNew: !transaction.moves || route === transaction.newRoute, status };
  } catch (thrown) {
    await access.close();
    if (!isLost(thrown)) throw thrown;
    search.lastFailure = thrown.message;
    tell('reconnecting', `No login at ${address} yet.`, secondsLeft(transaction));
    return undefined;
  }
}

/** Waits; not on, where a person wants the run to stop. */
export async function pauseFor(milliseconds: number, { signal }: Pick<GuardGround, 'signal'>): Promise<void> {
  if (signal?.aborted) {
    // Stopped already: the pace towards the host still holds.
    await sleep(milliseconds);
    return;
  }
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
}
