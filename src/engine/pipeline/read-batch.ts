import { randomBytes } from 'node:crypto';
import type { HostRead } from '../../core/read.ts';
import type { Captured, JobOutput } from '../../core/script.ts';
import { statsOfMany } from '../../facts/path-look.ts';
import type { Job } from '../../shell/session.ts';

/** Many reads as one job: what they ask for together costs the host a process or two, and a part of its own half a process. */
export interface ReadBatch {
  readonly job: Job;
  /** What each read printed; undefined where the output was too long to be kept whole, or is not what the batch prints. */
  readonly split: (output: JobOutput) => readonly JobOutput[] | undefined;
}

/** Bytes of each stream of a batch that are kept. */
const LIMIT = 32 * 1024 * 1024;

/**
 * Each read runs in a subshell; those that can share a shell come behind them in one. After each, its status and a nonce on both streams
 * tell where its output ends. Behind all of it come the contents of files that were left for the end.
 */
export function batchReads(reads: readonly HostRead<unknown>[]): ReadBatch {
  const nonce = randomBytes(12).toString('hex');
  const alone = reads.flatMap((read, index) => (read.sharesShell ? [] : [index]));
  const together = reads.flatMap((read, index) => (read.sharesShell ? [index] : []));
  const textOf = (index: number) => (reads[index] as HostRead<unknown>).script.text;
  const mark = `printf '${nonce}%s\\n' "$?"; printf '${nonce}\\n' >&2`;
  const paths = together.map((index) => reads[index]?.sharesShell?.path ?? null);
  const text = [
    ...alone.map((index) => `(\n${textOf(index)}\n)\n${mark}`),
    statsOfMany(paths).text,
    'set --; hw_later=1',
    ...together.map((index, place) => `hw_stat=$hw_stat${place}\n{\n${textOf(index)}\n}\n${mark}`),
    'if [ $# -gt 0 ]; then cat -- "$@"; fi',
  ].join('\n');
  const order = [...alone, ...together];
  return {
    job: { script: { text }, outputLimit: LIMIT, inline: true },
    split: (output) => {
      const stdout = splitAt(output.stdout, nonce);
      const stderr = splitAt(output.stderr, nonce);
      if (stdout?.parts.length !== reads.length || stderr?.parts.length !== reads.length) return undefined;
      const printed = withContents(stdout);
      if (!printed) return undefined;
      const outputs: JobOutput[] = [];
      for (const [place, index] of order.entries()) {
        outputs[index] = {
          rc: Number(stdout.parts[place]?.word),
          stdout: whole(printed[place] as Uint8Array),
          stderr: whole(stderr.parts[place]?.bytes ?? new Uint8Array()),
          durationMs: output.durationMs,
          timedOut: false,
        };
      }
      return outputs;
    },
  };
}

interface Split {
  readonly parts: readonly Part[];
  /** What stands behind the last nonce. */
  readonly rest: Buffer;
}

interface Part {
  readonly bytes: Buffer;
  /** What stands between the nonce and the end of its line. */
  readonly word: string;
}

function splitAt(captured: Captured, nonce: string): Split | undefined {
  if (captured.omitted > 0) return undefined;
  const all = Buffer.from(captured.bytes.buffer, captured.bytes.byteOffset, captured.bytes.byteLength);
  const parts: Part[] = [];
  let start = 0;
  for (;;) {
    const at = all.indexOf(nonce, start, 'latin1');
    if (at < 0) return { parts, rest: all.subarray(start) };
    const end = all.indexOf(10, at);
    if (end < 0) return undefined;
    parts.push({ bytes: all.subarray(start, at), word: all.toString('latin1', at + nonce.length, end) });
    start = end + 1;
  }
}

const LATER = /later=(\d{1,12})\0$/;
const CONTENT = Buffer.from('content=');

/** Puts the contents that were left for the end where they belong; undefined where their sizes are not what they were. */
function withContents({ parts, rest }: Split): readonly Uint8Array[] | undefined {
  let used = 0;
  const printed = parts.map(({ bytes }) => {
    const later = LATER.exec(bytes.toString('latin1', Math.max(0, bytes.length - 20)));
    if (!later) return bytes;
    const size = Number(later[1]);
    const content = rest.subarray(used, used + size);
    used += size;
    return Buffer.concat([bytes.subarray(0, bytes.length - later[0].length), CONTENT, content]);
  });
  return used === rest.length ? printed : undefined;
}

function whole(bytes: Uint8Array): Captured {
  return { bytes, omitted: 0, gapAt: bytes.length };
}
