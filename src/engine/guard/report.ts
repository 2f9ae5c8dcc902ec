import type { GuardReport } from '../../core/guard.ts';
import type { TaskResult } from '../../core/result.ts';
import type { Transaction } from './ground.ts';
import type { Refused } from './problems.ts';
import type { TransactionStatus } from './status.ts';

/** What the watchdog says where its time was up. */
const NOBODY = 'nobody confirmed it in time';

/** A report, and the sentence that goes with it. */
export interface Outcome {
  readonly report: GuardReport;
  readonly message: string;
}

export function refusal(refused: Refused, timeout: number): Outcome {
  const report: GuardReport = { outcome: 'REFUSED', reason: refused.message, timeout };
  return { report, message: [refused.message, refused.hint].join(' ') };
}

export function confirmation(
  host: string,
  transaction: Transaction,
  outageSeconds: number | undefined,
  warnings: readonly string[],
): Outcome {
  const address = transaction.newRoute.target.host;
  const where = transaction.moves ? ` at ${address}` : '';
  return {
    report: {
      outcome: 'CONFIRMED',
      transaction: transaction.id,
      timeout: transaction.timeout,
      ...(outageSeconds === undefined ? {} : { outage_seconds: outageSeconds }),
      ...(transaction.moves ? { address } : {}),
      ...(warnings.length > 0 ? { warnings } : {}),
    },
    message: `The change holds: ${host} answers on a fresh login${where}, and it was confirmed.`,
  };
}

/** What the host says of a transaction that it took back. */
export function rollback(
  host: string,
  transaction: Transaction,
  status: TransactionStatus,
  why?: string,
  /** What the last login that was tried came to, where it failed. */
  lastFailure?: string,
): Outcome {
  const reason = status.reason || why || 'the host does not say why';
  const log = `${transaction.directory}/log`;
  const old = status.untouched
    ? `Nothing had been changed on ${host}.`
    : status.incomplete
      ? `But ${host} is not quite as it was: compare its addresses and routes with ${transaction.directory}/runtime there, and look at ${log}.`
      : status.degraded
        ? `${host} has its old network again; its own tools did not bring it back, so addresses and routes were put back by hand: look at ${log} there before it is restarted.`
        : `${host} has its old network again; nothing is left to do there.`;
  // Why the host waited in vain is known on this side.
  const missed = status.reason === NOBODY && why === undefined && lastFailure !== undefined;
  const login = missed ? ` No fresh login succeeded before: ${lastFailure}` : '';
  return {
    report: {
      outcome: 'ROLLED_BACK',
      transaction: transaction.id,
      reason,
      timeout: transaction.timeout,
      ...(status.degraded || status.incomplete ? { degraded: true as const } : {}),
      ...(status.warnings.length > 0 ? { warnings: status.warnings } : {}),
    },
    message: `The change was taken back: ${reason.replace(/\.+$/, '')}. ${old}${login}`,
  };
}

/** The host is gone; it decides by itself. */
export function unknown(host: string, transaction: Transaction, lastFailure: string | undefined): Outcome {
  const { id, directory, oldRoute, newRoute, moves, timeout } = transaction;
  const places = moves ? `${newRoute.target.host} and ${oldRoute.target.host}` : oldRoute.target.host;
  const reason = lastFailure ?? `${host} does not answer`;
  return {
    report: { outcome: 'UNKNOWN', transaction: id, reason, timeout },
    message:
      `${host} does not answer at ${places}, so it is not known how the change ended. Unless it has no power it goes back to its old network by itself, at ${oldRoute.target.host}. ` +
      `When it answers again: hostwright guard status ${host}. At its console: sh ${directory}/status.sh shows the transaction ${id}, ` +
      `touch ${directory}/rollback-now takes it back.`,
  };
}

/** What the task registers. */
export function resultOf({ report, message }: Outcome): TaskResult {
  const { outcome } = report;
  return {
    changed: outcome === 'CONFIRMED',
    ...(outcome === 'REFUSED' || outcome === 'ROLLED_BACK' ? { failed: true } : {}),
    ...(outcome === 'UNKNOWN' ? { unreachable: true } : {}),
    msg: message,
    guard: report,
  };
}
