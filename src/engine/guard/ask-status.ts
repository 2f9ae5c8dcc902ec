import type { HostAccess, Route } from '../host-access.ts';
import { call } from './calls.ts';
import { NET } from './scripts/ground.ts';
import { statusScript } from './scripts/prepare.ts';
import { parseStatus, type TransactionStatus } from './status.ts';

/** Asks a host for the state of a transaction (empty: the pending one, else the last); undefined where it knows of none. */
export async function readStatus(
  access: HostAccess,
  route: Route,
  transaction: string,
  seconds = 10,
): Promise<TransactionStatus | undefined> {
  const answer = await call(access, route, statusScript(NET, transaction), seconds);
  return answer.rc === 0 ? parseStatus(answer) : undefined;
}
