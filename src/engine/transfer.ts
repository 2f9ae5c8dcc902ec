import { setTimeout as sleep } from 'node:timers/promises';
import { HostwrightError } from '../core/error.ts';
import { type Script, sizeOfInput } from '../core/script.ts';
import type { HostAccess, Route } from './host-access.ts';

/** How long to wait for a host to answer again. */
export interface Patience {
  readonly timeoutSeconds: number;
  /** Between two tries. */
  readonly sleepSeconds: number;
  readonly connectTimeoutSeconds: number;
}

/** A host that can be logged in to anew. */
export interface Reached {
  readonly access: HostAccess & { readonly close: () => Promise<void> };
  readonly route: Route;
}

/** What a task sends that may take longer than a link lasts. */
export interface Transfer {
  /** It goes out now. */
  readonly begins: (to: Reached) => void;
  /** Bytes that the host has of it. */
  readonly held: (bytes: number) => void;
  /** The change itself is on its way. */
  readonly applies: () => void;
  /** The change was on its way when the link broke: it may have been made. */
  readonly mayBeMade: () => boolean;
  /**
   * True where the host answers again after the link broke under it, so that the task can look at the host anew and send the rest; an error
   * where there is a better reason not to than what was thrown.
   */
  readonly goesOn: (thrown: unknown) => Promise<boolean | HostwrightError>;
}

/** Bytes from which on an input is large: for less, a host that is lost is lost. */
const LARGE = 1024 * 1024;

/** How often in a row a link may break without anything more having arrived. */
const MOST_BREAKS = 5;

/** How long a host may stay away. */
const PATIENCE_SECONDS = 120;

/** Between two logins at least: sshd's own protection counts quicker ones as an attack. */
const PAUSE_SECONDS = 3;

export function isLarge({ input, staged }: Script): boolean {
  return staged !== undefined || sizeOfInput(input) >= LARGE;
}

/** `tell` hears of each break. */
export function createTransfer(tell: (host: string) => void): Transfer {
  let to: Reached | undefined;
  let most = 0;
  let breaks = 0;
  let applying = false;
  let made = false;
  return {
    begins: (reached) => {
      to = reached;
      applying = false;
    },
    held: (bytes) => {
      if (bytes <= most) return;
      most = bytes;
      breaks = 0;
    },
    applies: () => {
      applying = true;
    },
    mayBeMade: () => made,
    goesOn: async (thrown) => {
      if (!to || !isLost(thrown) || breaks >= MOST_BREAKS) return false;
      const { access, route } = to;
      to = undefined;
      breaks += 1;
      made ||= applying;
      tell(route.target.name);
      return comesBack(access, route);
    },
  };
}

/**
 * True where a host that was lost under a large transfer answers again; false where it stays away, and an error where somebody else answers
 * in its place, or it lets nobody in any more: that is not tried again.
 */
async function comesBack(access: Reached['access'], route: Route): Promise<boolean | HostwrightError> {
  const deadline = performance.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    try {
      await access.read(route, []);
      return true;
    } catch (thrown) {
      if (!isLost(thrown)) return thrown instanceof HostwrightError ? thrown : false;
      // Why the link broke is the better message.
      if (performance.now() >= deadline) return false;
      await access.close();
      await sleep(PAUSE_SECONDS * 1000);
    }
  }
}

function isLost(thrown: unknown): boolean {
  return thrown instanceof HostwrightError && thrown.code === 'unreachable';
}

/** Tries to log in anew until the host answers or the patience ends. */
export async function reconnect(access: Reached['access'], route: Route, patience: Patience): Promise<void> {
  const deadline = performance.now() + patience.timeoutSeconds * 1000;
  const target = { ...route.target, connectTimeoutSeconds: patience.connectTimeoutSeconds };
  for (;;) {
    try {
      await access.close();
      await access.read({ ...route, target }, []);
      return;
    } catch (thrown) {
      if (performance.now() >= deadline) throw thrown;
      await sleep(Math.max(PAUSE_SECONDS, patience.sleepSeconds) * 1000);
    }
  }
}
