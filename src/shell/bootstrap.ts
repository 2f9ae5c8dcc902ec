import { randomBytes } from 'node:crypto';
import type { Connection, Privilege, RemoteStream, StreamEnd } from '../core/connection.ts';
import { write } from './feeder.ts';
import { loopCommand } from './host-loop.ts';
import { type Hop, privilegedCommand } from './privilege.ts';
import {
  becomeFailed,
  insistsOnTerminal,
  noHello,
  noShell,
  passwordMissing,
  promptUnanswered,
  wrongPassword,
} from './problems.ts';

/** Characters of banners and start-up noise that are kept for an error message. */
const NOISE_LIMIT = 16 * 1024;

/**
 * Seconds in which a command must begin before it is taken for one that the host does not run: `command=` in authorized_keys and
 * ForceCommand may put a shell in its place.
 */
const COMMAND_SECONDS = 5;

/** Connections whose host runs something else than the command that it is given. */
const deaf = new WeakSet<Connection>();

/**
 * Starts the loop on the host and waits until it says hello on both streams. Nothing is sent ahead: a shell that is starting, or a
 * `sudo`, could read it. What the host says before (banners, start-up files) is skipped, and shown when it never comes to a hello.
 * The loop comes in the command itself, which spares a round trip; where that does not begin, on the input of a bare `sh`.
 */
export async function startLoop(
  connection: Connection,
  privileges: readonly Privilege[],
  helloTimeoutSeconds: number,
): Promise<RemoteStream> {
  const start = (onTerminal: boolean) => startAnyhow(connection, privileges, helloTimeoutSeconds, onTerminal);
  try {
    return await start(false);
  } catch (thrown) {
    if (!insistsOnTerminal(thrown)) throw thrown;
    return start(true);
  }
}

async function startAnyhow(
  connection: Connection,
  privileges: readonly Privilege[],
  helloTimeoutSeconds: number,
  onTerminal: boolean,
): Promise<RemoteStream> {
  const start = (by: 'command' | 'input') =>
    startOnce(connection, privileges, helloTimeoutSeconds, by, onTerminal);
  if (!deaf.has(connection)) {
    try {
      return await start('command');
    } catch (thrown) {
      if (!(thrown instanceof NotBegun)) throw thrown;
    }
  }
  const stream = await start('input');
  deaf.add(connection);
  return stream;
}

/** Nothing of the command was heard. */
class NotBegun extends Error {}

async function startOnce(
  connection: Connection,
  privileges: readonly Privilege[],
  seconds: number,
  by: 'command' | 'input',
  onTerminal: boolean,
): Promise<RemoteStream> {
  const first = randomBytes(12).toString('hex');
  const second = randomBytes(12).toString('hex');
  const { command, hops } = privilegedCommand(privileges, loopCommand(first, second), onTerminal);
  // Without `exec`: a restricted shell refuses it, and the others replace themselves anyway.
  const stream = await connection.start(by === 'input' ? ['sh'] : onOneLine(command));
  stream.stdin.on('error', () => {});
  if (by === 'input') await write(stream.stdin, `${command}\n`);
  const patience = by === 'input' ? undefined : Math.min(COMMAND_SECONDS, seconds / 2);
  try {
    await waitForHello(stream, `${first}-${second}\n`, hops, seconds, patience);
    return stream;
  } catch (thrown) {
    stream.destroy();
    throw thrown;
  }
}

/** Shell text as words that every login shell leaves as they are, also csh and fish: no `'`, no `\\`, no `!` and no line's end stands alone. */
function onOneLine(text: string): readonly string[] {
  const octal = (character: string) => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return ['sh', '-c', 'eval "$(printf %b "$1")"', 'sh', text.replace(/[\\'!\n]/g, octal)];
}

/** With `patience`, in seconds: rejects with NotBegun where until then, or before its end, nothing of the command was heard. */
function waitForHello(
  stream: RemoteStream,
  hello: string,
  hops: readonly Hop[],
  seconds: number,
  patience: number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const heard = { stdout: '', stderr: '' };
    const greeted = { stdout: false, stderr: false };
    let over = false;
    let hop = -1;
    let answered = false;

    const finish = (error?: Error) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      clearTimeout(beginning);
      stream.stdout.off('data', onStdout);
      stream.stderr.off('data', onStderr);
      if (error) reject(error);
      else resolve();
    };
    const noise = (...streams: readonly string[]) =>
      Buffer.from(streams.join('\n'), 'latin1').toString('utf8');
    const everything = () => noise(heard.stdout, heard.stderr);
    const listen = (name: 'stdout' | 'stderr', chunk: Buffer) => {
      if (over || greeted[name]) return;
      heard[name] = (heard[name] + chunk.toString('latin1')).slice(-NOISE_LIMIT);
      greeted[name] = heard[name].includes(hello);
      if (name === 'stderr' && !greeted.stderr) answerPrompts();
      if (greeted.stdout && greeted.stderr) finish();
    };
    const answerPrompts = () => {
      // What was said before the present step began is none of its business.
      for (let next = hops[hop + 1]; next && heard.stderr.includes(next.sign); next = hops[hop + 1]) {
        heard.stderr = heard.stderr.slice(heard.stderr.indexOf(next.sign) + next.sign.length);
        hop += 1;
        answered = false;
      }
      const current = hops[hop];
      const end = current?.promptEnd(heard.stderr) ?? -1;
      if (!current || end < 0) return;
      heard.stderr = heard.stderr.slice(end);
      const { privilege } = current;
      if (!privilege.password) return finish(passwordMissing(privilege));
      // Asked again: the password was wrong. A second try could lock the account.
      if (answered) return finish(wrongPassword(privilege));
      answered = true;
      void write(stream.stdin, `${privilege.password.reveal()}\n`);
    };
    const onStdout = (chunk: Buffer) => listen('stdout', chunk);
    const onStderr = (chunk: Buffer) => listen('stderr', chunk);
    const hasBegun = () => hop >= 0 || greeted.stdout || greeted.stderr;
    const onEnd = (end: StreamEnd) => {
      if (patience !== undefined && end.error === undefined && !hasBegun()) return finish(new NotBegun());
      const privilege = hops[hop]?.privilege;
      finish(privilege ? becomeFailed(privilege, end, noise(heard.stderr)) : noShell(end, everything()));
    };
    const timer = setTimeout(() => {
      const privilege = hops[hop]?.privilege;
      finish(privilege ? promptUnanswered(privilege, seconds, everything()) : noHello(seconds, everything()));
    }, seconds * 1000);

    const beginning = patience && setTimeout(() => hasBegun() || finish(new NotBegun()), patience * 1000);

    stream.stdout.on('data', onStdout);
    stream.stderr.on('data', onStderr);
    void stream.ended.then(onEnd);
  });
}
