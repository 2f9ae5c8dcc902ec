import type { ServerChannel } from 'ssh2';
import type { Program } from './place.ts';
import type { TrafficCounter } from './traffic.ts';

/** The signals that SSH has names for (RFC 4254, 6.10); for others ssh2 would throw. */
const protocolSignals = new Set(
  ['ABRT', 'ALRM', 'FPE', 'HUP', 'ILL', 'INT', 'KILL', 'PIPE', 'QUIT', 'SEGV', 'TERM', 'USR1', 'USR2'].map(
    (name) => `SIG${name}`,
  ),
);

/** Ties a program to the SSH channel that asked for it, in the way of `sshd`: bytes both ways, exit status or signal, hang-up. */
export function attachProgram(
  channel: ServerChannel,
  program: Program,
  traffic: TrafficCounter,
  loginNoise: string,
): void {
  const { child } = program;
  const count = traffic.channel();
  let open = true;
  let ended = false;

  if (loginNoise) channel.write(loginNoise);
  child.stdout.on('data', (chunk: Buffer) => count.toClient(chunk.length));
  child.stderr.on('data', (chunk: Buffer) => count.toClient(chunk.length));
  const sent = sendOutput(channel, child);
  channel.on('data', (chunk: Buffer) => count.fromClient(chunk.length));
  channel.pipe(child.stdin);
  // A program may end, or close its input, before the client has sent all of it; the rest is read and dropped.
  child.stdin.on('error', () => channel.resume());
  child.stdin.on('close', () => channel.resume());

  child.on('error', (error) => {
    channel.stderr.write(`practice host: the login shell cannot be started: ${error.message}\n`);
    channel.exit(255);
    channel.end();
  });
  child.on('exit', (code, signal) => {
    ended = true;
    if (!open) return;
    if (signal && protocolSignals.has(signal)) channel.exit(signal);
    else channel.exit(code ?? 255);
  });
  // Not before all output is out: a background process may still hold it, and sshd waits for it as well.
  child.on('close', () => void sent().then(() => channel.end()));

  channel.on('close', () => {
    open = false;
    if (!ended) program.signal('SIGHUP');
    // Nobody reads any more; a writer gets SIGPIPE, as it would from sshd.
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
}

/**
 * Sends what a program prints, one piece at a time, and gives how to wait until all is sent. Both streams of a channel share one window,
 * and ssh2's server mixes them up: told that the window is open again, it goes on with one of two pieces that wait for it and forgets the
 * other; and it does not forget a piece of standard output that was sent, so that it would send that again in place of an error.
 */
function sendOutput(channel: ServerChannel, child: Program['child']): () => Promise<void> {
  let turn = Promise.resolve();
  const forgetSent = () => Object.assign(channel, { _chunk: undefined, _chunkcb: undefined });
  for (const [source, destination] of [
    [child.stdout, channel],
    [child.stderr, channel.stderr],
  ] as const) {
    source.on('data', (chunk: Buffer) => {
      source.pause();
      turn = turn
        .then(() => new Promise<void>((done) => destination.write(chunk, () => done())))
        .then(() => {
          forgetSent();
          source.resume();
        });
    });
  }
  return () => turn;
}
