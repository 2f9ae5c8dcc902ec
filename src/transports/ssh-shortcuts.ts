import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, ParsedKey } from 'ssh2';
import sending from 'ssh2/lib/protocol/utils.js';

// What ssh2 has no option for. Where a later version of it is built otherwise, these do nothing, and a login takes as long as before.

/**
 * OpenSSH offers all its host keys after a login, and ssh2 has each of them proved, although we do not take them over. That costs the
 * host a signature per key. With `strictVendor` ssh2 asks OpenSSH only; this one goes by no name.
 */
export function declineHostKeyProofs(client: Client): void {
  Object.defineProperty(client, '_remoteVer', {
    get: () => '',
    set: (software: string) => {
      softwares.set(client, software);
    },
  });
}

/** What hosts say that they are. */
const softwares = new WeakMap<Client, string>();

/** What is written in one go leaves in one piece: ssh2 writes a message in three. */
export function writeTogether(socket: Duplex): void {
  const write = socket.write.bind(socket) as (...words: unknown[]) => boolean;
  let held = false;
  socket.write = ((...words: unknown[]) => {
    if (!held) {
      held = true;
      socket.cork();
      process.nextTick(() => {
        held = false;
        socket.uncork();
      });
    }
    return write(...words);
  }) as Duplex['write'];
}

/** Pieces of what the host sends that are answered at most. */
const MOST_ACKNOWLEDGEMENTS = 12;

/**
 * Until the first program runs, sshd sends with Nagle's algorithm: its next small packet waits for our acknowledgement of the one before, which
 * our kernel delays by 40 ms unless we have something to send. So what comes after the key exchange is answered, with a message that means
 * nothing where there is nothing to say. Gives how to stop. To be called after `connect`.
 */
export function acknowledgeAtOnce(
  client: Client,
  socket: Duplex & { readonly bytesWritten?: number },
): () => void {
  let left = MOST_ACKNOWLEDGEMENTS;
  const onData = () => {
    const before = socket.bytesWritten;
    setImmediate(() => {
      if (left === 0 || !socket.writable || (before !== undefined && socket.bytesWritten !== before)) return;
      left -= 1;
      try {
        sayNothing(client);
      } catch {
        // The connection has just ended, which others are told of.
      }
    });
  };
  client.once('handshake', () => socket.prependListener('data', onData));
  return () => {
    left = 0;
    socket.off('data', onData);
  };
}

/** SSH_MSG_IGNORE, which everybody must understand at any time (RFC 4253, 11.2). */
function sayNothing(client: Client): void {
  const protocol = protocolOf(client);
  const writer = protocol?._packetRW?.write;
  if (!protocol || !writer) return;
  const packet = writer.alloc(IGNORE.length);
  packet.set(IGNORE, writer.allocStart);
  sending.sendPacket(protocol, writer.finalize(packet));
}

/** The number of the message, and an empty string. */
const IGNORE = [2, 0, 0, 0, 0];

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

interface Protocol {
  /** Sends a request to log in with a key: without `sign`, the question whether the key would do. */
  authPK?: (user: string, key: ParsedKey, algorithm?: string, sign?: Sign) => void;
  /** Sends what is to be run in a channel that is open. */
  exec?: (channel: number, command: string, wantsReply: boolean) => void;
  /** Makes packets: with room for what goes in front, and ready to be sent. */
  readonly _packetRW?: {
    readonly write: {
      readonly allocStart: number;
      readonly alloc: (size: number) => Buffer;
      readonly finalize: (packet: Buffer) => Buffer;
    };
  };
  /** What was agreed on. */
  readonly _kex?: { readonly negotiated?: { readonly cs: { readonly compress: string } } };
  /** What is called with what the host sends. */
  readonly _handlers?: Partial<
    Record<'SERVICE_ACCEPT' | 'EXT_INFO', (protocol: Protocol, content: unknown) => void>
  >;
}

function protocolOf(client: Client): Protocol | undefined {
  return (client as unknown as { _protocol?: Protocol })._protocol;
}

