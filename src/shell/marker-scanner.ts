/** What a stream says, taken apart: a job's own bytes, and the ends of jobs. */
export interface ScannerEvents {
  readonly onBytes: (bytes: Uint8Array) => void;
  /** The words after the nonce. */
  readonly onMarker: (words: readonly string[]) => void;
  /** Text after the nonce that no loop prints. */
  readonly onGarbage: (text: string) => void;
}

/** No marker is longer than this after its nonce. */
const MARKER_LIMIT = 64;

/**
 * Finds `nonce words\n` in a stream, however its bytes are cut into chunks, and whether or not a newline stands before it.
 * The nonce is known to the loop and to us alone, so that no output can be taken for a marker.
 */
export function createMarkerScanner(nonce: string, events: ScannerEvents): (chunk: Buffer) => void {
  const needle = Buffer.from(nonce);
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const at = data.indexOf(needle);
      if (at < 0) break;
      const end = data.indexOf(10, at + needle.length);
      if (at > 0) events.onBytes(data.subarray(0, at));
      data = data.subarray(at);
      if (end < 0) {
        if (data.length > needle.length + MARKER_LIMIT) {
          events.onGarbage(data.toString('latin1', needle.length, needle.length + MARKER_LIMIT));
          data = Buffer.alloc(0);
        }
        rest = Buffer.from(data);
        return;
      }
      const words = data.toString('latin1', needle.length, end - at);
      data = data.subarray(end - at + 1);
      events.onMarker(words.trim().split(' '));
    }
    // What could be the beginning of a nonce waits for the next chunk; everything else goes out at once.
    const kept = partialLength(data, needle);
    if (data.length > kept) events.onBytes(data.subarray(0, data.length - kept));
    rest = kept === 0 ? Buffer.alloc(0) : Buffer.from(data.subarray(data.length - kept));
  };
}

/** How many bytes at the end of `data` are a beginning of `needle`. */
function partialLength(data: Buffer, needle: Buffer): number {
  for (let length = Math.min(data.length, needle.length - 1); length > 0; length -= 1) {
    if (data.subarray(data.length - length).equals(needle.subarray(0, length))) return length;
  }
  return 0;
}
