import type { Job } from '../../shell/session.ts';

type Listener = NonNullable<Job['onOutput']>;

/** Output of a job that runs before its task has begun for whoever listens: held back, in bounded memory, and passed on then. */
export interface HeldOutput {
  readonly take: Listener;
  /** Passes on what was held, and from now on everything as it comes; undefined: nobody listens. */
  readonly release: (listener: Listener | undefined) => void;
}

const LIMIT = 1024 * 1024;

export function holdOutput(): HeldOutput {
  const held: [stream: 'stdout' | 'stderr', chunk: Uint8Array][] = [];
  let size = 0;
  let listener: Listener | undefined;
  let released = false;
  return {
    take: (stream, chunk) => {
      if (released) return listener?.(stream, chunk);
      if (size + chunk.length > LIMIT) return;
      size += chunk.length;
      held.push([stream, Buffer.from(chunk)]);
    },
    release: (to) => {
      released = true;
      listener = to;
      for (const [stream, chunk] of held.splice(0)) to?.(stream, chunk);
    },
  };
}
