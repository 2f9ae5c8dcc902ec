import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { ConnectionTarget, SshConfigValue } from '../core/connection.ts';
import { cannotConnect } from './problems.ts';
import { startProcess } from './process.ts';
import { expandCommand } from './ssh-config/tokens.ts';
import { type JumpHost, namesOf, type SshSettings } from './ssh-settings.ts';

/** Bytes to and from the host's SSH server; `connecting` where it is a TCP connection that may not be there yet. */
export type SocketLike = Duplex & { readonly connecting?: boolean };

/** How the bytes get there. */
export interface Way {
  readonly socket: SocketLike;
  /** Ends what is between. */
  readonly close: () => void;
}

/** Options that are the last host's own, not those of the hosts on the way. */
const OWN_OPTIONS = ['hostname', 'user', 'port', 'hostkeyalias', 'proxyjump', 'proxycommand'];

/**
 * The way to a host: straight, through other hosts (each logged in to and its host key checked), or through a program.
 * Rejects with a HostwrightError; a straight connection reports its errors on the socket.
 */
export async function openWay(
  settings: SshSettings,
  openClient: (target: ConnectionTarget) => Promise<{ readonly client: Client; readonly way: Way }>,
): Promise<Way> {
  const { target, jumps, proxyCommand } = settings;
  const last = jumps.at(-1);
  if (last) {
    const { client, way } = await openClient(jumpTarget(settings, last, jumps.slice(0, -1)));
    const close = () => {
      client.end();
      way.close();
    };
    try {
      return { socket: await forward(client, target), close };
    } catch (thrown) {
      close();
      throw thrown;
    }
  }
  if (proxyCommand !== undefined) {
    const stream = await startProcess(['sh', '-c', `exec ${expandCommand(proxyCommand, namesOf(settings))}`]);
    stream.stderr.resume();
    return {
      socket: Duplex.from({ readable: stream.stdout, writable: stream.stdin }),
      close: stream.destroy,
    };
  }
  // Small frames must not wait for the acknowledgement of the ones before them.
  const { addressFamily: family, bindAddress } = settings;
  const from = bindAddress === undefined ? {} : { localAddress: bindAddress };
  const to = { host: target.host, port: target.port, family, ...from, noDelay: true };
  return { socket: connect(to), close: () => {} };
}

/**
 * A host on the way is reached by the hosts before it, and by what ssh_config(5) says of it. The last host's password, its pinned key and
 * its own options are not for it.
 */
function jumpTarget({ wanted }: SshSettings, jump: JumpHost, before: readonly JumpHost[]): ConnectionTarget {
  const options = Object.entries(wanted.sshOptions).filter(
    ([name]) => !OWN_OPTIONS.includes(name.toLowerCase()),
  );
  const words = before.map(
    ({ user, host, port }) =>
      `${user === undefined ? '' : `${user}@`}[${host}]${port === undefined ? '' : `:${port}`}`,
  );
  const { password: _, ...rest } = wanted;
  const { pinned: __, ...hostKeys } = wanted.hostKeys;
  const left = new Set<SshConfigValue>(wanted.sshConfig?.defaulted)
    .add('privateKeyFile')
    .add('port')
    .add('user');
  if (jump.port !== undefined) left.delete('port');
  if (jump.user !== undefined) left.delete('user');
  return {
    ...rest,
    hostKeys,
    name: `the jump host ${jump.host}`,
    host: jump.host,
    port: jump.port ?? 22,
    user: jump.user ?? userInfo().username,
    sshOptions: {
      ...Object.fromEntries(options),
      ...(words.length > 0 ? { proxyjump: words.join(',') } : {}),
    },
    ...(wanted.sshConfig && { sshConfig: { ...wanted.sshConfig, defaulted: [...left] } }),
  };
}

function forward(client: Client, target: ConnectionTarget): Promise<SocketLike> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
      if (error) reject(cannotConnect(target, error));
      else resolve(channel);
    });
  });
}
