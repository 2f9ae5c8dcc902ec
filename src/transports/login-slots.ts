/**
 * Logins at the same time. A login costs both sides some milliseconds of computing: of hundreds that begin at once, each would take as long
 * as all of them, and those on a busy machine would run out of time. Connections that are not there yet take no slot.
 */
const MOST = 24;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs a login when its turn comes. */
export async function inLoginSlot<T>(login: () => Promise<T>): Promise<T> {
  if (running >= MOST) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await login();
  } finally {
    // The slot goes on to the next, so that nobody comes in between.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
