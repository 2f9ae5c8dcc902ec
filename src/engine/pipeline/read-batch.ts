import { randomBytes } from 'node:crypto';
import type { HostRead } from '../../core/read.ts';
import type { Captured, JobOutput } from '../../core/script.ts';
import type { Job } from '../../shell/session.ts';

/** Many reads as one job: a job of its own costs the host two processes, a part of one costs half a process. */
export interface ReadBatch {
  readonly job: Job;
  /** What each read printed; undefined where the output was too long to be kept whole, or is not what the batch prints. */
  readonly split: (output: JobOutput) => readonly JobOutput[] | undefined;
}

/** Bytes of each stream of a batch that are kept. */
const LIMIT = 32 * 1024 * 1024;

/** Each read runs in a subshell; behind it, its status and a nonce on both streams tell where its output ends. */
export function batchReads(reads: readonly HostRead<unknown>[]): ReadBatch {
  const nonce = randomBytes(12).toString('hex');
  const parts = reads.map(
    ({ script }) => `(\n${script.text}\n)\nprintf '${nonce}%s\\n' "$?"; printf '${nonce}\\n' >&2`,
  );
  return {
    job: { script: { text: parts.join('\n') }, outputLimit: LIMIT, inline: true },
    split: (output) => {
      const stdout = splitAt(output.stdout, nonce);
      const stderr = splitAt(output.stderr, nonce);
      if (stdout?.length !== reads.length || stderr?.length !== reads.length) return undefined;
      return stdout.map(({ bytes, word }, index) => ({
        rc: Number(word),
        stdout: whole(bytes),
        stderr: whole(stderr[index]?.bytes ?? new Uint8Array()),
        durationMs: output.durationMs,
        timedOut: false,
      }));
    },
  };
}

interface Part {
  readonly bytes: Uint8Array;
  /** What stands between the nonce and the end of its line. */
  readonly word: string;
}

function splitAt(captured: Captured, nonce: string): readonly Part[] | undefined {
  if (captured.omitted > 0) return undefined;
  const all = Buffer.from(captured.bytes);
  const parts: Part[] = [];
  let start = 0;
  for (;;) {
    const at = all.indexOf(nonce, start, 'latin1');
    if (at < 0) return parts;
    const end = all.indexOf(10, at);
    if (end < 0) return undefined;
    parts.push({ bytes: all.subarray(start, at), word: all.toString('latin1', at + nonce.length, end) });
    start = end + 1;
  }
}

function whole(bytes: Uint8Array): Captured {
  return { bytes, omitted: 0, gapAt: bytes.length };
}
