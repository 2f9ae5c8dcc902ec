import type { ConnectionTarget, HostKeyPolicy } from '../core/connection.ts';
import { type AlgorithmKind, algorithmList } from './ssh-algorithms.ts';
import { expandTokens } from './ssh-config/tokens.ts';
import { namesOf, type SshSettings } from './ssh-settings.ts';
import * as values from './ssh-values.ts';

/** What an option makes of the settings. Throws a RangeError that says what is wrong with the value. */
export type Change = (settings: SshSettings, words: readonly string[]) => SshSettings;

/** Options of ssh_config(5) that are honoured, by their lower-case name; names and addresses before what is built from them. */
export const OPTIONS: Readonly<Record<string, Change>> = {
  hostname: target((value, settings) => ({ host: expandTokens(value, namesOf(settings)) })),
  user: target((value) => ({ user: value })),
  port: target((value) => ({ port: values.wholeNumber(value, 1, 65535) })),
  hostkeyalias: one((value) => ({ hostKeyAlias: value })),
  proxyjump: one((value, settings) => ({ jumps: values.jumpHosts(value, settings) })),
  proxycommand: (settings, words) => {
    const value = words.join(' ');
    return { ...settings, proxyCommand: value.toLowerCase() === 'none' ? undefined : value };
  },
  identityfile: (settings, words) => {
    const named = values.files(words, settings);
    return { ...settings, identityFiles: [...(settings.identityFiles ?? []), ...named] };
  },
  identitiesonly: one((value) => ({ identitiesOnly: values.yesOrNo(value) })),
  identityagent: one((value, settings) => ({ agent: values.agentSocket(value, settings) })),
  connecttimeout: target((value) => ({ connectTimeoutSeconds: values.seconds(value, 1, 86_400) })),
  connectionattempts: one((value) => ({ connectionAttempts: values.wholeNumber(value, 1, 1000) })),
  stricthostkeychecking: policy((value) => ({ mode: values.hostKeyMode(value) })),
  hashknownhosts: one((value) => ({ hashKnownHosts: values.yesOrNo(value) })),
  serveraliveinterval: one((value) => ({ keepaliveSeconds: values.seconds(value, 0, 86_400) })),
  serveralivecountmax: one((value) => ({ keepaliveCount: values.wholeNumber(value, 1, 1000) })),
  preferredauthentications: one((value, settings) => ({ methods: values.preferredMethods(value, settings) })),
  pubkeyauthentication: allow('publickey'),
  passwordauthentication: allow('password'),
  kbdinteractiveauthentication: allow('keyboard-interactive'),
  challengeresponseauthentication: allow('keyboard-interactive'),
  hostkeyalgorithms: algorithms('hostKey'),
  kexalgorithms: algorithms('kex'),
  ciphers: algorithms('cipher'),
  macs: algorithms('mac'),
  addressfamily: one((value) => ({ addressFamily: values.addressFamily(value) })),
  bindaddress: one((value) => ({ bindAddress: value })),
  certificatefile: unused('CertificateFile'),
  pkcs11provider: unused('PKCS11Provider'),
  securitykeyprovider: unused('SecurityKeyProvider'),
  hostbasedauthentication: unused('HostbasedAuthentication', 'no'),
  // What cannot be honoured, and would change who is trusted or what is run.
  canonicalizehostname: only('no', 'none', 'false'),
  proxyusefdpass: only('no', 'false'),
  remotecommand: only('none'),
  revokedhostkeys: only('none'),
  verifyhostkeydns: only('no', 'ask', 'false'),
  knownhostscommand: only('none'),
  refuseconnection: only(),
  // Whatever it says, one connection serves a whole run, and the terminal is ours.
  controlmaster: only('no', 'auto', 'yes', 'ask', 'autoask', 'false', 'true'),
  controlpersist: (settings) => settings,
  controlpath: (settings) => settings,
  tcpkeepalive: only('yes', 'no', 'true', 'false'),
  loglevel: only('quiet', 'fatal', 'error', 'info', 'verbose', 'debug', 'debug1', 'debug2', 'debug3'),
};

/** What holds here anyway: a host's own option that says otherwise is an error; in a file it is passed over. */
export const FIXED: Readonly<Record<string, Change>> = {
  batchmode: only('yes'),
  forwardagent: only('no'),
  forwardx11: only('no'),
  compression: only('no'),
  requesttty: only('no'),
  gssapiauthentication: only('no'),
  checkhostip: only('no'),
};

function one(change: (value: string, settings: SshSettings) => Partial<SshSettings>): Change {
  return (settings, words) => ({ ...settings, ...change(words.join(' '), settings) });
}

function target(change: (value: string, settings: SshSettings) => Partial<ConnectionTarget>): Change {
  return one((value, settings) => ({ target: { ...settings.target, ...change(value, settings) } }));
}

function policy(change: (value: string) => Partial<HostKeyPolicy>): Change {
  return target((value, { target: { hostKeys } }) => ({ hostKeys: { ...hostKeys, ...change(value) } }));
}

function allow(method: string): Change {
  return one((value, { methods }) =>
    values.yesOrNo(value) ? {} : { methods: methods.filter((word) => word !== method) },
  );
}

function algorithms(kind: AlgorithmKind): Change {
  return one((value, settings) => {
    // Found out now, not when the host is asked.
    algorithmList(kind, value);
    return { algorithms: { ...settings.algorithms, [kind]: value } };
  });
}

function unused(name: string, ...without: readonly string[]): Change {
  return one((value, settings) =>
    ['none', ...without].includes(value.toLowerCase())
      ? {}
      : { withoutEffect: [...settings.withoutEffect, name] },
  );
}

function only(...allowed: readonly string[]): Change {
  return (settings, words) => {
    if (allowed.includes(words.join(' ').toLowerCase())) return settings;
    const always =
      allowed.length === 0 ? 'it has no meaning here' : `it is always ${allowed.join(' or ')} here`;
    throw new RangeError(`cannot be honoured: ${always}`);
  };
}
