import type { Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type KeyboardAuthContext,
  type ParsedKey,
  type PublicKeyAuthContext,
  type ServerChannel,
  type Session,
} from 'ssh2';
import { attachProgram } from './channel.ts';
import type { Login, Place, PracticeUser, Program, Terminal } from './place.ts';
import type { TrafficCounter } from './traffic.ts';

/** Ways to log in that a practice host takes. */
export type Authentication = 'publickey' | 'password' | 'keyboard-interactive';

export interface ServerParts {
  readonly place: Place;
  readonly users: readonly PracticeUser[];
  readonly authentication: readonly Authentication[];
  readonly hostKey: string;
  readonly clientKey: ParsedKey;
  /** Channels that one connection may have open; one more is refused, as sshd does with MaxSessions. */
  readonly maxSessions: number;
  readonly loginNoise: string;
  readonly traffic: TrafficCounter;
}

/** The SSH server of one practice host, as a function that serves one connection. */
export function createSshServer(parts: ServerParts): (socket: Socket) => void {
  const banner = parts.loginNoise ? { banner: parts.loginNoise } : {};
  const server = new ssh2.Server({ hostKeys: [parts.hostKey], ...banner }, (connection) => {
    parts.traffic.connection();
    let user: PracticeUser | undefined;
    connection.on('authentication', (context) => {
      user = parts.users.find((candidate) => candidate.name === context.username);
      void authenticate(context, user, parts).then((accepted) => {
        if (accepted) context.accept();
        else context.reject([...parts.authentication]);
      });
    });
    const sessions = new Set<Session>();
    connection.on('session', (accept, reject) => {
      if (!user || sessions.size >= parts.maxSessions) return void reject();
      const session = accept();
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
      serveSession(session, user, parts);
    });
    // A client that goes away in the middle of a handshake is its own affair.
    connection.on('error', () => connection.end());
  });
  return (socket) => server.injectSocket(socket);
}

async function authenticate(
  context: AuthContext,
  user: PracticeUser | undefined,
  parts: ServerParts,
): Promise<boolean> {
  const method = parts.authentication.find((name) => name === context.method);
  if (!user || !method) return false;
  if (method === 'publickey') return holdsKey(context as PublicKeyAuthContext, parts.clientKey);
  if (user.password === undefined) return false;
  if (context.method === 'password') return context.password === user.password;
  return new Promise((resolve) => {
    (context as KeyboardAuthContext).prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
      resolve(answers[0] === user.password),
    );
  });
}

/** The first request of a client only asks whether the key would do, without a signature. */
function holdsKey(context: PublicKeyAuthContext, key: ParsedKey): boolean {
  if (context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false;
  if (!context.signature) return true;
  return context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function serveSession(session: Session, user: PracticeUser, parts: ServerParts): void {
  const environment: Record<string, string> = {};
  let terminal: Terminal | undefined;
  let program: Program | undefined;

  const run = (channel: ServerChannel, command: string | undefined) => {
    const login: Login = { user, command, terminal, environment };
    program = parts.place.start(login);
    attachProgram(channel, program, parts.traffic, parts.loginNoise);
  };
  session.on('env', (accept, reject, info) => {
    // The default of sshd on most systems (AcceptEnv).
    if (!/^(LANG|LC_[A-Z]+)$/.test(info.key)) return void reject?.();
    environment[info.key] = info.val;
    accept?.();
  });
  session.on('pty', (accept, _reject, info) => {
    const kind = (info as { term?: string }).term;
    terminal = { kind: kind || 'dumb', rows: info.rows || 24, columns: info.cols || 80 };
    accept?.();
  });
  session.on('window-change', (accept) => accept?.());
  session.on('signal', (accept, _reject, info) => {
    accept?.();
    program?.signal(`SIG${info.name.replace(/^SIG/, '')}` as NodeJS.Signals);
  });
  session.on('exec', (accept, _reject, info) => run(accept(), info.command));
  session.on('shell', (accept) => run(accept(), undefined));
}
