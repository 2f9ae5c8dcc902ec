import type { Client, ClientChannel } from 'ssh2';
import type { Connection, ConnectionTarget, RemoteStream, StreamEnd } from '../core/connection.ts';
import { quoteWords } from '../shell/sh.ts';
import { cannotExecute, channelRefused, connectionLost } from './problems.ts';
import type { ExecuteAhead } from './ssh-shortcuts.ts';

/** Milliseconds that a refused session waits for another one to close; and where none of ours is open, how long it asks again. */
const PATIENCE_MS = 30_000;
const PATIENCE_ALONE_MS = 2_000;

/** What is different for the first program of a connection. */
export interface FirstProgram {
  /** Runs it in a channel that is open already. */
  readonly ahead: ExecuteAhead | undefined;
  /** Ends the haste with which the host was answered until it ran. */
  readonly patient: () => void;
}

/**
 * Starts programs over one connection. A host that refuses a further session (MaxSessions) is asked again whenever one of ours has
 * closed, and every quarter of a second.
 */
export function createExecutor(
  client: Client,
  target: ConnectionTarget,
  closed: Promise<Error | undefined>,
  firstProgram: FirstProgram,
): Connection['start'] {
  let open = 0;
  let { ahead } = firstProgram;
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
      const first = ahead;
      ahead = undefined;
      if (lost) throw (await closed) ?? connectionLost(target);
      try {
        const stream = await execute(first ?? client.exec.bind(client), command, begin);
        firstProgram.patient();
        return stream;
      } catch (thrown) {
        const error = thrown as Error & { reason?: unknown };
        if (error.reason === undefined) throw cannotExecute(target, error);
        // It may have been refused because it came before the login was over.
        if (first) continue;
        if (performance.now() - since > (open > 0 ? PATIENCE_MS : PATIENCE_ALONE_MS)) {
          throw channelRefused(target, error);
        }
        await change();
      }
    }
  };
}

/** `begin` runs inside the answer: a short program's end can come in the same packet, when nobody else listens yet. */
function execute(
  ask: ExecuteAhead,
  command: string,
  begin: (channel: ClientChannel) => RemoteStream,
): Promise<RemoteStream> {
  return new Promise((resolve, reject) => {
    try {
      ask(command, (error, channel) => (error ? reject(error) : resolve(begin(channel))));
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
