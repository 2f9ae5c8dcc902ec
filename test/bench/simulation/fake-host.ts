import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import type { Connection, RemoteStream, Transport } from '../../../src/core/connection.ts';

/** What a job gave when it really ran. */
interface Answer {
  readonly rc: number;
  /** Random words of the script that it answered; another host's script has others, also in what it prints. */
  readonly nonces: readonly string[];
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface FakeHosts {
  readonly transport: Transport;
  /** Connections that are open. */
  readonly open: () => number;
}

/**
 * Hosts that cost next to nothing, so that what is left is the controller's own work. The first host of all runs its jobs for real, in a shell
 * of this machine; every other host that sends the same scripts in the same order gets the same answers.
 */
export function createFakeHosts(answers: Map<string, Answer>): FakeHosts {
  let open = 0;
  const transport: Transport = {
    name: 'ssh',
    open: async () => {
      open += 1;
      let report: (reason: undefined) => void = () => {};
      const closed = new Promise<undefined>((resolve) => {
        report = resolve;
      });
      const connection: Connection = {
        start: async (argv) => startLoop(answers, argv.at(-1) ?? ''),
        closed,
        close: async () => {
          open -= 1;
          report(undefined);
        },
      };
      return connection;
    },
  };
  return { transport, open: () => open };
}

/** Random words that mark the ends of things; checksums are longer. */
const NONCE = /\b[0-9a-f]{24}\b/g;

interface Call {
  readonly id: string;
  readonly conditional: boolean;
  readonly inputSize: number;
  readonly script: string;
}

/** The far side of the session, as far as it can be seen from here: src/shell/host-loop.ts has the real one and the format. */
function startLoop(answers: Map<string, Answer>, command: string): RemoteStream {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const seen = new Map<string, number>();
  let received: Buffer = Buffer.alloc(0);
  let state: 'nonce' | 'batches' = 'nonce';
  let nonce = '';
  let succeeded = true;
  let calls: Call[] = [];

  const line = (): string | undefined => {
    const end = received.indexOf(10);
    if (end < 0) return undefined;
    const text = received.toString('latin1', 0, end);
    received = received.subarray(end + 1);
    return text;
  };
  const answer = (call: Call, input: Buffer) => {
    let status = 's';
    if (!call.conditional || succeeded) {
      const nonces = [...new Set(call.script.match(NONCE))];
      // A sum of it: thousands of hosts that remember what they ran would be what is measured.
      const text = nonces.reduce((said, word) => said.replaceAll(word, 'NONCE'), call.script);
      const script = createHash('sha1').update(text).digest('base64');
      const occurrence = (seen.get(script) ?? 0) + 1;
      seen.set(script, occurrence);
      const key = `${occurrence}\0${script}`;
      const { rc, ...said } = answers.get(key) ?? runReally(key, call.script, nonces, input, answers);
      stdout.write(withNonces(said.stdout, said.nonces, nonces));
      stderr.write(withNonces(said.stderr, said.nonces, nonces));
      status = String(rc);
      succeeded = rc === 0;
    }
    stdout.write(`${nonce} ${call.id} ${status} -\n`);
    stderr.write(`${nonce} ${call.id}\n`);
  };
  /** Takes one thing from what has come; false where more must come first. */
  const step = (): boolean => {
    if (state === 'nonce') {
      const text = line();
      if (text === undefined) return false;
      nonce = text;
      state = 'batches';
      return true;
    }
    const [next] = calls;
    if (next) {
      const size = next.inputSize === 0 ? 0 : next.inputSize + nonce.length + 1;
      if (received.length < size) return false;
      calls = calls.slice(1);
      answer(next, received.subarray(0, next.inputSize));
      received = received.subarray(size);
      return true;
    }
    const end = received.indexOf(10);
    if (end < 0) return false;
    const size = Number(received.toString('latin1', 0, end));
    if (received.length < end + 1 + size) return false;
    const batch = received.toString('utf8', end + 1, end + 1 + size);
    received = received.subarray(end + 1 + size);
    calls = parseBatch(batch, () => {
      succeeded = batch.startsWith('hw_o=t');
    });
    return true;
  };
  const [, ...hello] = /sh -c "\$hw_l" sh ([0-9a-f]+) ([0-9a-f]+)/.exec(command) ?? [];
  for (const stream of [stdout, stderr]) stream.write(`${hello.join('-')}\n`);
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      while (step());
      done();
    },
  });
  const ended = new Promise<object>((resolve) => stdin.once('close', () => resolve({})));
  const destroy = () => {
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  return { stdin, stdout, stderr, ended, destroy };
}

function parseBatch(batch: string, onChain: () => void): Call[] {
  if (batch.startsWith('hw_o=')) onChain();
  const call = /^j (\d+) ([01]) (\d+) \d+ [epf] ((?:'[^']*'|\\'|[\w./:@%+=,-]+)+)$/gm;
  return [...batch.matchAll(call)].map(([, id = '', conditional, inputSize, script = '']) => ({
    id,
    conditional: conditional === '1',
    inputSize: Number(inputSize),
    script: script.replace(/'([^']*)'|\\(')/g, (_, quoted, escaped) => quoted ?? escaped),
  }));
}

function withNonces(said: Buffer, theirs: readonly string[], ours: readonly string[]): Buffer | string {
  if (theirs.length === 0) return said;
  const text = theirs.reduce(
    (all, word, index) => all.replaceAll(word, ours[index] ?? ''),
    said.toString('latin1'),
  );
  return Buffer.from(text, 'latin1');
}

function runReally(
  key: string,
  script: string,
  nonces: readonly string[],
  input: Buffer,
  answers: Map<string, Answer>,
): Answer {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { input, maxBuffer: 64 * 1024 * 1024 });
  const answer: Answer = { rc: status ?? 255, nonces, stdout, stderr };
  answers.set(key, answer);
  return answer;
}
