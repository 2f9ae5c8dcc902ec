import { randomBytes } from 'node:crypto';
import type { RemoteStream, StreamEnd } from '../core/connection.ts';
import { write, writeInput } from './feeder.ts';
import { type Chain, emptyCaptures, encodeBatch, type Frame, inputSize } from './frame.ts';
import { createMarkerScanner } from './marker-scanner.ts';

/** How one job ended on the host. */
export interface FrameEnd {
  /** `skipped` where a job before it had failed. */
  readonly rc: number | 'skipped';
  readonly timedOut: boolean;
}

export interface ChannelEvents {
  /** Both streams of the job are complete. `last`: the loop has ended on purpose after it; what was sent behind it did not run. */
  readonly onDone: (frame: Frame, end: FrameEnd, last: boolean) => void;
  /** The host sent what a loop does not send. */
  readonly onGarbage: (said: string) => void;
  /** A job's input could not be sent whole; it will not see the end of it, and nothing behind it runs. */
  readonly onInputFailed: (frame: Frame, error: Error) => void;
  readonly onEnd: (end: StreamEnd) => void;
}

/** A running loop on the host. */
export interface Channel {
  /** Sends jobs in one write, the inputs behind it. `chain` tells a new loop how the jobs before them ended. */
  readonly send: (frames: readonly Frame[], chain: Chain | undefined) => void;
  readonly destroy: () => void;
}

/** Speaks with a loop that has said hello. */
export function openChannel(stream: RemoteStream, events: ChannelEvents): Channel {
  const nonce = randomBytes(16).toString('hex');
  const frames: Frame[] = [];
  const ends = new Map<Frame, FrameEnd & { readonly last: boolean }>();
  let over = false;
  let stderrAt = 0;
  let stdoutAt = 0;
  let writing: Promise<void> = write(stream.stdin, `${nonce}\n`);

  const garbage = (said: string) => {
    if (over) return;
    close();
    events.onGarbage(said);
  };
  const close = () => {
    over = true;
    stream.destroy();
  };
  const settle = () => {
    // Jobs end in order; each is complete when both streams have passed its marker.
    while (!over && frames.length > 0 && stdoutAt > 0 && stderrAt > 0) {
      const frame = frames.shift() as Frame;
      stdoutAt -= 1;
      stderrAt -= 1;
      const end = ends.get(frame);
      ends.delete(frame);
      if (!end) return garbage('the end of a job without its status');
      if (end.last) close();
      events.onDone(frame, end, end.last);
    }
  };
  const scan = (name: 'stdout' | 'stderr', position: () => number, advance: () => void) =>
    createMarkerScanner(nonce, {
      onBytes: (bytes) => {
        const frame = over ? undefined : frames[position()];
        // Between jobs nobody of ours speaks; what a stray process says there belongs to no job.
        if (!frame) return;
        frame[name].add(bytes);
        frame.job.onOutput?.(name, bytes);
      },
      onMarker: (words) => {
        const frame = over ? undefined : frames[position()];
        if (over) return;
        if (!frame || words[0] !== String(frame.id)) return garbage(words.join(' '));
        if (name === 'stdout') {
          const end = parseEnd(words);
          if (!end) return garbage(words.join(' '));
          ends.set(frame, end);
        }
        advance();
        settle();
      },
      onGarbage: garbage,
    });

  const advanceStdout = () => {
    stdoutAt += 1;
  };
  const advanceStderr = () => {
    stderrAt += 1;
  };
  stream.stdout.on(
    'data',
    scan('stdout', () => stdoutAt, advanceStdout),
  );
  stream.stderr.on(
    'data',
    scan('stderr', () => stderrAt, advanceStderr),
  );
  void stream.ended.then((end) => {
    if (over) return;
    close();
    events.onEnd(end);
  });

  const transmit = async (batch: readonly Frame[], chain: Chain | undefined) => {
    await write(stream.stdin, encodeBatch(batch, nonce, chain));
    for (const frame of batch) {
      const { input } = frame.job.script;
      if (over) return;
      if (input === undefined || inputSize(frame.job) === 0) continue;
      try {
        await writeInput(stream.stdin, input, () => !over);
      } catch (thrown) {
        over || events.onInputFailed(frame, thrown as Error);
        // Without the nonce behind its input the host ends the job, and its loop.
        stream.stdin.end();
        return;
      }
      await write(stream.stdin, `${nonce}\n`);
    }
  };

  return {
    send: (batch, chain) => {
      for (const frame of batch) Object.assign(frame, emptyCaptures(frame.job));
      frames.push(...batch);
      writing = writing.then(() => (over ? undefined : transmit(batch, chain)));
    },
    destroy: close,
  };
}

function parseEnd(words: readonly string[]): (FrameEnd & { readonly last: boolean }) | undefined {
  const [, status = '', flags = ''] = words;
  if (!/^(s|\d{1,3})$/.test(status) || !/^-?[TB]*$/.test(flags)) return undefined;
  return {
    rc: status === 's' ? 'skipped' : Number(status),
    timedOut: flags.includes('T'),
    last: flags.includes('B'),
  };
}
