import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  Connection,
  ConnectionTarget,
  RemoteStream,
  StreamEnd,
  Transport,
} from '../../src/core/connection.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { summary, text } from '../shell/shells.ts';

/** Something to connect to, and how to be rid of it. */
export interface Subject {
  readonly transport: Transport;
  readonly target: ConnectionTarget;
  readonly close: () => void | Promise<void>;
}

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: StreamEnd;
}

async function finish(stream: RemoteStream): Promise<Finished> {
  const said = { stdout: '', stderr: '' };
  stream.stdout.on('data', (chunk: Buffer) => {
    said.stdout += text(chunk);
  });
  stream.stderr.on('data', (chunk: Buffer) => {
    said.stderr += text(chunk);
  });
  const end = await stream.ended;
  return { ...said, end };
}

/** What every transport must do; call it inside a `describe`. */
export function transportContract(start: () => Promise<Subject>): void {
  let subject: Subject;
  let connection: Connection;

  beforeAll(async () => {
    subject = await start();
    connection = await subject.transport.open(subject.target);
  });
  afterAll(async () => {
    await connection?.close();
    await subject?.close();
  });

  test('keeps the streams of a program apart, and tells its status', async () => {
    const stream = await connection.start(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(await finish(stream)).toEqual({ stdout: 'out\n', stderr: 'err\n', end: { code: 3 } });
  });

  test('gives a program its words as they are', async () => {
    const words = ["it's", 'two words', '$HOME', '*', '', 'a\nb', '-n', '\\', '"', '`id`', 'ä€'];
    const stream = await connection.start(['printf', '[%s]', ...words]);
    const { stdout } = await finish(stream);
    expect(Buffer.from(stdout, 'latin1').toString('utf8')).toBe(words.map((word) => `[${word}]`).join(''));
  });

  test('carries bytes both ways, as they are, and the end of the input', async () => {
    const input = Buffer.from(
      Array.from({ length: 100_000 }, (_, index) => (index * 31 + (index >> 9)) % 256),
    );
    const stream = await connection.start(['cat']);
    stream.stdin.end(input);
    const { stdout, end } = await finish(stream);
    expect({ same: stdout === text(input), end }).toEqual({ same: true, end: { code: 0 } });
  });

  test('carries megabytes to a slow reader without keeping them in memory', async () => {
    const stream = await connection.start(['sh', '-c', 'sleep 0.3; wc -c']);
    const piece = Buffer.alloc(256 * 1024);
    let waited = 0;
    for (let index = 0; index < 64; index += 1) {
      if (stream.stdin.write(piece)) continue;
      waited += 1;
      await new Promise((resolve) => stream.stdin.once('drain', resolve));
    }
    stream.stdin.end();
    expect((await finish(stream)).stdout.trim()).toBe(String(64 * piece.length));
    expect(waited).toBeGreaterThan(0);
  });

  test('never calls death by a signal a success', async () => {
    const { end } = await finish(await connection.start(['sh', '-c', 'kill -9 $$']));
    expect(
      end.signal === 'KILL' || end.signal === 'SIGKILL' || end.code === 137 || (end.code ?? 0) > 128,
    ).toBe(true);
  });

  test('runs programs side by side', async () => {
    const streams = await Promise.all(
      ['one', 'two', 'three'].map((word) => connection.start(['echo', word])),
    );
    expect((await Promise.all(streams.map(finish))).map(({ stdout }) => stdout)).toEqual([
      'one\n',
      'two\n',
      'three\n',
    ]);
  });

  test('lets go of a program at once', async () => {
    const stream = await connection.start(['cat']);
    stream.destroy();
    await stream.ended;
    expect((await finish(await connection.start(['echo', 'still here']))).stdout).toBe('still here\n');
  });

  test('carries a session, with jobs sent ahead', async () => {
    const session = await openSession(connection);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        session.run({ script: { text: `echo ${index}; cat`, input: Buffer.from(`<${index}>`) } }),
      ),
    );
    expect(outcomes.map(summary)).toEqual(
      Array.from({ length: 30 }, (_, index) => ({ rc: 0, stdout: `${index}\n<${index}>`, stderr: '' })),
    );
    await session.close();
  });

  test('is closed for good after close', async () => {
    const other = await subject.transport.open(subject.target);
    const stream = await other.start(['cat']);
    await other.close();
    expect(await other.closed).toBeUndefined();
    await stream.ended;
  });
}
