import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  hostKeyChanged,
  knownHostsOpen,
  knownHostsUnreadable,
  knownHostsUnwritable,
} from './host-key-problems.ts';
import {
  hashedName,
  judgeHostKey,
  type KnownHost,
  knownHostName,
  parseKnownHosts,
  publicKeyLine,
} from './known-hosts.ts';

/** Milliseconds after which another's lock on known_hosts counts as forgotten: writing one line takes no time. */
const LOCK_STALE_MS = 10_000;

/** All that is known; a file that is not there knows nothing, one that cannot be read is an error: it could hold a warning. */
export async function loadKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const entries: KnownHost[] = [];
  for (const file of files) {
    try {
      entries.push(...parseKnownHosts(await readSafely(file), file));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw knownHostsUnreadable(file, thrown as Error);
    }
  }
  return entries;
}

/** Whoever can write the file decides whom we trust. */
async function readSafely(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const status = await handle.stat();
    if (status.isFile() && (status.mode & 0o002) !== 0) throw knownHostsOpen(file);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * Stores the key of a host seen for the first time, unless another run did so meanwhile; hashed where nobody is to read the host's name
 * from it. Rejects with a HostwrightError.
 */
export async function storeHostKey(
  file: string,
  host: string,
  port: number,
  key: Buffer,
  hashed = false,
): Promise<void> {
  // Who names this file wants nothing to be remembered.
  if (file === '/dev/null') return;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await withLock(`${file}.lock`, async () => {
      const verdict = judgeHostKey(await loadKnownHosts([file]), host, port, key);
      if (verdict.is === 'known') return;
      if (verdict.is === 'changed') throw hostKeyChanged(host, port, key, verdict.known);
      const name = knownHostName(host, port);
      await appendLine(file, `${hashed ? hashedName(name) : name} ${publicKeyLine(key)}`);
    });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).syscall !== undefined)
      throw knownHostsUnwritable(file, thrown as Error);
    throw thrown;
  }
}

async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    // Somebody's last line may lack its newline; ours must not grow onto it.
    await handle.appendFile(`${size > 0 && last[0] !== 10 ? '\n' : ''}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function withLock(lock: string, action: () => Promise<void>): Promise<void> {
  const mine = randomBytes(8).toString('hex');
  for (;;) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.writeFile(mine);
      await handle.close();
      break;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
      const age = await stat(lock).then(
        (found) => Date.now() - found.mtimeMs,
        () => 0,
      );
      if (age > LOCK_STALE_MS) await rm(lock, { force: true });
      else await sleep(10 + Math.random() * 20);
    }
  }
  try {
    await action();
  } finally {
    await rm(lock, { force: true });
  }
}
