import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import type {
  Connection,
  ConnectionTarget,
  RemoteStream,
  StreamEnd,
  Transport,
} from '../../core/connection.ts';
import { HostwrightError } from '../../core/error.ts';
import { type Opened, receive, send, writeTarget } from './messages.ts';
import { KEEPER, keeperSocket } from './place.ts';

/** Milliseconds until a keeper that was started must answer. */
const STARTS_WITHIN = 5000;

/** Hosts that this process has connected to: when it comes back to one, it is for a login of its own (a guard, a reboot). */
const reached = new Set<string>();

/** What to do to have a keeper at a path. */
export type StartKeeper = (path: string) => Promise<void>;

/**
 * A transport whose connections outlive the command where the target says so (`keepSeconds`). What cannot be kept, because nobody but
 * this command could answer a question or because there is no place for a keeper, is opened as ever.
 */
export function keeping(transport: Transport, startKeeper: StartKeeper = startProgram): Transport {
  return {
    ...transport,
    open: async (target) => {
      const seconds = target.keepSeconds ?? 0;
      const path = seconds > 0 ? keeperSocket(process.argv[1] ?? '') : undefined;
      if (path === undefined) return transport.open(target);
      const fresh = reached.has(target.name);
      reached.add(target.name);
      const socket = await socketOf(path, startKeeper).catch(() => undefined);
      if (!socket) return transport.open(target);
      try {
        return await openKept(socket, path, target, seconds, fresh);
      } catch (thrown) {
        // A person can be asked here, and only here.
        if (target.ask && thrown instanceof HostwrightError && thrown.code !== 'unreachable') {
          return transport.open(target);
        }
        throw thrown;
      }
    },
  };
}

async function socketOf(path: string, startKeeper: StartKeeper): Promise<Socket> {
  try {
    return await connected(path);
  } catch {
    await startKeeper(path);
    return connected(path);
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: false });
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

let starting: Promise<void> | undefined;

/** Starts this program again, away from the terminal and with nothing of our environment that is no business of a login. */
function startProgram(path: string): Promise<void> {
  starting ??= new Promise<void>((resolve, reject) => {
    const names = [
      'PATH',
      'HOME',
      'USER',
      'LOGNAME',
      'LANG',
      'SSH_AUTH_SOCK',
      'XDG_CACHE_HOME',
      'XDG_CONFIG_HOME',
    ];
    const environment = names.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    const child = spawn(process.execPath, [process.argv[1] ?? '', KEEPER, path], {
      cwd: '/',
      detached: true,
      env: Object.fromEntries(environment),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const timer = setTimeout(() => reject(new Error('the keeper does not start')), STARTS_WITHIN);
    const settle = (settled: () => void) => () => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.unref();
      settled();
    };
    child.stdout.once('data', settle(resolve));
    child.once(
      'error',
      settle(() => reject(new Error('the keeper cannot be started'))),
    );
    // Another command may have started one at the same time.
    child.once('exit', settle(resolve));
  }).finally(() => {
    starting = undefined;
  });
  return starting;
}

function openKept(
  socket: Socket,
  path: string,
  target: ConnectionTarget,
  seconds: number,
  fresh: boolean,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let over: (error: Error | undefined) => void = () => {};
    const closed = new Promise<Error | undefined>((done) => {
      over = done;
    });
    socket.once('close', () => {
      const lost = new HostwrightError('unreachable', `The kept connection to ${target.name} is gone.`);
      reject(lost);
      over(lost);
    });
    receive(socket, (kind, content) => {
      const said = JSON.parse(content.toString());
      if (kind === 'failed') reject(errorOf(said));
      if (kind === 'ended') over(said.message === undefined ? undefined : errorOf(said));
      if (kind !== 'opened') return;
      const { token, hostKey } = said as Opened;
      resolve({
        start: (argv) => startKept(path, token, argv),
        closed,
        ...(hostKey !== undefined && { hostKey }),
        close: async () => {
          over(undefined);
          socket.destroy();
        },
      });
    });
    send(socket, 'open', { target: writeTarget(target), seconds, fresh });
  });
}

async function startKept(path: string, token: string, argv: readonly string[]): Promise<RemoteStream> {
  const socket = await connected(path);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const streams = { stdout, stderr };
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (send(socket, 'input', chunk)) done();
      else socket.once('drain', done);
    },
    final: (done) => {
      send(socket, 'inputEnd');
      done();
    },
  });
  let end: StreamEnd = { error: new Error('the keeper of connections is gone') };
  const ended = new Promise<StreamEnd>((resolve) => {
    socket.once('close', () => {
      stdin.destroy();
      for (const stream of [stdout, stderr]) stream.end();
      resolve(end);
    });
  });
  const destroy = () => socket.destroy();
  return new Promise((resolve, reject) => {
    socket.once('close', () =>
      reject(new HostwrightError('unreachable', 'The keeper of connections is gone.')),
    );
    receive(socket, (kind, content) => {
      if (kind === 'started') resolve({ stdin, stdout, stderr, ended, destroy });
      else if (kind === 'failed') reject(errorOf(JSON.parse(content.toString())));
      else if (kind === 'ended') end = endOf(JSON.parse(content.toString()));
      else if ((kind === 'stdout' || kind === 'stderr') && !streams[kind].write(Buffer.from(content))) {
        socket.pause();
        streams[kind].once('drain', () => socket.resume());
      }
    });
    send(socket, 'start', { token, argv });
  });
}

interface Written {
  readonly message?: string;
  readonly errorCode?: string;
  readonly hint?: string;
}

function errorOf({ message = '', errorCode = 'unreachable', hint }: Written): HostwrightError {
  return new HostwrightError(errorCode, message, { hint });
}

function endOf({ code, signal, ...error }: Written & { code?: number; signal?: string }): StreamEnd {
  return {
    ...(code === undefined ? {} : { code }),
    ...(signal === undefined ? {} : { signal }),
    ...(error.message === undefined ? {} : { error: errorOf(error) }),
  };
}
