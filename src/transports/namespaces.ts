import type { ConnectionTarget, Transport } from '../core/connection.ts';
import { CLEAN_ENVIRONMENT, containerOf, insideTransport } from './inside.ts';
import { containerUnreachable } from './problems.ts';
import { startProcess } from './process.ts';

const AS_ROOT = 'It takes root on this machine.';

/** A network namespace of this machine (`ip netns`): its files and users, another network. */
export const netns: Transport = insideTransport({
  name: 'netns',
  enter: async (target) => ['ip', 'netns', 'exec', containerOf(target)],
  hint: `ip netns list shows what there is. ${AS_ROOT}`,
});

/** A directory that holds a system, with the processes and the network of this machine. */
export const chroot: Transport = insideTransport({
  name: 'chroot',
  enter: async (target) => ['chroot', containerOf(target), ...CLEAN_ENVIRONMENT],
  hint: `The container (connection.container, or the host's name) must be a directory that holds a system with /bin/sh. ${AS_ROOT}`,
});

/** A container that systemd runs (systemd-nspawn, machinectl): entered beside its first process. */
export const nspawn: Transport = insideTransport({
  name: 'nspawn',
  enter: async (target) => {
    const leader = await leaderOf(target);
    // Mounts, names, System V IPC, network and processes; and its root directory.
    const namespaces = ['-m', '-u', '-i', '-n', '-p', '-r', '-w'];
    return ['nsenter', '-t', leader, ...namespaces, '--', ...CLEAN_ENVIRONMENT];
  },
  hint: `machinectl list shows what runs. ${AS_ROOT}`,
});

async function leaderOf(target: ConnectionTarget): Promise<string> {
  const command = ['machinectl', 'show', '--property=Leader', '--value', '--', containerOf(target)];
  const stream = await startProcess(command);
  let answer = '';
  let said = '';
  stream.stdout.on('data', (chunk: Buffer) => {
    answer = (answer + chunk.toString('latin1')).slice(0, 100);
  });
  stream.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4096);
  });
  stream.stdin.end();
  await stream.ended;
  const leader = answer.trim();
  if (/^[1-9]\d*$/.test(leader)) return leader;
  throw containerUnreachable(target, command.join(' '), said, `machinectl list shows what runs. ${AS_ROOT}`);
}
