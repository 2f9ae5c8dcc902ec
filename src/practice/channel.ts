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
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
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
  child.on('close', () => channel.end());

  channel.on('close', () => {
    open = false;
    if (!ended) program.signal('SIGHUP');
    // Nobody reads any more; a writer gets SIGPIPE, as it would from sshd.
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
}
