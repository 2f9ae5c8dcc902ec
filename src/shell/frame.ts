import { type JobOutput, sizeOfInput } from '../core/script.ts';
import { type Capture, createCapture } from './capture.ts';
import { watchdogPrologue } from './host-loop.ts';
import { badEnvironmentName, nulInScript } from './problems.ts';
import type { Job, JobOutcome } from './session.ts';
import { quote } from './sh.ts';

/** Bytes kept of each stream where a job does not say. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** Linux refuses a single argument or environment string above 128 KiB; longer scripts go through a pipe. */
const ENVIRONMENT_LIMIT = 120_000;

/** A job on its way: what is sent for it and what came back so far. */
export interface Frame {
  readonly id: number;
  readonly job: Job;
  /** What the job's shell runs. */
  readonly text: string;
  stdout: Capture;
  stderr: Capture;
  /** Milliseconds of the monotonic clock when it could begin: it was sent, and the one before it had ended. */
  startedAt: number;
  readonly resolve: (outcome: JobOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** Whether the frames since the last unconditional one all succeeded. */
export type Chain = 'succeeded' | 'failed';

/** Throws a HostwrightError for what no shell could run. */
export function createFrame(id: number, job: Job, settle: Pick<Frame, 'resolve' | 'reject'>): Frame {
  const exports = Object.entries(job.environment ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw badEnvironmentName(name);
    return `export ${name}=${quote(value)}`;
  });
  if (job.script.text.includes('\0')) throw nulInScript(job.script.text);
  const limit = timeLimit(job);
  const watchdog = limit === undefined ? [] : [watchdogPrologue(limit)];
  const text = [...watchdog, ...exports, job.script.text].join('\n');
  return { id, job, text, ...emptyCaptures(job), startedAt: 0, ...settle };
}

/** Captures with nothing in them, for a job that begins (again). */
export function emptyCaptures(job: Job): Pick<Frame, 'stdout' | 'stderr'> {
  const limit = job.outputLimit ?? OUTPUT_LIMIT;
  return { stdout: createCapture(limit), stderr: createCapture(limit) };
}

/** Seconds, a hundredth at least; undefined where there is no limit, which 0 means as well. */
export function timeLimit(job: Job): number | undefined {
  const seconds = job.timeoutSeconds;
  return seconds === undefined || !(seconds > 0) || seconds === Infinity
    ? undefined
    : Math.max(0.01, seconds);
}

/** Bytes of a job's input. */
export function inputSize(job: Job): number {
  return sizeOfInput(job.script.input);
}

/** The header and the text of a batch; the inputs of its jobs follow it on the wire. */
export function encodeBatch(frames: readonly Frame[], nonce: string, chain?: Chain): Buffer {
  const calls = frames.map((frame) => {
    const conditional = frame.job.onlyAfterSuccess ? 1 : 0;
    const hundredths = Math.round((timeLimit(frame.job) ?? 0) * 100);
    return `j ${frame.id} ${conditional} ${inputSize(frame.job)} ${hundredths} ${kindOf(frame)} ${quote(frame.text)}`;
  });
  const before = chain === undefined ? '' : `hw_o=${chain === 'succeeded' ? 't' : 'f'}\n`;
  const batch = Buffer.from(`${before}${calls.join('\n')}\n#${nonce}`);
  return Buffer.concat([Buffer.from(`${batch.length}\n`), batch]);
}

/** What a job that ended with this status and these flags gave. */
export function jobOutput(frame: Frame, rc: number, timedOut: boolean, now: number): JobOutput {
  return {
    rc,
    stdout: frame.stdout.take(),
    stderr: frame.stderr.take(),
    durationMs: Math.max(0, now - frame.startedAt),
    timedOut,
  };
}

/** How the loop runs a job; see `host-loop.ts`. */
function kindOf({ job, text }: Frame): 'f' | 'p' | 'e' {
  if (job.inline && timeLimit(job) === undefined) return 'f';
  return Buffer.byteLength(text) > ENVIRONMENT_LIMIT ? 'p' : 'e';
}
