import { homedir } from 'node:os';
import type { ConnectionTarget, HostKeyPolicy } from '../core/connection.ts';
import { badOption } from './problems.ts';

/** What of ssh_config(5) a connection needs beyond its target. */
export interface SshSettings {
  readonly target: ConnectionTarget;
  /** The name to look up in known_hosts, where it is not the host's. */
  readonly hostKeyAlias: string | undefined;
  readonly keepaliveSeconds: number;
  readonly keepaliveCount: number;
  /** False where only the named key file may be used. */
  readonly useAgent: boolean;
  /** Hosts on the way, the first nearest to us. */
  readonly jumps: readonly JumpHost[];
  /** A program whose standard streams lead to the host, with its tokens replaced. */
  readonly proxyCommand: string | undefined;
}

export interface JumpHost {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
}

type Change = (settings: SshSettings, value: string) => SshSettings;

/** Options of ssh_config(5) that are honoured, by their lower-case name. The inventory's own variables are already in the target. */
const OPTIONS: Readonly<Record<string, Change>> = {
  hostname: target((value) => ({ host: value })),
  user: target((value) => ({ user: value })),
  port: target((value) => ({ port: wholeNumber(value, 1, 65535) })),
  identityfile: target((value) => ({ privateKeyFile: expandHome(value) })),
  connecttimeout: target((value) => ({ connectTimeoutSeconds: wholeNumber(value, 1, 86_400) })),
  stricthostkeychecking: policy((value) => ({ mode: hostKeyMode(value) })),
  userknownhostsfile: policy((value) => ({
    files: value === 'none' ? [] : value.split(/\s+/).map(expandHome),
  })),
  globalknownhostsfile: (settings, value) => {
    const more = value === 'none' ? [] : value.split(/\s+/).map(expandHome);
    return policy(() => ({ files: [...settings.target.hostKeys.files, ...more] }))(settings, value);
  },
  hostkeyalias: (settings, value) => ({ ...settings, hostKeyAlias: value }),
  serveraliveinterval: (settings, value) => ({
    ...settings,
    keepaliveSeconds: wholeNumber(value, 0, 86_400),
  }),
  serveralivecountmax: (settings, value) => ({ ...settings, keepaliveCount: wholeNumber(value, 1, 1000) }),
  identitiesonly: (settings, value) => ({ ...settings, useAgent: !yesOrNo(value) }),
  identityagent: (settings, value) => ({
    ...settings,
    useAgent: value.toLowerCase() !== 'none' && same(value, 'SSH_AUTH_SOCK'),
  }),
  proxyjump: (settings, value) => ({
    ...settings,
    jumps: value === 'none' ? [] : value.split(',').map(jumpHost),
  }),
  proxycommand: (settings, value) => ({ ...settings, proxyCommand: value === 'none' ? undefined : value }),
  // What holds here anyway.
  batchmode: always('yes'),
  forwardagent: always('no'),
  forwardx11: always('no'),
  compression: always('no'),
  requesttty: always('no'),
  gssapiauthentication: always('no'),
  checkhostip: always('no'),
  tcpkeepalive: always('yes', 'no'),
  loglevel: always('fatal', 'error', 'info', 'quiet', 'verbose'),
  // One connection serves a whole run, so that there is nothing to share.
  controlmaster: always('no', 'auto', 'yes'),
  controlpersist: (settings) => settings,
  controlpath: (settings) => settings,
};

/** Applies the target's ssh options. Throws a HostwrightError that names the option which cannot be honoured. */
export function readSshSettings(from: ConnectionTarget): SshSettings {
  const initial: SshSettings = {
    target: from,
    hostKeyAlias: undefined,
    keepaliveSeconds: 10,
    keepaliveCount: 3,
    useAgent: true,
    jumps: [],
    proxyCommand: undefined,
  };
  return Object.entries(from.sshOptions).reduce((settings, [name, value]) => {
    const option = Object.hasOwn(OPTIONS, name.toLowerCase()) ? OPTIONS[name.toLowerCase()] : undefined;
    if (!option) throw badOption(from, name, value, 'cannot be honoured by connection ssh');
    try {
      return option(settings, value);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      throw badOption(from, name, value, thrown.message, 'See ssh_config(5) for what it may be.');
    }
  }, initial);
}

function target(change: (value: string) => Partial<ConnectionTarget>): Change {
  return (settings, value) => ({ ...settings, target: { ...settings.target, ...change(value) } });
}

function policy(change: (value: string) => Partial<HostKeyPolicy>): Change {
  return (settings, value) => ({
    ...settings,
    target: { ...settings.target, hostKeys: { ...settings.target.hostKeys, ...change(value) } },
  });
}

function always(...values: readonly string[]): Change {
  return (settings, value) => {
    if (!values.includes(value.toLowerCase()))
      throw new RangeError(`cannot be honoured: it is always ${values.join(' or ')} here`);
    return settings;
  };
}

function same(value: string, expected: string): boolean {
  if (value !== expected) throw new RangeError(`cannot be honoured: only ${expected} and none are known`);
  return true;
}

/** `[user@]host[:port]`, or the same as an ssh:// address. */
function jumpHost(value: string): JumpHost {
  const found = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@/]+))(?::(\d+))?\/?$/.exec(value.trim());
  if (!found) throw new RangeError('is not of the form user@host:port');
  const [, user, bracketed, plain, port] = found;
  return {
    user,
    host: bracketed ?? (plain as string),
    port: port === undefined ? 22 : wholeNumber(port, 1, 65535),
  };
}

function wholeNumber(value: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new RangeError(`is not a whole number from ${least} to ${most}`);
  return number;
}

function yesOrNo(value: string): boolean {
  if (!/^(yes|no|true|false)$/i.test(value)) throw new RangeError('is neither yes nor no');
  return /^(yes|true)$/i.test(value);
}

function hostKeyMode(value: string): HostKeyPolicy['mode'] {
  const mode = value.toLowerCase();
  if (mode === 'true') return 'yes';
  if (mode === 'false' || mode === 'off') return 'no';
  if (mode === 'yes' || mode === 'no' || mode === 'ask' || mode === 'accept-new') return mode;
  throw new RangeError('is none of yes, accept-new, ask and no');
}

function expandHome(path: string): string {
  const plain = path.replace(/^"(.*)"$/, '$1');
  return plain.startsWith('~/') ? `${homedir()}${plain.slice(1)}` : plain;
}
