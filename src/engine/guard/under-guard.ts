import type { GuardedChange, GuardSettings } from '../../core/guard.ts';
import type { Intent } from '../../journal/journal.ts';
import { storeHostKey } from '../../transports/known-hosts-file.ts';
import type { HostState } from '../host-state.ts';
import { type Armed, arm } from './arm.ts';
import { call, isLost } from './calls.ts';
import { dieHere, type GuardGround, secondsLeft, type Transaction } from './ground.ts';
import { Refused } from './problems.ts';
import { aftermath, prove } from './prove.ts';
import { type Outcome, refusal } from './report.ts';
import { startScript } from './scripts/arm.ts';
import type { Verify } from './verify.ts';

/**
 * Makes a change that may cut the connection it is made over: the host keeps what it has, makes the change by itself, and takes it back
 * unless the change is confirmed over a fresh login. `verify` says over that login what is not as it should be.
 * Throws a HostwrightError only where the host was lost before anything could happen to it.
 */
export async function applyUnderGuard(
  ground: GuardGround,
  change: GuardedChange,
  settings: GuardSettings,
  { verify, intent }: { readonly verify: Verify; readonly intent?: (() => Intent) | undefined },
): Promise<Outcome> {
  let armed: Armed;
  ground.onChange();
  try {
    armed = await arm(ground, change, settings);
  } catch (thrown) {
    if (thrown instanceof Refused) return refusal(thrown, settings.timeout);
    throw thrown;
  }
  try {
    const { transaction, plan } = armed;
    const startedAt = performance.now();
    ground.tell('applying', 'Makes the change, detached from this connection.', secondsLeft(transaction));
    try {
      const begun = await call(ground.host.access, ground.route, startScript(plan), 20, intent);
      if (begun.rc !== 0) return await aftermath(ground, armed);
    } catch (thrown) {
      // Whether it was begun is for the host to know.
      if (!isLost(thrown)) throw thrown;
    }
    dieHere('applying');
    const proof = { armed, verify, userProbes: settings.probe, startedAt, detached: true };
    const outcome = await prove(ground, proof);
    if (outcome.report.outcome === 'CONFIRMED') await follow(ground.host, transaction);
    return outcome;
  } finally {
    ground.onChange();
  }
}

/** The rest of the run goes to the new address; its key is remembered only now, when it is proved to be the same host. */
export async function follow(host: HostState, { moves, oldRoute, newRoute }: Transaction): Promise<void> {
  if (!moves) return;
  const { host: to, port, hostKeys } = newRoute.target;
  const { pinned, mode, files } = hostKeys;
  host.moved = { from: oldRoute.target.host, to, pinned };
  const [file] = files;
  const key = pinned?.split(' ')[1];
  if (mode === 'no' || file === undefined || key === undefined) return;
  await storeHostKey(file, to, port, Buffer.from(key, 'base64'));
}