/** The hash that a signature algorithm asks for; others have one of their own. */
const HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/**
 * Logs in with a signature at once. ssh2 first asks whether the key would do, which spares people a question about its passphrase and costs
 * a round trip; a key that is in memory has none. To be called after `connect`.
 */
export function signAtOnce(client: Client, onSigned: () => void = () => {}): void {
  const protocol = protocolOf(client);
  const request = protocol?.authPK;
  if (!protocol || typeof request !== 'function') return;
  protocol.authPK = function (this: Protocol, user, key, algorithm, sign) {
    if (sign || typeof key?.isPrivateKey !== 'function' || !key.isPrivateKey()) {
      request.call(this, user, key, algorithm, sign);
      return;
    }
    request.call(this, user, key, algorithm, (data, done) => {
      const signature = key.sign(data, algorithm === undefined ? undefined : HASHES[algorithm]) as
        | Buffer
        | Error;
      if (signature instanceof Error) return request.call(this, user, key, algorithm);
      done(signature);
      onSigned();
    });
  };
}

/**
 * Logs in without waiting for the answer to the request for the service that logs in: it can only be yes, or the end (RFC 4253, 10). What
 * the host says about its signature algorithms comes before; a host that says nothing about them is waited for. To be called after
 * `connect`.
 */
export function logInAtOnce(client: Client): void {
  const handlers = protocolOf(client)?._handlers;
  const { SERVICE_ACCEPT: accept, EXT_INFO: learn } = handlers ?? {};
  if (!handlers || !accept || !learn) return;
  let asked = false;
  let begun = false;
  // Emitted just before the request is sent; what the host says next is handled after it.
  client.once('handshake', () => {
    asked = true;
  });
  const begin = (protocol: Protocol, service: unknown) => {
    if (begun) return;
    begun = true;
    accept(protocol, service);
  };
  handlers.SERVICE_ACCEPT = begin;
  handlers.EXT_INFO = (protocol, extensions) => {
    learn(protocol, extensions);
    if (asked) begin(protocol, 'ssh-userauth');
  };
}

/** Runs a program in a channel that was asked for before anybody knew what would run there. */
export type ExecuteAhead = (
  command: string,
  callback: (error: Error | undefined, channel: ClientChannel) => void,
) => void;

/** Servers that read one message after the other; others, which think about a login aside, may take offence at what comes meanwhile. */
const IN_ORDER = /^(OpenSSH|dropbear)_/;

/**
 * Asks for a channel before the login is answered: what is sent behind a request that logs in is for the service behind it (RFC 4252, 5.1).
 * Only for a request whose refusal is the end, since many a host hangs up then. Undefined where that cannot be done.
 */
export function openAhead(client: Client): ExecuteAhead | undefined {
  const protocol = protocolOf(client);
  const request = protocol?.exec;
  if (!protocol || typeof request !== 'function') return undefined;
  // With zlib@openssh.com all that is sent after the login is compressed, and nobody knows yet when that is.
  if (!IN_ORDER.test(softwares.get(client) ?? '') || protocol._kex?.negotiated?.cs.compress !== 'none') {
    return undefined;
  }
  const placeholder = 'true';
  let wanted: string | undefined;
  let open: number | undefined;
  let outcome: readonly [Error | undefined, ClientChannel] | undefined;
  let tell: Parameters<ExecuteAhead>[1] | undefined;
  protocol.exec = (channel) => {
    protocol.exec = request;
    open = channel;
    if (wanted !== undefined) request.call(protocol, channel, wanted, true);
  };
  try {
    client.exec(placeholder, (error, channel) => {
      protocol.exec = request;
      outcome = [error, channel];
      tell?.(error, channel);
    });
  } catch {
    protocol.exec = request;
    return undefined;
  }
  return (command, callback) => {
    tell = callback;
    if (outcome) return callback(...outcome);
    wanted = command;
    if (open !== undefined) request.call(protocol, open, command, true);
  };
}
