import type { Socket } from 'node:net';
import type { ConnectConfig } from 'ssh2';
// The client alone: the index of the package loads its server, and HTTP, too.
import Client from 'ssh2/lib/client.js';
import type { Connection, ConnectionTarget, Transport } from '../core/connection.ts';
import type { HostwrightError } from '../core/error.ts';
import { createHostKeyCheck, type HostKeyCheck } from './host-key.ts';
import { hostKeysUnchecked } from './host-key-problems.ts';
import { acceptedByPerson } from './host-key-question.ts';
import { loadKnownHosts } from './known-hosts-file.ts';
import { inLoginSlot } from './login-slots.ts';
import {
  authenticationFailed,
  cannotConnect,
  connectionLost,
  connectTimedOut,
  handshakeFailed,
  passwordExpired,
} from './problems.ts';
import { algorithmsOf } from './ssh-algorithms.ts';
import { createExecutor, type FirstProgram } from './ssh-execute.ts';
import { type Login, prepareLogin } from './ssh-login.ts';
import { resolveSettings } from './ssh-resolve.ts';
import { withRetries } from './ssh-retries.ts';
import type { SshSettings } from './ssh-settings.ts';
import {
  acknowledgeAtOnce,
  declineHostKeyProofs,
  type ExecuteAhead,
  logInAtOnce,
  openAhead,
  signAtOnce,
  writeTogether,
} from './ssh-shortcuts.ts';
import { openWay, type SocketLike, type Way } from './ssh-way.ts';

/** SSH by the ssh2 library: one TCP connection, a channel per session. */
export const ssh: Transport = {
  name: 'ssh',
  check: async (wanted) => {
    const settings = await resolveSettings(wanted);
    const { target } = settings;
    prepared.set(wanted, { settings, parts: await partsOf(settings), at: performance.now() });
    return target.hostKeys.mode === 'no' ? [hostKeysUnchecked(target)] : [];
  },
  open: async (wanted) => (await openClient(wanted, true)).connection,
};

/** Milliseconds for which what was found out about a connection counts: a file that it came from may be another one by then. */
const FRESH = 2000;

/** What was found out when it was checked, for the first login: with it that begins without waiting for files. */
const prepared = new WeakMap<
  ConnectionTarget,
  { readonly settings: SshSettings; readonly parts: Parts; readonly at: number }
>();

/** What a login needs of the files of this machine. */
type Parts = readonly [Awaited<ReturnType<typeof loadKnownHosts>>, Login];

function partsOf(settings: SshSettings): Promise<Parts> {
  return Promise.all([loadKnownHosts(settings.target.hostKeys.files), prepareLogin(settings)]);
}

interface OpenClient {
  readonly client: Client;
  readonly connection: Connection;
  /** What the connection runs through, to be closed with it. */
  readonly way: Way;
}

/** `forPrograms`: something will be started on the host, so that a channel may be asked for ahead. */
async function openClient(wanted: ConnectionTarget, forPrograms = false): Promise<OpenClient> {
  const known = prepared.get(wanted);
  prepared.delete(wanted);
  const isFresh = known && performance.now() - known.at < FRESH;
  const settings = isFresh ? known.settings : await resolveSettings(wanted);
  let parts = isFresh ? known.parts : undefined;
  return withRetries(settings, () => {
    const first = parts;
    parts = undefined;
    return openOnce(settings, forPrograms, first);
  });
}

async function openOnce(settings: SshSettings, forPrograms: boolean, parts?: Parts): Promise<OpenClient> {
  const { target, hostKeyAlias } = settings;
  const [entries, login] = parts ?? (await partsOf(settings));
  const port = hostKeyAlias === undefined ? target.port : 22;
  const known = hostKeyAlias ?? target.host;
  const check = createHostKeyCheck(target.hostKeys, entries, known, port, settings.hashKnownHosts);
  const way = await openWay(settings, openClient);
  try {
    await connected(settings, way.socket);
    const loggedIn = await inLoginSlot(() => logIn(settings, check, login, way.socket, forPrograms));
    const connection = connectionOf(loggedIn, target, way, check);
    await check.store().catch(async (thrown) => {
      await connection.close();
      throw thrown;
    });
    return { client: loggedIn.client, connection, way };
  } catch (thrown) {
    way.close();
    const pinned = await acceptedByPerson(settings, check.unknown(), known, port);
    if (pinned === undefined) throw thrown;
    const hostKeys = { ...target.hostKeys, pinned };
    return openOnce({ ...settings, target: { ...target, hostKeys } }, forPrograms);
  }
}

