import type { Reporter } from '../core/event.ts';

/** Where a reporter writes: standard output, or a recorder in a test. */
export interface Output {
  readonly write: (text: string) => void;
  /** Size of the terminal now; 80 × 24 where it is none. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Calls back after each change of size; returns how to stop that. */
  readonly onResize: (listener: () => void) => () => void;
  readonly isTerminal: boolean;
  /** True where it is the process's own standard output, to which others may write too. */
  readonly ofProcess: boolean;
}

export interface ReporterOptions {
  readonly output: Output;
  readonly color: boolean;
  /** Number of `-v`. */
  readonly verbosity: number;
  /** Milliseconds; for what is drawn between events. */
  readonly now: () => number;
  /** How long it took in an earlier run, in milliseconds; undefined where nobody knows. */
  readonly expected?: Expected | undefined;
}

/** Durations of an earlier run of the same playbooks, in milliseconds. */
export interface Expected {
  readonly run: number;
  /** Only of tasks that took long enough to be waited for. */
  readonly task: (play: string, task: string) => number | undefined;
}

/** A reporter that can leave the terminal to a question for a while. */
export interface TerminalReporter extends Reporter {
  /** Takes the live part off the screen when everything so far is shown; gives how to bring it back. */
  readonly suspend?: () => Promise<() => void>;
}

export type CreateReporter = (options: ReporterOptions) => TerminalReporter;
