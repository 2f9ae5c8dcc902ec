import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionTarget } from '../core/connection.ts';

/** Seconds that a shared login outlives its last program, should we be killed. */
const PERSIST_SECONDS = 60;

/** What the programs of one connection share: a login, and a file with the pinned key. */
export interface Shared {
  /** Options that come before all others, because the first value of an option counts. */
  readonly options: readonly (readonly [name: string, value: string])[];
  /** Where the login is shared, the words that end it. */
  readonly exit: readonly string[] | undefined;
  readonly remove: () => Promise<void>;
}

/** Makes a directory of our own for them. A user who says how logins are shared decides alone. */
export async function shareLogin(target: ConnectionTarget): Promise<Shared> {
  const directory = await mkdtemp(join(tmpdir(), 'hostwright-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const options: (readonly [string, string])[] = [];
  if (target.hostKeys.pinned !== undefined) {
    const file = join(directory, 'known_hosts');
    await writeFile(file, `* ${target.hostKeys.pinned}\n`, { mode: 0o600 });
    options.push(...pinOptions(file));
  }
  const decided = Object.keys(target.sshOptions).some((name) => /^control/i.test(name));
  if (decided) return { options, exit: undefined, remove };
  const control = join(directory, 'login');
  options.push(
    ['ControlMaster', 'auto'],
    ['ControlPath', control],
    ['ControlPersist', String(PERSIST_SECONDS)],
  );
  return {
    options,
    exit: ['ssh', '-F', 'none', '-o', `ControlPath=${control}`, '-O', 'exit', 'shared'],
    remove,
  };
}

/** A revoked key of the user's own files is not seen here. */
function pinOptions(file: string): readonly (readonly [string, string])[] {
  return [
    ['StrictHostKeyChecking', 'yes'],
    ['UserKnownHostsFile', `"${file}"`],
    ['GlobalKnownHostsFile', '/dev/null'],
    // Of ssh 8.5 and later.
    ['IgnoreUnknown', 'KnownHostsCommand'],
    ['KnownHostsCommand', 'none'],
  ];
}
