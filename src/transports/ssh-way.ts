import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { ConnectionTarget } from '../core/connection.ts';
import { quote } from '../shell/sh.ts';
import { startProcess } from './local.ts';
import { cannotConnect } from './problems.ts';
import type { JumpHost, SshSettings } from './ssh-options.ts';

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
    const { client, way } = await openClient(jumpTarget(target, last, jumps.slice(0, -1)));
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
    const stream = await startProcess(['sh', '-c', `exec ${replaceTokens(proxyCommand, target)}`]);
    stream.stderr.resume();
    return {
      socket: Duplex.from({ readable: stream.stdout, writable: stream.stdin }),
      close: stream.destroy,
    };
  }
  // Small frames must not wait for the acknowledgement of the ones before them.
  return { socket: connect({ host: target.host, port: target.port, noDelay: true }), close: () => {} };
}

/** A host on the way is reached by the hosts before it. The last host's password and its pinned key are not its own. */
function jumpTarget(target: ConnectionTarget, jump: JumpHost, before: readonly JumpHost[]): ConnectionTarget {
  const options = Object.entries(target.sshOptions).filter(
    ([name]) => !OWN_OPTIONS.includes(name.toLowerCase()),
  );
  const words = before.map(
    ({ user, host, port }) => `${user === undefined ? '' : `${user}@`}[${host}]:${port}`,
  );
  const { password: _, ...rest } = target;
  const { pinned: __, ...hostKeys } = target.hostKeys;
  return {
    ...rest,
    hostKeys,
    name: `the jump host ${jump.host}`,
    host: jump.host,
    port: jump.port,
    user: jump.user ?? target.user,
    sshOptions: {
      ...Object.fromEntries(options),
      ...(words.length > 0 ? { proxyjump: words.join(',') } : {}),
    },
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

/** Tokens of ProxyCommand, as ssh_config(5) has them. */
function replaceTokens(command: string, target: ConnectionTarget): string {
  const values: Readonly<Record<string, string>> = {
    '%%': '%',
    '%h': target.host,
    '%n': target.name,
    '%p': String(target.port),
    '%r': target.user,
  };
  return command.replace(/%[%hnpr]/g, (token) => quote(values[token] as string));
}
