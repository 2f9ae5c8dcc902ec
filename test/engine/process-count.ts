import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Transport } from '../../src/core/connection.ts';
import { transports } from '../../src/transports/index.ts';

/** The local transport, of which each session has process numbers of its own. */
export interface Counted {
  readonly transports: typeof transports;
  /** Processes that sessions which are over have started, their shells not counted. */
  readonly count: () => number;
  readonly remove: () => void;
}

/**
 * In a namespace of its own the kernel numbers processes from 1, and tells the last number: what a session started is then known exactly,
 * whatever else the machine does. Where this process is not root, a user namespace is what allows it.
 */
export function countLocal(): Counted {
  const directory = mkdtempSync(path.join(tmpdir(), 'hostwright-count-'));
  const file = path.join(directory, 'count');
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const watch = 'exec 9>>"$1"; shift; "$@"; read -r a b c d last < /proc/loadavg; echo "$last" >&9';
  const load = async (): Promise<Transport> => {
    const local = await (transports.local as () => Promise<Transport>)();
    return {
      ...local,
      open: async (target) => {
        const connection = await local.open(target);
        const words = ['unshare', ...user, '--pid', '--fork', '--mount-proc', 'sh', '-c', watch, 'sh', file];
        return { ...connection, start: async (argv) => connection.start([...words, ...argv]) };
      },
    };
  };
  return {
    transports: { local: load },
    count: () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        // The one that looks, and the session's shell.
        .reduce((sum, line) => sum + Number(line) - 2, 0),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
