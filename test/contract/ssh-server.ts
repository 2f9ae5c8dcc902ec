import { spawn } from 'node:child_process';
import { type AddressInfo, connect } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type ServerChannel } from 'ssh2';

/** What a practice SSH server does differently from a plain one. */
export interface ServerOptions {
  /** Key types of the server, in its order of preference. */
  readonly hostKeys?: readonly string[];
  readonly password?: string;
  /** Methods by which the password is taken. */
  readonly passwordMethods?: readonly ('password' | 'keyboard-interactive')[];
  /** More sessions than this at a time are refused. */
  readonly maxSessions?: number;
  readonly banner?: string;
  /** Answers a program instead of a shell. */
  readonly onExec?: (command: string, channel: ServerChannel) => void;
  readonly port?: number;
}

export interface PracticeServer {
  readonly port: number;
  readonly hostKeys: readonly { readonly type: string; readonly line: string; readonly privateKey: string }[];
  /** Private key, in OpenSSH's format, that may log in. */
  readonly clientKey: string;
  /** Lets the owner of another private key in as well. */
  readonly admit: (privateKey: string) => void;
  /** Ways in which clients tried to log in, in order. */
  readonly logins: readonly string[];
  /** Most sessions that were open at a time. */
  readonly mostSessions: () => number;
  /** Cuts all connections, without a word. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

/** A key pair. About one in some hundred that ssh2 makes cannot be read by ssh2 itself; such a one is made again. */
export function generateKey(type: string): {
  readonly type: string;
  readonly line: string;
  readonly privateKey: string;
} {
  for (;;) {
    const pair =
      type === 'ecdsa'
        ? ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
        : type === 'rsa'
          ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
          : ssh2.utils.generateKeyPairSync('ed25519');
    if (ssh2.utils.parseKey(pair.private) instanceof Error) continue;
    const line = pair.public.split(' ').slice(0, 2).join(' ');
    return { type: line.split(' ')[0] as string, line, privateKey: pair.private };
  }
}

function parsePrivateKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

/** An SSH server on loopback whose programs are run by the `sh` of this machine. Whoever knows the key or the password is let in. */
export function startServer(options: ServerOptions = {}): Promise<PracticeServer> {
  const hostKeys = (options.hostKeys ?? ['ed25519']).map(generateKey);
  const client = generateKey('ed25519');
  const admitted = [parsePrivateKey(client.privateKey)];
  const logins: string[] = [];
  const connections = new Set<Connection>();
  let sessions = 0;
  let most = 0;

  const server = new ssh2.Server(
    {
      hostKeys: hostKeys.map((key) => key.privateKey),
      ...(options.banner ? { banner: options.banner } : {}),
    },
    (connection) => {
      connections.add(connection);
      connection.on('error', () => {});
      connection.on('close', () => connections.delete(connection));
      const methods = [
        'publickey' as const,
        ...(options.password === undefined ? [] : (options.passwordMethods ?? ['password' as const])),
      ];
      connection.on('authentication', (context) => {
        if (context.method !== 'none') logins.push(context.method);
        if (context.method === 'publickey') {
          const { signature, blob, key } = context;
          const known = admitted.find((candidate) => candidate.getPublicSSH().equals(key.data));
          if (known && (!signature || !blob || known.verify(blob, signature) === true))
            return context.accept();
        }
        if (
          context.method === 'password' &&
          methods.includes('password') &&
          context.password === options.password
        )
          return context.accept();
        if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
          return context.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
            answers[0] === options.password ? context.accept() : context.reject(methods),
          );
        }
        return context.reject(methods);
      });
      connection.on('tcpip', (accept, _reject, { destIP, destPort }) => {
        const socket = connect(destPort, destIP);
        const channel = accept();
        for (const stream of [socket, channel]) stream.on('error', () => {});
        socket.pipe(channel).pipe(socket);
      });
      connection.on('session', (accept, reject) => {
        if (sessions >= (options.maxSessions ?? Infinity)) return void reject();
        sessions += 1;
        most = Math.max(most, sessions);
        const session = accept();
        session.on('close', () => {
          sessions -= 1;
        });
        session.on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec();
          channel.on('error', () => {});
          (options.onExec ?? runProgram)(command, channel);
        });
      });
    },
  );
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        hostKeys,
        clientKey: client.privateKey,
        admit: (privateKey) => admitted.push(parsePrivateKey(privateKey)),
        logins,
        mostSessions: () => most,
        cut: () => {
          // ssh2 says goodbye in `end`; a cut says nothing.
          for (const connection of connections)
            (connection as unknown as { _sock: { destroy: () => void } })._sock.destroy();
        },
        close: () =>
          new Promise((done) => {
            for (const connection of connections) connection.end();
            server.close(() => done());
          }),
      });
    });
  });
}

function runProgram(command: string, channel: ServerChannel): void {
  const child = spawn('sh', ['-c', command], { detached: true });
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (signal) channel.exit(signal.replace(/^SIG/, ''));
    else channel.exit(code ?? 0);
    channel.end();
  });
  channel.on('close', () => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  });
}
