import { call, isLost } from './calls.ts';
import type { GuardGround } from './ground.ts';
import { requestRollback } from './request-rollback.ts';
import { pauseFor } from './return.ts';
import { BOOT_LINK, BOOT_UNIT, NET } from './scripts/ground.ts';
import { abandonScript, statusScript } from './scripts/prepare.ts';
import { parseStatus, type TransactionStatus } from './status.ts';

/** A rollback is waited for so long. */
const PATIENCE_MS = 120_000;

/** Not faster: each may be a new login. */
const PACE_MS = 3000;

/**
 * Takes back what this very run left unconfirmed when its process ended: it goes on now, and makes the change anew. False where what is
 * pending is somebody else's, or was begun by this process.
 */
export async function takeBackOwn(
  ground: GuardGround,
  pending: TransactionStatus | undefined,
): Promise<boolean> {
  if (!pending || !isLeftBehind(ground, pending)) return false;
  const { host, route } = ground;
  const { transaction, state, secondsLeft } = pending;
  if (state === 'preparing') {
    const boot = { unit: BOOT_UNIT, link: BOOT_LINK };
    const { rc } = await call(host.access, route, abandonScript(NET, transaction, boot), 20);
    return rc === 0;
  }
  const why = 'the run that made it was interrupted, and goes on now';
  ground.tell(
    'rollingBack',
    'Takes back what this run left unconfirmed when it was interrupted.',
    secondsLeft,
  );
  if (state === 'armed') await requestRollback({ access: host.access, route }, `${NET}/${transaction}`, why);
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    await pauseFor(PACE_MS, ground);
    try {
      const now = parseStatus(await call(host.access, route, statusScript(NET, transaction), 10));
      if (now && !isPending(now)) return true;
    } catch (thrown) {
      // The rollback itself may have cut the connection.
      if (!isLost(thrown)) throw thrown;
      await host.access.close();
    }
  }
  return false;
}

/** The same before a host is looked at, in a run that goes on: what is looked at would change under our feet. */
export async function settleOwn(ground: GuardGround): Promise<void> {
  if (!ground.resumed) return;
  const { host, route } = ground;
  const status = parseStatus(await call(host.access, route, statusScript(NET, ''), 10));
  if (status && isPending(status)) await takeBackOwn(ground, status);
}

/** Whether a transaction is still going to change something by itself. */
export function isPending({ state }: TransactionStatus): boolean {
  return state === 'armed' || state === 'rolling';
}

function isLeftBehind({ resumed, run }: GuardGround, { owner, since }: TransactionStatus): boolean {
  return resumed && owner.startsWith(`run ${run} by `) && Date.parse(since) < performance.timeOrigin;
}
