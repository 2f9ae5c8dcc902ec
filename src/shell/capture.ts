import type { Captured } from '../core/script.ts';

/** Keeps the beginning and the end of a stream in bounded memory. */
export interface Capture {
  readonly add: (chunk: Uint8Array) => void;
  readonly take: () => Captured;
}

/** A capture that holds `limit` bytes at most, half from the beginning and half from the end. */
export function createCapture(limit: number): Capture {
  const headLimit = Math.ceil(limit / 2);
  const tailLimit = limit - headLimit;
  let kept = Buffer.alloc(0);
  let total = 0;

  const reserve = (size: number) => {
    if (size <= kept.length) return;
    const larger = Buffer.allocUnsafe(Math.min(limit, Math.max(size, 2 * kept.length, 256)));
    kept.copy(larger, 0, 0, Math.min(total, kept.length));
    kept = larger;
  };
  /** Behind the head the memory is a ring: byte `n` of the tail lies at `n` modulo its size. */
  const addToTail = (bytes: Uint8Array) => {
    const skipped = Math.max(0, bytes.length - tailLimit);
    let from = skipped;
    let at = (total - headLimit + skipped) % tailLimit;
    while (from < bytes.length) {
      const size = Math.min(bytes.length - from, tailLimit - at);
      kept.set(bytes.subarray(from, from + size), headLimit + at);
      from += size;
      at = (at + size) % tailLimit;
    }
    total += bytes.length;
  };

  return {
    add: (chunk) => {
      reserve(Math.min(limit, total + chunk.length));
      const forHead = Math.max(0, Math.min(headLimit - total, chunk.length));
      kept.set(chunk.subarray(0, forHead), total < headLimit ? total : 0);
      total += forHead;
      if (chunk.length === forHead) return;
      if (tailLimit > 0) addToTail(chunk.subarray(forHead));
      else total += chunk.length - forHead;
    },
    take: () => {
      if (total <= limit) return { bytes: Buffer.from(kept.subarray(0, total)), omitted: 0, gapAt: total };
      const oldest = headLimit + (tailLimit > 0 ? (total - headLimit) % tailLimit : 0);
      const parts = [
        kept.subarray(0, headLimit),
        kept.subarray(oldest, limit),
        kept.subarray(headLimit, oldest),
      ];
      return { bytes: Buffer.concat(parts), omitted: total - limit, gapAt: headLimit };
    },
  };
}
