import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import type { Connection, ConnectionTarget, RemoteStream } from '../../core/connection.ts';
import { HostwrightError } from '../../core/error.ts';
import { ssh } from '../ssh.ts';
import { resolveSettings } from '../ssh-resolve.ts';
import { type OpenRequest, readTarget, receive, send } from './messages.ts';

/** Milliseconds that a keeper without any connection waits for its first command. */
const FIRST_COMMAND = 10_000;

/** A connection that is kept, and how many commands use it. */
interface Kept {
  readonly token: string;
  readonly connection: Promise<Connection>;
  readonly knownHosts: string;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Keeps connections of one user between commands: listens at `path`, calls `onReady`, and resolves when it has none left. Nothing of a
 * target, and no secret, is written anywhere.
 */
export async function keepConnections(path: string, onReady: () => void): Promise<void> {
  const all = new Map<string, Kept>();
  const server = createServer({ allowHalfOpen: true });
  let commands = 0;
  let waiting = setTimeout(() => server.close(), FIRST_COMMAND);
  const endWhereIdle = () => {
    if (commands > 0 || all.size > 0) return;
    clearTimeout(waiting);
    // A command that is about to connect finds nobody, and starts another.
    waiting = setTimeout(() => server.close(), 50);
  };
  const forget = (key: string, kept: Kept) => {
    clearTimeout(kept.timer);
    if (all.get(key) === kept) all.delete(key);
    endWhereIdle();
  };
  const drop = async (key: string, kept: Kept) => {
    forget(key, kept);
    await (await kept.connection.catch(() => undefined))?.close();
  };

  const connectionFor = async ({ target: written, fresh }: OpenRequest): Promise<[string, Kept]> => {
    const target = readTarget(written);
    const settings = await resolveSettings(target);
    const key = identityOf(settings, target);
    const knownHosts = () => digestOf(settings.target.hostKeys.files);
    const known = all.get(key);
    // What is trusted may have changed since; then the host must prove itself anew.
    if (
      known &&
      !fresh &&
      (await known.connection.then(
        () => known.knownHosts === knownHosts(),
        () => false,
      ))
    )
      return [key, known];
    if (known) forget(key, known);
    if (known?.users === 0) await drop(key, known);
    const connection = await ssh.open(target);
    const kept: Kept = {
      token: randomBytes(16).toString('hex'),
      connection: Promise.resolve(connection),
      knownHosts: knownHosts(),
      users: 0,
      timer: undefined,
    };
    all.set(key, kept);
    void connection.closed.then(() => forget(key, kept));
    return [key, kept];
  };

  const open = async (socket: Socket, request: OpenRequest) => {
    const [key, kept] = await connectionFor(request);
    clearTimeout(kept.timer);
    kept.users += 1;
    socket.once('close', () => {
      kept.users -= 1;
      if (kept.users > 0) return;
      if (all.get(key) !== kept) return void drop(key, kept);
      kept.timer = setTimeout(() => void drop(key, kept), request.seconds * 1000);
    });
    const connection = await kept.connection;
    void connection.closed.then((error) => {
      send(socket, 'ended', error ? written(error) : {});
      socket.end();
    });
    send(socket, 'opened', { token: kept.token, ...(connection.hostKey && { hostKey: connection.hostKey }) });
  };

  const start = async (socket: Socket, { token, argv }: { token: string; argv: readonly string[] }) => {
    const kept = [...all.values()].find((one) => one.token === token);
    if (!kept) throw new HostwrightError('unreachable', 'The kept connection is gone.');
    const stream = await (await kept.connection).start(argv);
    send(socket, 'started');
    return stream;
  };

  server.on('connection', (socket) => {
    commands += 1;
    clearTimeout(waiting);
    let stream: RemoteStream | undefined;
    socket.on('error', () => {});
    socket.once('close', () => {
      commands -= 1;
      stream?.destroy();
      endWhereIdle();
    });
    const fail = (thrown: unknown) => {
      send(socket, 'failed', written(thrown as Error));
      socket.end();
    };
    receive(socket, (kind, content) => {
      if (kind === 'open') open(socket, JSON.parse(content.toString())).catch(fail);
      else if (kind === 'start') {
        start(socket, JSON.parse(content.toString())).then((started) => {
          if (socket.destroyed) return started.destroy();
          stream = started;
          carry(socket, started);
        }, fail);
      } else if (kind === 'input' && stream && !stream.stdin.write(Buffer.from(content))) {
        socket.pause();
        stream.stdin.once('drain', () => socket.resume());
      } else if (kind === 'inputEnd') stream?.stdin.end();
    });
    // A command that has gone needs nothing any more.
    socket.once('end', () => socket.destroy());
  });

  await listen(server, path);
  onReady();
  await new Promise((resolve) => server.once('close', resolve));
  for (const [key, kept] of all) await drop(key, kept);
}

/** What a program prints goes to the command, as fast as that takes it. */
function carry(socket: Socket, stream: RemoteStream): void {
  stream.stdin.on('error', () => {});
  for (const name of ['stdout', 'stderr'] as const) {
    stream[name].on('data', (chunk: Buffer) => {
      if (send(socket, name, chunk)) return;
      stream[name].pause();
      socket.once('drain', () => stream[name].resume());
    });
  }
  void stream.ended.then(({ code, signal, error }) => {
    send(socket, 'ended', { code, signal, ...(error && written(error)) });
    socket.end();
  });
}

/** Everything that decides how and as whom a host is reached; secrets only as a sum of them. */
function identityOf(settings: object, target: ConnectionTarget): string {
  const { password, privateKeyPassphrase } = target;
  const secrets = [password, privateKeyPassphrase].map((secret) => secret?.reveal() ?? '');
  const sum = createHash('sha256')
    .update(JSON.stringify([settings, secrets]))
    .digest('hex');
  return sum;
}

function digestOf(files: readonly string[]): string {
  const sum = createHash('sha256');
  for (const file of files) {
    try {
      sum.update(readFileSync(file)).update('\0');
    } catch {
      sum.update('none\0');
    }
  }
  return sum.digest('hex');
}

function written(error: Error): object {
  const { code, hint } = error instanceof HostwrightError ? error : { code: undefined, hint: undefined };
  return { message: error.message, errorCode: code ?? 'unreachable', hint };
}

/** Listens where nobody does; a socket whose keeper is gone is removed. Rejects where another keeper is there. */
async function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  if (await answers(path)) throw new HostwrightError('keeper-runs', `There is a keeper at ${path} already.`);
  rmSync(path, { force: true });
  // Closed to others from its first moment on.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
