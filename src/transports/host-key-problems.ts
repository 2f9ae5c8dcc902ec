import type { ConnectionTarget, HostKeyPolicy } from '../core/connection.ts';
import { HostwrightError } from '../core/error.ts';
import { fingerprint, type KnownHost, keyType, knownHostName } from './known-hosts.ts';
import { place } from './problems.ts';

/** The words for everything that can be wrong with the key by which a host proves who it is. */

export function hostKeyUnknown(
  host: string,
  port: number,
  key: Buffer,
  policy: HostKeyPolicy,
  cause?: Error,
): HostwrightError {
  return new HostwrightError(
    'host-key-unknown',
    `The host key of ${knownHostName(host, port)} is not known: it is ${describeKey(key)}, and stands in none of ${usual(policy.files)}.`,
    {
      hint: 'Compare the fingerprint on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then add the key, or run with StrictHostKeyChecking=accept-new.',
      cause,
    },
  );
}

/** Without the older names that hardly anybody has files of. */
function usual(files: readonly string[]): string {
  return files.filter((file) => !file.endsWith('known_hosts2')).join(', ') || 'no file';
}

export function hostKeyChanged(
  host: string,
  port: number,
  key: Buffer,
  known: readonly KnownHost[],
): HostwrightError {
  const before = known.map((entry) => `${describeKey(entry.key)} in ${entry.file}:${entry.line}`).join(', ');
  return new HostwrightError(
    'host-key-changed',
    `The host key of ${knownHostName(host, port)} has changed: it shows ${describeKey(key)}, known is ${before || 'another one, from a moment ago'}.`,
    {
      hint: `Somebody may sit between, or the host was set up anew. Only when you know which: ssh-keygen -R '${knownHostName(host, port)}', and connect again.`,
    },
  );
}

/** For people: it works, and they should know what it costs. */
export function hostKeysUnchecked(target: ConnectionTarget): string {
  return `${place(target)}: its host key is not checked (StrictHostKeyChecking=no), so that whoever answers there gets the login and every command.`;
}

export function hostKeyNotPinned(host: string, port: number, key: Buffer, pinned: string): HostwrightError {
  const wanted = Buffer.from(pinned.split(' ')[1] ?? '', 'base64');
  return new HostwrightError(
    'host-key-changed',
    `${knownHostName(host, port)} shows the key ${describeKey(key)}, where only ${describeKey(wanted)} is accepted: it is another host.`,
    { hint: 'Nothing was sent to it. Look at who answers to this address.' },
  );
}

export function hostKeyRevoked(host: string, port: number, key: Buffer, by: KnownHost): HostwrightError {
  return new HostwrightError(
    'host-key-revoked',
    `${knownHostName(host, port)} shows the key ${describeKey(key)}, which ${by.file}:${by.line} marks as revoked.`,
    { hint: 'Somebody who stole that key may answer for the host. Give the host new keys.' },
  );
}

export function hostKeyCertified(host: string, port: number, by: KnownHost): HostwrightError {
  return new HostwrightError(
    'host-key-unsupported',
    `${knownHostName(host, port)} is known through the certificate authority in ${by.file}:${by.line} only, and host certificates are not supported here.`,
    { hint: 'Use connection openssh for this host, or add its own key to known_hosts.' },
  );
}

export function knownHostsUnreadable(file: string, cause: Error): HostwrightError {
  return new HostwrightError(
    'known-hosts',
    `${file} cannot be read, so that no host can be trusted: ${cause.message}.`,
    {
      hint: 'Make it readable, or name another file with --known-hosts.',
      cause,
    },
  );
}

export function knownHostsOpen(file: string): HostwrightError {
  return new HostwrightError(
    'known-hosts',
    `${file} can be written by anybody, so that no host in it can be trusted.`,
    { hint: `Make it yours alone: chmod 600 ${file}` },
  );
}

/** What a person is asked about a host that nobody knows. */
export function hostKeyQuestion(target: ConnectionTarget, key: Buffer): string {
  return `${place(target)} is not known. Its key is ${describeKey(key)}. Trust it from now on? (yes, no, or the fingerprint)`;
}

export function knownHostsUnwritable(file: string, cause: Error): HostwrightError {
  return new HostwrightError(
    'known-hosts',
    `The new host key cannot be stored in ${file}: ${cause.message}.`,
    {
      hint: 'Make it writable, or name another file with --known-hosts.',
      cause,
    },
  );
}

function describeKey(key: Buffer): string {
  return `${keyType(key) ?? 'unreadable'} ${fingerprint(key)}`;
}