/** Waits until the TCP connection is there. Rejects with a HostwrightError. */
function connected({ target }: SshSettings, socket: SocketLike): Promise<void> {
  if (!socket.connecting) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (error?: HostwrightError) => {
      clearTimeout(timer);
      socket.off('connect', onConnect);
      socket.off('error', onError);
      if (!error) return resolve();
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    const onConnect = () => finish();
    const onError = (error: Error) => finish(cannotConnect(target, error));
    const timer = setTimeout(
      () => finish(connectTimedOut(target, 'connect')),
      target.connectTimeoutSeconds * 1000,
    );
    socket.once('connect', onConnect);
    socket.once('error', onError);
  });
}

/** A client that is logged in, and what is done differently until its first program runs. */
interface LoggedIn extends FirstProgram {
  readonly client: Client;
}

function logIn(
  settings: SshSettings,
  check: HostKeyCheck,
  login: Login,
  socket: SocketLike,
  forPrograms: boolean,
): Promise<LoggedIn> {
  const { target } = settings;
  return new Promise((resolve, reject) => {
    const client = new Client();
    let ahead: ExecuteAhead | undefined;
    declineHostKeyProofs(client);
    let greeted = false;
    const give = (error: HostwrightError) => {
      clearTimeout(timer);
      client.removeAllListeners();
      // ssh2 may still have something to complain about.
      client.on('error', () => {});
      client.destroy();
      socket.destroy();
      reject(error);
    };
    const limit = target.connectTimeoutSeconds * 1000;
    const expire = () => {
      if (!login.asking()) return give(connectTimedOut(target, 'login'));
      timer = setTimeout(expire, limit);
    };
    let timer = setTimeout(expire, limit);
    client.on('change password', () => give(passwordExpired(target)));
    client.on('ready', () => {
      clearTimeout(timer);
      client.removeAllListeners();
      resolve({ client, ahead, patient });
    });
    client.on('handshake', () => {
      greeted = true;
    });
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that does not answer is one way less to log in; ssh2 goes on with the next.
      if (error.level !== 'agent') give(describe(error, settings, check, login, greeted));
    });
    client.on('close', () =>
      give(greeted ? authenticationFailed(settings, login) : cannotConnect(target, closedEarly())),
    );
    writeTogether(socket);
    client.connect(configuration(settings, check, login, socket));
    const patient = acknowledgeAtOnce(client, socket);
    logInAtOnce(client);
    signAtOnce(client, () => {
      if (forPrograms && login.isLast()) ahead ??= openAhead(client);
    });
  });
}

function configuration(
  settings: SshSettings,
  check: HostKeyCheck,
  login: Login,
  socket: SocketLike,
): ConnectConfig {
  const { target } = settings;
  return {
    sock: socket as Socket,
    username: target.user,
    authHandler: login.handler,
    hostVerifier: check.verify,
    algorithms: algorithmsOf(settings, check.algorithms),
    readyTimeout: 0,
    strictVendor: true,
    keepaliveInterval: settings.keepaliveSeconds * 1000,
    keepaliveCountMax: settings.keepaliveCount,
    agentForward: false,
  };
}

function describe(
  error: Error & { level?: string },
  settings: SshSettings,
  check: HostKeyCheck,
  login: Login,
  greeted: boolean,
): HostwrightError {
  const { target } = settings;
  const refusal = check.refusal();
  if (refusal) return refusal;
  if (error.level === 'client-socket') return cannotConnect(target, error);
  // After the key exchange nothing but the login is left to fail (`Too many authentication failures` ends the connection).
  if (greeted) return authenticationFailed(settings, login, error);
  if (/Connection lost before handshake/.test(error.message)) return cannotConnect(target, closedEarly());
  return handshakeFailed(target, error);
}

function closedEarly(): Error {
  return Object.assign(new Error('closed early'), { code: 'ECONNRESET' });
}

function connectionOf(
  { client, ahead, patient }: LoggedIn,
  target: ConnectionTarget,
  way: Way,
  check: HostKeyCheck,
): Connection {
  const hostKey = check.accepted();
  let closing = false;
  let error: Error | undefined;
  const closed = new Promise<Error | undefined>((resolve) => {
    client.on('error', (found) => {
      error ??= found;
    });
    client.on('close', () => {
      way.close();
      resolve(closing ? undefined : (check.refusal() ?? connectionLost(target, error)));
    });
  });
  return {
    start: createExecutor(client, target, closed, { ahead, patient }),
    closed,
    ...(hostKey !== undefined && { hostKey }),
    close: async () => {
      closing = true;
      client.end();
      // A host that is gone does not answer; nothing is owed to it.
      const timer = setTimeout(() => client.destroy(), 1000);
      const gone = closed.then(() => clearTimeout(timer));
      // Goodbye has been said; what the host answers to it is of interest to nobody.
      if (way.socket.writableLength > 0) await gone;
    },
  };
}
