import type { Socket } from 'node:net';
import type { ConnectionTarget } from '../../core/connection.ts';
import { Secret } from '../../core/secret.ts';

/** Between a command and the keeper: one letter, the length of what follows in four bytes, and that: bytes of a stream, or JSON. */
export type Kind =
  /** From the command: a connection is wanted, a program is to be started, its input, the end of its input. */
  | 'open'
  | 'start'
  | 'input'
  | 'inputEnd'
  /** From the keeper: the connection is there, the program runs, what it prints, how either ended, what is wrong. */
  | 'opened'
  | 'started'
  | 'stdout'
  | 'stderr'
  | 'ended'
  | 'failed';

const KINDS: readonly Kind[] = [
  ...(['open', 'start', 'input', 'inputEnd', 'opened'] as const),
  ...(['started', 'stdout', 'stderr', 'ended', 'failed'] as const),
];
const HEADER = 5;

/** Bytes of one message at most; what a stream brings at once is less. */
const LONGEST = 16 * 1024 * 1024;

/** Sends; false where the far side is slower than we are. */
export function send(socket: Socket, kind: Kind, content: Uint8Array | object = {}): boolean {
  if (socket.destroyed || socket.writableEnded) return true;
  const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(KINDS.indexOf(kind), 0);
  header.writeUInt32BE(bytes.length, 1);
  socket.write(header);
  return socket.write(bytes);
}

/** Calls `onMessage` for each message that comes. What is no message ends the socket. */
export function receive(socket: Socket, onMessage: (kind: Kind, content: Buffer) => void): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= HEADER) {
      const kind = KINDS[held.readUInt8(0)];
      const length = held.readUInt32BE(1);
      if (kind === undefined || length > LONGEST) return void socket.destroy();
      if (held.length < HEADER + length) return;
      const content = held.subarray(HEADER, HEADER + length);
      held = held.subarray(HEADER + length);
      onMessage(kind, content);
    }
  });
}

/** What is asked for with `open`. */
export interface OpenRequest {
  readonly target: WrittenTarget;
  /** Seconds that the connection is kept when nobody uses it. */
  readonly seconds: number;
  /** A new login, whatever there is. */
  readonly fresh: boolean;
}

export interface Opened {
  /** Names the connection in `start`. */
  readonly token: string;
  readonly hostKey?: string;
}

type WrittenTarget = Omit<ConnectionTarget, 'password' | 'privateKeyPassphrase' | 'ask'> & {
  readonly password?: string;
  readonly privateKeyPassphrase?: string;
};

/** A target with its secrets, for the socket alone. */
export function writeTarget({
  ask,
  password,
  privateKeyPassphrase,
  ...target
}: ConnectionTarget): WrittenTarget {
  return {
    ...target,
    ...(password && { password: password.reveal() }),
    ...(privateKeyPassphrase && { privateKeyPassphrase: privateKeyPassphrase.reveal() }),
  };
}

export function readTarget({ password, privateKeyPassphrase, ...target }: WrittenTarget): ConnectionTarget {
  return {
    ...target,
    ...(password !== undefined && { password: new Secret(password) }),
    ...(privateKeyPassphrase !== undefined && { privateKeyPassphrase: new Secret(privateKeyPassphrase) }),
  };
}
