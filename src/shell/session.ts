import type { JobOutput, Script } from '../core/script.ts';

/** One script to run on a host, and how. */
export interface Job {
  readonly script: Script;
  /** Seconds until the whole remote process group is ended; undefined: no limit. */
  readonly timeoutSeconds?: number;
  /** Bytes kept of each stream, half from the beginning and half from the end; default 4 MiB. */
  readonly outputLimit?: number;
  /** Called with output as it comes. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** Environment variables for this job alone. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The script is the program's own and may run in a fork of the loop's shell, at a third of the cost of a shell of its own. Not with a time
   * limit: it has no process group that could be ended.
   */
  readonly inline?: boolean;
  /** Runs only where the job sent before it ended with status 0; otherwise resolves with `skipped`. For frames sent ahead. */
  readonly onlyAfterSuccess?: boolean;
}

/** What a job gave, or that it did not run because the one before it failed. */
export type JobOutcome = JobOutput | 'skipped';

/**
 * One persistent `sh` on a host, as one user. Jobs run one after the other in the order of `run` calls; calls need not wait for each
 * other: frames are sent ahead. Rejects with a HostwrightError `unreachable` when the link is lost; what was running then is not known.
 */
export interface Session {
  readonly run: (job: Job) => Promise<JobOutcome>;
  readonly close: () => Promise<void>;
}
