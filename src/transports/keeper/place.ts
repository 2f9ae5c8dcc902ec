import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The word after which the program is the keeper of connections instead of a command. */
export const KEEPER = 'keep-connections';

/**
 * Where the keeper of this user listens: in a directory that nobody else can look into. Another version of the program, or another agent,
 * has another keeper. Undefined where there is no such directory.
 */
export function keeperSocket(version: string): string | undefined {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  const { XDG_RUNTIME_DIR: runtime, SSH_AUTH_SOCK: agent = '' } = process.env;
  const name = createHash('sha256').update(`${version}\0${process.version}\0${agent}`).digest('hex');
  const places = [...(runtime ? [join(runtime, 'hostwright')] : []), join(tmpdir(), `hostwright-${uid}`)];
  const directory = places.find((place) => isOurs(place, uid));
  const path = directory === undefined ? undefined : join(directory, `keeper-${name.slice(0, 16)}`);
  // sockaddr_un(7): 108 bytes with the NUL at their end.
  return path !== undefined && Buffer.byteLength(path) < 108 ? path : undefined;
}

function isOurs(directory: string, uid: number): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch {
    // It is there already, or cannot be made, which the next look shows.
  }
  try {
    const found = lstatSync(directory);
    return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
