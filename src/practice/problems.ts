import { HostwrightError } from '../core/error.ts';

/** A namespace was asked for by name and the system does not give one. */
export function namespaceUnavailable(reason: string): HostwrightError {
  return new HostwrightError(
    'practice-namespace-unavailable',
    `This system gives the practice host no private namespace: ${reason}.`,
    { hint: "Leave the mode at 'auto' to practise in a scratch directory instead." },
  );
}

/** The directory for keys and scratch files cannot be made. */
export function scratchUnavailable(parent: string, cause: unknown): HostwrightError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HostwrightError(
    'practice-scratch-unavailable',
    `The practice host cannot make a directory below ${parent}: ${reason}.`,
    { hint: 'Set TMPDIR to a directory that you may write.', cause },
  );
}

/** The loopback address cannot be listened on. */
export function cannotListen(address: string, cause: Error): HostwrightError {
  return new HostwrightError(
    'practice-cannot-listen',
    `The practice host cannot listen on ${address}: ${cause.message}.`,
    { hint: 'Check that the loopback interface is up and that this user may open sockets.', cause },
  );
}

/** A number of hosts that makes no sense. */
export function badHostCount(given: unknown, most: number): HostwrightError {
  return new HostwrightError(
    'practice-bad-host-count',
    `${JSON.stringify(given)} is not a number of practice hosts.`,
    { hint: `Give a whole number from 1 to ${most}, for example --hosts 3.` },
  );
}
