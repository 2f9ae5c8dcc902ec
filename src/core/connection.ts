import type { Readable, Writable } from 'node:stream';
import type { Secret } from './secret.ts';

/** How a host is reached: the meaning of its connection variables. */
export interface ConnectionTarget {
  /** The host's name in the inventory, for messages. */
  readonly name: string;
  /** Which transport opens it: `ssh`, `openssh`, `local`, … */
  readonly transport: string;
  /** Address or name to connect to. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: Secret;
  readonly privateKeyFile?: string;
  readonly privateKeyPassphrase?: Secret;
  readonly hostKeys: HostKeyPolicy;
  /** Seconds until the login must be complete. */
  readonly connectTimeoutSeconds: number;
  /** Seconds that the connection is kept for the next command when this one ends; undefined or 0: not at all. */
  readonly keepSeconds?: number;
  /** ssh_config options from ansible_ssh_common_args (`-o Name=value`), lower-case names. */
  readonly sshOptions: Readonly<Record<string, string>>;
  /** For container and namespace transports: the name of the container or namespace. */
  readonly container?: string;
  /** Present where the files of ssh_config(5) are to be read. */
  readonly sshConfig?: SshConfigUse;
  /** Asks a person; absent where nobody is there to answer. Rejects with a HostwrightError when interrupted. */
  readonly ask?: (question: string, echo: boolean) => Promise<string>;
}

/** How the files of ssh_config(5) count for a host. */
export interface SshConfigUse {
  /** The file to read instead of the user's and the system's; `none` for none. */
  readonly file?: string;
  /** Values of the target that nobody gave, so that the files may replace them. */
  readonly defaulted: readonly SshConfigValue[];
}

export type SshConfigValue =
  | 'port'
  | 'user'
  | 'privateKeyFile'
  | 'connectTimeoutSeconds'
  | 'hostKeyMode'
  | 'knownHosts';

export interface HostKeyPolicy {
  /** `yes`: must be known; `accept-new`: an unknown key is stored, a changed one refused; `no`: anything goes, loudly. */
  readonly mode: 'yes' | 'accept-new' | 'ask' | 'no';
  /** Files read in this order; a new key is appended to the first. */
  readonly files: readonly string[];
  /** The one key that is accepted (`ssh-ed25519 AAAA…`), whatever else is known and whatever the mode; nothing is stored then. */
  readonly pinned?: string;
}

/** How a stream's far end went away. */
export interface StreamEnd {
  /** Exit status of the far shell, where it told one. */
  readonly code?: number;
  readonly signal?: string;
  /** Why the connection broke, where it did. */
  readonly error?: Error;
}

/** The two ways of a program that runs on a host. */
export interface RemoteStream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<StreamEnd>;
  /** Ends it now, without waiting for the far side. */
  readonly destroy: () => void;
}

/** An open way to a host. */
export interface Connection {
  /** Starts a program given as argv; the transport quotes it. Rejects with a HostwrightError. */
  readonly start: (argv: readonly string[]) => Promise<RemoteStream>;
  /** Resolves when the connection is gone, with the reason where it broke. */
  readonly closed: Promise<Error | undefined>;
  readonly close: () => Promise<void>;
  /** The key by which the host proved who it is (`ssh-ed25519 AAAA…`), where the transport checks one itself. */
  readonly hostKey?: string;
}

/** A way to open connections, one small file each. */
export interface Transport {
  readonly name: string;
  /**
   * Finds what is wrong on this machine (keys, options) before any host is contacted; resolves with what a person should know about all
   * the same. Rejects with a HostwrightError.
   */
  readonly check?: (target: ConnectionTarget) => Promise<readonly string[]>;
  /** Rejects with a HostwrightError: code `unreachable`, `authentication-failed`, `host-key-…`. */
  readonly open: (target: ConnectionTarget) => Promise<Connection>;
}

/** Becoming another user on the host: one more argv in front of `sh`. */
export interface Privilege {
  readonly method: 'sudo' | 'su' | 'doas' | 'runuser';
  readonly user: string;
  readonly password?: Secret;
  /** More words for the method's command line. */
  readonly flags?: readonly string[];
}
