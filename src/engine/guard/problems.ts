import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { TransactionStatus } from './status.ts';

/** Thrown where the guard does not let a change begin: nothing was touched. */
export class Refused extends HostwrightError {
  constructor(reason: string, hint: string) {
    super('guard-refused', reason, { hint });
  }
}

export function noAnswer(host: string, seconds: number): HostwrightError {
  return new HostwrightError('unreachable', `${host} gave no answer within ${seconds} seconds.`);
}

export function refusedBecause(reasons: readonly string[]): Refused {
  return new Refused(
    `The guard cannot be set: ${reasons.join('; ')}.`,
    'Mend that, then run the playbook again.',
  );
}

export function windowTooSmall(asked: number, least: number): Refused {
  return new Refused(
    `The guard's timeout of ${asked} seconds is too short: this change needs ${least} at least, to be made, to come up and to be verified.`,
    `Set a timeout of ${least} or more.`,
  );
}

export function held(status: TransactionStatus | undefined): Refused {
  const owner = status
    ? `${status.owner || 'somebody'}, since ${status.since || 'an unknown time'}`
    : 'somebody';
  const left =
    status?.secondsLeft === undefined ? '' : `, for ${Math.max(0, status.secondsLeft)} more seconds at most`;
  return new Refused(
    `Another change of this host's network is under way: ${owner}${left}${status ? ` (${status.transaction})` : ''}.`,
    'Wait until it has ended; hostwright guard status HOST shows it.',
  );
}

export function noWatchdog(said: string): Refused {
  return new Refused(
    `The guard could not be armed: ${said || 'the host gave no reason'}.`,
    'Nothing on the network was touched.',
  );
}

export function noSnapshot(said: string): Refused {
  return new Refused(
    `The host could not keep a copy of its network configuration: ${said || 'it gave no reason'}.`,
    'Nothing was changed. Look at the free space and the file systems of the host.',
  );
}

export function noBootGuard(): Refused {
  return new Refused(
    'The host does not run systemd, so nothing would take the change back if it were restarted in the middle.',
    'Set allow_no_boot_guard: true in the guard to go on without that.',
  );
}

export function otherMachine(address: string): HostwrightError {
  return new HostwrightError('guard-other-machine', `Another machine answers at ${address}.`);
}

type Place = SourcePosition | undefined;

export function notGuardSettings(written: unknown, position: Place): HostwrightError {
  return new HostwrightError(
    'guard-settings',
    `network_guard must be a map or true, but it is ${JSON.stringify(written)}.`,
    { hint: 'For example: network_guard: {timeout: 120}.', position },
  );
}

export function unknownSetting(name: string, known: readonly string[], position: Place): HostwrightError {
  return new HostwrightError('guard-settings', `network_guard knows no "${name}".`, {
    hint: `It takes ${known.join(', ')}.`,
    position,
  });
}

export function badTimeout(written: unknown, longest: number, position: Place): HostwrightError {
  return new HostwrightError(
    'guard-settings',
    `The timeout of network_guard must be a whole number of seconds from 1 to ${longest}, but it is ${JSON.stringify(written)}.`,
    { hint: 'The default is 120.', position },
  );
}

export function badSetting(
  name: string,
  expected: string,
  written: unknown,
  position: Place,
): HostwrightError {
  return new HostwrightError(
    'guard-settings',
    `"${name}" of network_guard must be ${expected}, but it is ${JSON.stringify(written)}.`,
    { position },
  );
}

export function nestedGuard(position: Place): HostwrightError {
  return new HostwrightError(
    'guard-nested',
    'This block asks for a network guard inside another one, but a host can have one at a time.',
    { hint: 'Take network_guard out of one of the two.', position },
  );
}
