import type { TransactionStatus } from './status.ts';

/** What a transaction is doing or how it ended, in sentences for whoever comes later. */
export function describeStatus(host: string, status: TransactionStatus | null): readonly string[] {
  if (!status) return [`${host}: no change of the network was ever made under the guard.`];
  const { transaction, owner, since, reason } = status;
  return [
    `${host}: ${headline(status)}`,
    `${transaction}, ${owner || 'by somebody'}, begun ${since}`,
    ...more(),
  ];

  function more(): readonly string[] {
    const lines: string[] = [];
    if (reason) lines.push(`reason: ${reason}`);
    if (status?.late !== undefined && status.state !== 'confirmed' && status.late >= 0)
      lines.push(`began ${status.late} s after the deadline, took ${status.rollbackSeconds ?? '?'} s`);
    if (status?.degraded)
      lines.push("the host's own tools did not bring the old network back: addresses were put back by hand");
    if (status?.state === 'armed')
      lines.push(
        `keep it: hostwright guard confirm ${host}`,
        `take it back now: hostwright guard rollback ${host}`,
      );
    return [...lines, ...(status?.warnings ?? []).map((warning) => `${warning}`)];
  }
}

function headline({ state, secondsLeft, untouched, applying }: TransactionStatus): string {
  switch (state) {
    case 'preparing':
      return 'PREPARING. A change of the network is being prepared; nothing was changed yet.';
    case 'armed':
      return `ARMED. ${applying ? 'A change of the network waits to be confirmed' : 'Nothing was changed yet'}; the host takes it back in ${secondsLeft ?? '?'} s.`;
    case 'rolling':
      return 'ROLLING BACK. The host is taking the change of its network back.';
    case 'confirmed':
      return 'CONFIRMED. The last change of the network holds.';
    case 'rolled-back':
      return untouched
        ? 'ROLLED_BACK. The last change of the network was called off before anything was changed.'
        : 'ROLLED_BACK. The last change of the network was taken back.';
    case 'failed':
      return 'ROLLED_BACK, but not whole. The last change was taken back as far as possible; look at its log.';
  }
}
