import { spawn } from 'node:child_process';
import type { Connection, RemoteStream, StreamEnd } from '../core/connection.ts';
import { cannotStart } from './problems.ts';

/** A connection that is no more than a way to start programs of this machine. `onClose` ends what they have in common. */
export function processConnection(
  start: (argv: readonly string[]) => Promise<RemoteStream>,
  onClose: () => Promise<void> = async () => {},
): Connection {
  let report: (reason: undefined) => void = () => {};
  const closed = new Promise<undefined>((resolve) => {
    report = resolve;
  });
  const running = new Set<RemoteStream>();
  return {
    start: async (argv) => {
      const stream = await start(argv);
      running.add(stream);
      void stream.ended.then(() => running.delete(stream));
      return stream;
    },
    closed,
    close: async () => {
      for (const stream of running) stream.destroy();
      await onClose();
      report(undefined);
    },
  };
}

/** What a program said on standard error, at most 4 kB of it, and how it ended. Its input is empty. */
export async function outcomeOf(
  stream: RemoteStream,
): Promise<{ readonly end: StreamEnd; readonly said: string }> {
  let said = '';
  stream.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4096);
  });
  stream.stdout.resume();
  stream.stdin.end();
  return { end: await stream.ended, said };
}

/**
 * Starts a program of the controller as a stream, in a session of its own: a Ctrl-C at the terminal is for us to handle, not for it.
 * Rejects with a HostwrightError when there is no such program.
 */
export function startProcess(argv: readonly string[]): Promise<RemoteStream> {
  const [program = '', ...words] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    let leave: () => void = () => {};
    const ended = new Promise<StreamEnd>((resolveEnd) => {
      leave = () => resolveEnd({});
      child.once('exit', (code, signal) => {
        const end = signal === null ? { code: code ?? 0 } : { signal };
        child.once('close', () => resolveEnd(end));
        // A process left behind may keep the output open; the program itself is over.
        setTimeout(() => resolveEnd(end), 200).unref();
      });
    });
    child.once('error', (cause) => reject(cannotStart(program, cause)));
    child.once('spawn', () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
      resolve({
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        ended,
        destroy: () => {
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
          leave();
        },
      });
    });
  });
}
