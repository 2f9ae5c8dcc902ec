import type { ConnectionTarget, Transport } from '../core/connection.ts';
import { containerOf, insideTransport, userGiven } from './inside.ts';

/** A running container of Docker (`docker exec`). */
export const docker: Transport = insideTransport({
  name: 'docker',
  enter: async (target) => execCommand('docker', target),
  hint: 'Is it running (docker ps), and may you use the daemon of Docker?',
});

/** A running container of Podman (`podman exec`). */
export const podman: Transport = insideTransport({
  name: 'podman',
  enter: async (target) => execCommand('podman', target),
  hint: 'Is it running (podman ps), for this user?',
});

/** `-i` without `-t`: bytes as they are. */
export function execCommand(program: string, target: ConnectionTarget): readonly string[] {
  const user = userGiven(target);
  return [program, 'exec', '-i', ...(user === undefined ? [] : ['-u', user]), containerOf(target)];
}
