import { closeSync, fstatSync, fsync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { HostwrightError } from '../core/error.ts';
import { problems } from './problems.ts';

/** A file that only grows, line by line. */
export interface LogFile {
  /** Puts a line at the end; it is written with those that come in the same turn. */
  readonly append: (line: string) => void;
  /** Resolves when every line so far is on the disk. Lines of many who wait at the same time cost one fsync. */
  readonly commit: () => Promise<void>;
  /** Why nothing can be written any more; undefined as long as nothing is known against it. */
  readonly broken: () => HostwrightError | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens (0600) or continues a file; a line that was torn when its writer died is ended first. Throws HostwrightError.
 * `dieAfter`, for tests: the process kills itself when so many lines are written.
 */
export function openLogFile(path: string, dieAfter?: number): LogFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'a+', 0o600);
    endTornLine(descriptor);
  } catch (cause) {
    throw problems.cannotRecord(path, cause);
  }
  let waiting: string[] = [];
  let failure: unknown;
  let closed = false;
  let syncing: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const flush = () => {
    if (waiting.length === 0 || failure !== undefined) return;
    const bytes = Buffer.from(waiting.join(''));
    waiting = [];
    try {
      for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
    } catch (cause) {
      failure = cause;
    }
  };
  // Whoever removes a file does not keep others from writing to what nobody will find.
  const isThere = () => {
    try {
      const { dev, ino } = fstatSync(descriptor);
      const found = statSync(path);
      return found.ino === ino && found.dev === dev;
    } catch {
      return false;
    }
  };
  const sync = () =>
    new Promise<void>((resolve, reject) => {
      flush();
      if (!isThere()) failure ??= Object.assign(new Error('it was removed'), { code: 'ENOENT' });
      if (failure !== undefined) return reject(problems.cannotRecord(path, failure));
      fsync(descriptor, (cause) => {
        if (!cause) return resolve();
        failure = cause;
        reject(problems.cannotRecord(path, cause));
      });
    });
  const commit = (): Promise<void> => {
    if (!syncing) {
      syncing = sync().finally(() => {
        syncing = undefined;
      });
      return syncing;
    }
    // One fsync is under way and may have missed the last lines: all who come now share the next.
    next ??= syncing
      .catch(() => {})
      .then(() => {
        next = undefined;
        return commit();
      });
    return next;
  };
  return {
    append: (line) => {
      if (closed) return;
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(`${line}\n`);
      if (dieAfter !== undefined && --dieAfter <= 0) {
        flush();
        process.kill(process.pid, 'SIGKILL');
      }
    },
    commit,
    broken: () => (failure === undefined ? undefined : problems.cannotRecord(path, failure)),
    close: async () => {
      if (closed) return;
      await commit().catch(() => {});
      closed = true;
      closeSync(descriptor);
    },
  };
}

function endTornLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  if (size === 0) return;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  if (last[0] !== 10) writeSync(descriptor, '\n');
}
