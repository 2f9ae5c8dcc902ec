import type { Transport } from '../core/connection.ts';
import { keeping } from './keeper/kept.ts';

/** Every way to reach a host, by its name in `ansible_connection`; loaded when the first host needs it. */
export const transports: Readonly<Record<string, () => Promise<Transport>>> = {
  ssh: async () => keeping((await import('./ssh.ts')).ssh),
  openssh: async () => (await import('./openssh.ts')).openssh,
  local: async () => (await import('./local.ts')).local,
  docker: async () => (await import('./docker.ts')).docker,
  podman: async () => (await import('./docker.ts')).podman,
  nspawn: async () => (await import('./namespaces.ts')).nspawn,
  netns: async () => (await import('./namespaces.ts')).netns,
  chroot: async () => (await import('./namespaces.ts')).chroot,
};
