import type { Client, ClientChannel } from 'ssh2';
import type { Connection, ConnectionTarget, RemoteStream, StreamEnd } from '../core/connection.ts';
import { quoteWords } from '../shell/sh.ts';
import { cannotExecute, channelRefused, connectionLost } from './problems.ts';
import type { SocketLike } from './ssh-way.ts';

/** Milliseconds that a refused session waits for another one to close; and where none of ours is open, how long it asks again. */
const PATIENCE_MS = 30_000;
const PATIENCE_ALONE_MS = 2_000;

/** Packets of the host that are answered while the first program starts. */
const MOST_ACKNOWLEDGEMENTS = 4;

/**
 * Starts programs over one connection. A host that refuses a further session (MaxSessions) is asked again whenever one of ours has
 * closed, and every quarter of a second.
 */
export function createExecutor(
  client: Client,
  target: ConnectionTarget,
  closed: Promise<Error | undefined>,
  socket: SocketLike,
): Connection['start'] {
  let open = 0;
  let started = false;
  let lost = false;
  const waiting = new Set<() => void>();
  void closed.then(() => {
    lost = true;
  });
  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const change = () =>
    new Promise<void>((resolve) => {
      waiting.add(resolve);
      setTimeout(resolve, 250);
    });

  const begin = (channel: ClientChannel): RemoteStream => {
    open += 1;
    channel.once('close', () => {
      open -= 1;
      wake();
    });
    return streamOf(channel, closed);
  };

  return async (argv) => {
    const command = quoteWords(argv);
    const since = performance.now();
    for (;;) {
      if (lost) throw (await closed) ?? connectionLost(target);
      try {
        const execution = () => execute(client, command, begin);
        const stream = await (started ? execution() : withAcknowledgements(client, socket, execution));
        started = true;
        return stream;
      } catch (thrown) {
        const error = thrown as Error & { reason?: unknown };
        if (error.reason === undefined) throw cannotExecute(target, error);
        if (performance.now() - since > (open > 0 ? PATIENCE_MS : PATIENCE_ALONE_MS)) {
          throw channelRefused(target, error);
        }
        await change();
      }
    }
  };
}

/**
 * Until the first program runs, sshd sends with Nagle's algorithm: its second small packet waits for our acknowledgement of the first,
 * which our kernel delays by 40 ms unless we have something to send. So we answer what comes with a request that changes nothing.
 */
async function withAcknowledgements<T>(
  client: Client,
  socket: SocketLike,
  action: () => Promise<T>,
): Promise<T> {
  let left = MOST_ACKNOWLEDGEMENTS;
  const acknowledge = () => {
    left -= 1;
    if (left >= 0) setImmediate(() => socket.writable && client.unforwardIn('127.0.0.1', 1, () => {}));
  };
  socket.on('data', acknowledge);
  try {
    return await action();
  } finally {
    socket.off('data', acknowledge);
  }
}

/** `begin` runs inside the answer: a short program's end can come in the same packet, when nobody else listens yet. */
function execute(
  client: Client,
  command: string,
  begin: (channel: ClientChannel) => RemoteStream,
): Promise<RemoteStream> {
  return new Promise((resolve, reject) => {
    try {
      client.exec(command, (error, channel) => (error ? reject(error) : resolve(begin(channel))));
    } catch (thrown) {
      reject(thrown);
    }
  });
}

function streamOf(channel: ClientChannel, closed: Promise<Error | undefined>): RemoteStream {
  let end: StreamEnd = {};
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  let leave: () => void = () => {};
  const ended = new Promise<StreamEnd>((resolve) => {
    leave = () => resolve(end);
    channel.on('exit', (code: number | null, signal?: string) => {
      end = code === null ? { signal: (signal ?? 'UNKNOWN').replace(/^SIG/, '') } : { code };
      // A process left behind may keep the channel open; the program itself is over.
      setTimeout(() => resolve(end), 200).unref();
    });
    channel.on('close', () => resolve(end));
    void closed.then((error) => resolve(error ? { ...end, error } : end));
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    ended,
    destroy: () => {
      channel.destroy();
      leave();
    },
  };
}
