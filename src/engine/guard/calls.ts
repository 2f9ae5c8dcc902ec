import { setTimeout as sleep } from 'node:timers/promises';
import { HostwrightError } from '../../core/error.ts';
import type { JobOutput, Script } from '../../core/script.ts';
import type { Intent } from '../../journal/journal.ts';
import type { HostAccess, Route } from '../host-access.ts';
import * as problems from './problems.ts';

/** What a script printed and how it ended. */
export interface Answer {
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of the guard on a host, within so many seconds on both sides. Rejects with a HostwrightError where the host is lost. */
export async function call(
  access: HostAccess,
  route: Route,
  script: Script,
  seconds: number,
  /** Written down before it goes out. */
  intent?: (() => Intent) | undefined,
): Promise<Answer> {
  const { output } = await within(
    seconds + 5,
    access.runThenRead(route, { script, timeoutSeconds: seconds, ...(intent ? { intent } : {}) }, []),
    route,
  );
  return {
    rc: output.timedOut ? 124 : output.rc,
    stdout: textOf(output, 'stdout'),
    stderr: textOf(output, 'stderr'),
  };
}

/** Gives up on what a host that went away never answers. */
export async function within<T>(seconds: number, answer: Promise<T>, route: Route): Promise<T> {
  const timer = new AbortController();
  const expired = sleep(seconds * 1000, undefined, { signal: timer.signal }).then(() => {
    throw problems.noAnswer(route.target.name, seconds);
  });
  expired.catch(() => {});
  answer.catch(() => {});
  try {
    return await Promise.race([answer, expired]);
  } finally {
    timer.abort();
  }
}

/** Whether what was thrown means that the host could not be talked to; anything else of ours is thrown on. */
export function isLost(thrown: unknown): thrown is HostwrightError {
  return thrown instanceof HostwrightError;
}

function textOf(output: JobOutput, stream: 'stdout' | 'stderr'): string {
  // Remote output is hostile: bounded, and without what a terminal would obey.
  return new TextDecoder()
    .decode(output[stream].bytes.subarray(0, 64 * 1024))
    .replaceAll(/[^\P{Cc}\n]/gu, '')
    .trim();
}
