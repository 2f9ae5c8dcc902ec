import type { ConnectionTarget } from '../core/connection.ts';
import type { HostNames } from './ssh-config/tokens.ts';

/** What of ssh_config(5) a connection needs beyond its target. */
export interface SshSettings {
  readonly target: ConnectionTarget;
  /** The target before options and files had their say. */
  readonly wanted: ConnectionTarget;
  /** The host as the inventory has it, before HostName. */
  readonly originalHost: string;
  /** The name to look up in known_hosts, where it is not the host's. */
  readonly hostKeyAlias: string | undefined;
  /** Whether names of new hosts are stored so that nobody can read them. */
  readonly hashKnownHosts: boolean;
  readonly keepaliveSeconds: number;
  readonly keepaliveCount: number;
  /** How often a connection is tried. */
  readonly connectionAttempts: number;
  /** The agent's socket; undefined where none is to be asked. */
  readonly agent: string | undefined;
  /** True where the agent may offer only keys that are named by files. */
  readonly identitiesOnly: boolean;
  /** Key files to try where the target names none; undefined for the usual ones. */
  readonly identityFiles: readonly string[] | undefined;
  /** Methods that may be tried, in their order. */
  readonly methods: readonly string[];
  readonly algorithms: {
    readonly hostKey?: string;
    readonly kex?: string;
    readonly cipher?: string;
    readonly mac?: string;
  };
  /** 4, 6, or 0 for both. */
  readonly addressFamily: 0 | 4 | 6;
  /** Address of this machine to connect from. */
  readonly bindAddress: string | undefined;
  /** Hosts on the way, the first nearest to us. */
  readonly jumps: readonly JumpHost[];
  /** A program whose standard streams lead to the host. */
  readonly proxyCommand: string | undefined;
  /** Options that offer a way to log in which this transport has not; named where the login fails. */
  readonly withoutEffect: readonly string[];
}

export interface JumpHost {
  readonly host: string;
  /** Undefined where nobody said which. */
  readonly port: number | undefined;
  readonly user: string | undefined;
}

/** Methods in their order; ssh asks questions before it gives a password, which takes a round trip more. */
export const METHODS = ['publickey', 'password', 'keyboard-interactive'];

/** Settings before any option. */
export function initialSettings(target: ConnectionTarget): SshSettings {
  return {
    target,
    wanted: target,
    originalHost: target.host,
    hostKeyAlias: undefined,
    hashKnownHosts: false,
    keepaliveSeconds: 10,
    keepaliveCount: 3,
    connectionAttempts: 1,
    agent: process.env.SSH_AUTH_SOCK || undefined,
    identitiesOnly: false,
    identityFiles: undefined,
    methods: METHODS,
    algorithms: {},
    addressFamily: 0,
    bindAddress: undefined,
    jumps: [],
    proxyCommand: undefined,
    withoutEffect: [],
  };
}

/** What tokens in values stand for. */
export function namesOf({ target, originalHost, hostKeyAlias, jumps }: SshSettings): HostNames {
  const proxyJump = jumps
    .map(({ user, host, port }) => `${user ? `${user}@` : ''}${host}${port ? `:${port}` : ''}`)
    .join(',');
  return { originalHost, host: target.host, port: target.port, user: target.user, hostKeyAlias, proxyJump };
}
