import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/** Somebody who may log in to a practice host. */
export interface PracticeUser {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  /** For password logins and for `sudo`; undefined: neither works with a password. */
  readonly password: string | undefined;
}

/** The size and kind of the terminal that a client asked for. */
export interface Terminal {
  readonly kind: string;
  readonly rows: number;
  readonly columns: number;
}

/** What a client wants to run: a command, or an interactive login shell. */
export interface Login {
  readonly user: PracticeUser;
  readonly command: string | undefined;
  readonly terminal: Terminal | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  /** Sends a signal to the program's process group on the host; does nothing when it is gone. */
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** Where the commands of a practice host run. */
export interface Place {
  readonly mode: 'namespace' | 'directory';
  /** Prefix for absolute paths that a playbook may write: empty where `/etc` itself may be written. */
  readonly root: string;
  /** True where `ip` can make interfaces and bridges, and `eth0` is there. */
  readonly network: boolean;
  /** True where users have user ids of their own, so that becoming another user is real. */
  readonly separateUsers: boolean;
  /** What is not possible here, one sentence each. */
  readonly notices: readonly string[];
  readonly start: (login: Login) => Program;
  /** Ends every process of the host and waits for it. */
  readonly close: () => Promise<void>;
  /** The same without waiting, for the moment when this process ends. */
  readonly closeNow: () => void;
}

/** Environment variable that every process of a practice host carries, with an id of the host as its value. */
export const hostMark = 'HOSTWRIGHT_PRACTICE';
