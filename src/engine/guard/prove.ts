import type { Armed } from './arm.ts';
import { readStatus } from './ask-status.ts';
import { call, isLost } from './calls.ts';
import { askSeconds, dieHere, type GuardGround, secondsLeft } from './ground.ts';
import { confirmation, type Outcome, rollback, unknown } from './report.ts';
import { requestRollback } from './request-rollback.ts';
import { type Back, comeBack, pauseFor, type Search } from './return.ts';
import { confirmScript } from './scripts/arm.ts';
import { CONFIRM_STATUS } from './scripts/confirm.ts';
import type { TransactionStatus } from './status.ts';
import { type Verify, verifyChange } from './verify.ts';

/** Seconds that a change must hold before it is confirmed. */
const SETTLE_SECONDS = 5;

/** Before the deadline nobody begins to confirm any more. */
const MARGIN_MS = 5000;

export interface Proof {
  readonly armed: Armed;
  readonly verify: Verify;
  readonly userProbes: readonly string[];
  /** Milliseconds of the monotonic clock when the change began. */
  readonly startedAt: number;
  /** Whether the host makes the change by itself, so that its end must be waited for. */
  readonly detached: boolean;
}

/** Comes back to a host whose network was changed, and confirms the change or has it taken back. Never throws for what a host does. */
export async function prove(ground: GuardGround, proof: Proof): Promise<Outcome> {
  const { transaction } = proof.armed;
  const { deadline, moves } = transaction;
  // Its survival would prove nothing, and its end must not be waited for later.
  await ground.host.access.close();
  await pauseFor(2000, ground);
  const search: Search = {
    until: deadline - MARGIN_MS,
    accepts: ({ status, atNew }) => status.state !== 'armed' || atNew || ground.signal?.aborted === true,
  };
  let why: string | undefined;
  while (performance.now() < search.until) {
    ground.tell(
      'reconnecting',
      `Logs in anew${moves ? ` at ${transaction.newRoute.target.host}` : ''}.`,
      secondsLeft(transaction),
    );
    const back = await comeBack(ground, transaction, search);
    if (!back) break;
    const outage = Math.round((performance.now() - proof.startedAt) / 100) / 10;
    dieHere('reconnected');
    try {
      const judged = await judge(ground, proof, back, outage);
      if (judged.outcome) return judged.outcome;
      if (judged.again) continue;
      why = judged.why;
      break;
    } catch (thrown) {
      if (!isLost(thrown)) throw thrown;
      search.lastFailure = thrown.message;
    } finally {
      await back.access.close();
    }
  }
  return aftermath(ground, proof.armed, search.lastFailure, why);
}

/** Over a connection that works: the outcome, or why the host is taking the change back. Rejects where the connection is lost. */
async function judge(
  ground: GuardGround,
  proof: Proof,
  back: Back,
  outage: number,
): Promise<{ outcome?: Outcome; why?: string; again?: true }> {
  const { armed, userProbes } = proof;
  const { transaction } = armed;
  const { access, route } = back;
  const stopped = () => ground.signal?.aborted === true;
  const takeBack = async (why: string) => {
    ground.tell('rollingBack', `Takes the change back: ${why}.`);
    await requestRollback(back, transaction.directory, why);
    return { why };
  };

  let status: TransactionStatus | undefined = back.status;
  const wasEarly = proof.detached && status.state === 'armed' && status.applyStatus === undefined;
  while (proof.detached && status?.state === 'armed' && status.applyStatus === undefined && !stopped()) {
    await pauseFor(1000, ground);
    status = await readStatus(access, route, transaction.id);
  }
  if (status?.state === 'confirmed')
    return { outcome: confirmation(ground.host.name, transaction, outage, status.warnings) };
  if (status?.state !== 'armed') return status?.reason ? { why: status.reason } : {};
  if (stopped()) return takeBack('the run was stopped');
  if (proof.detached && status.applyStatus !== 0) return {};
  if (transaction.moves && !back.atNew) return {};
  // A login from before the change was made proves nothing of what it left: it may live on where nobody else can log in.
  if (wasEarly) return { again: true };

  const check = () => {
    const inTime = () => stopped() || performance.now() > transaction.deadline - 2 * MARGIN_MS;
    return verifyChange(armed, proof.verify, access, route, userProbes, inTime);
  };
  ground.tell(
    'verifying',
    'It answers. Looks whether everything is as it should be.',
    secondsLeft(transaction),
  );
  let wrong = await check();
  if (wrong !== null) return takeBack(wrong);
  dieHere('verified');
  ground.tell('settling', `All is well; looks again in ${SETTLE_SECONDS} seconds.`, secondsLeft(transaction));
  await pauseFor(SETTLE_SECONDS * 1000, ground);
  if (stopped()) return takeBack('the run was stopped');
  wrong = await check();
  if (wrong !== null) return takeBack(wrong);

  ground.tell('confirming', 'Confirms the change.', secondsLeft(transaction));
  dieHere('confirming');
  const said = await call(access, route, confirmScript(transaction, ground.owner), 20);
  dieHere('confirmed');
  if (said.rc === CONFIRM_STATUS.confirmed)
    return { outcome: confirmation(ground.host.name, transaction, outage, status.warnings) };
  return { why: 'it was confirmed too late' };
}

/** Asks the host how it ended, at the old address first, until it says so or has been silent for long. */
export async function aftermath(
  ground: GuardGround,
  { transaction }: Pick<Armed, 'transaction'>,
  lastFailure?: string,
  why?: string,
): Promise<Outcome> {
  const { host } = ground;
  const left = why === undefined ? secondsLeft(transaction) : undefined;
  ground.tell('waiting', 'Waits for the host to say how it ended.', left);
  let stoppedBefore = false;
  const search: Search = {
    until: Math.max(transaction.deadline, performance.now()) + askSeconds() * 1000,
    accepts: async ({ status, access, route }) => {
      // A person stopped the run, or it was refused a rollback before: the host is asked once more.
      if (status.state === 'armed' && ground.signal?.aborted && !stoppedBefore) {
        stoppedBefore = true;
        await requestRollback({ access, route }, transaction.directory, 'the run was stopped');
        return false;
      }
      return ['confirmed', 'rolled-back', 'failed'].includes(status.state);
    },
    ...(lastFailure === undefined ? {} : { lastFailure }),
  };
  const back = await comeBack(ground, { ...transaction, ...oldFirst(transaction) }, search);
  if (!back) return unknown(host.name, transaction, search.lastFailure);
  const { status } = back;
  await back.access.close();
  if (status.state === 'confirmed') return confirmation(host.name, transaction, undefined, status.warnings);
  return rollback(host.name, transaction, status, why, search.lastFailure);
}

function oldFirst({ oldRoute, newRoute }: Armed['transaction']) {
  return { oldRoute: newRoute, newRoute: oldRoute };
}
