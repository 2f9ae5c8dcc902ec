import { setTimeout as sleep } from 'node:timers/promises';
import { HostwrightError } from '../core/error.ts';
import type { SshSettings } from './ssh-settings.ts';

/** Socket errors after which the host may be there a moment later. */
const ABSENT = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);

/** Seconds between the tries of ConnectionAttempts, as ssh has it. */
const BETWEEN_SECONDS = 1;

/** Seconds before the next try at a host that hung up before the login, each longer than the last. */
const BUSY_SECONDS = [1, 3] as const;

/**
 * Opens a connection, and tries again where that may help: at a host that is not there as often as ConnectionAttempts says, and within the
 * time for the login at one that hangs up at once, since it has too many logins under way (MaxStartups) and turns some away by chance.
 * Whoever is refused is not tried again: failed logins lock accounts, and are punished (PerSourcePenalties).
 */
export async function withRetries<T>(
  { target, connectionAttempts }: Pick<SshSettings, 'target' | 'connectionAttempts'>,
  open: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + target.connectTimeoutSeconds * 1000;
  let busy = 0;
  for (let tried = 1; ; tried += 1) {
    try {
      return await open();
    } catch (thrown) {
      const code = socketCode(thrown);
      const pause = code === 'ECONNRESET' ? BUSY_SECONDS[busy] : BETWEEN_SECONDS;
      if (pause === undefined) throw thrown;
      // A little by chance, so that those who were turned away together do not come back together.
      const wait = pause * 1000 * (1 + Math.random() / 4);
      if (code === 'ECONNRESET' && performance.now() + wait < until) busy += 1;
      else if (code === undefined || !ABSENT.has(code) || tried >= connectionAttempts) throw thrown;
      await sleep(wait);
    }
  }
}

function socketCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof HostwrightError) || thrown.code !== 'unreachable') return undefined;
  return (thrown.cause as NodeJS.ErrnoException | undefined)?.code;
}
