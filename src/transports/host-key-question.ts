import { hostKeyQuestion } from './host-key-problems.ts';
import { fingerprint, publicKeyLine } from './known-hosts.ts';
import { storeHostKey } from './known-hosts-file.ts';
import type { SshSettings } from './ssh-settings.ts';

/**
 * Asks a person about the key of a host that nobody knows, after the connection has been given up: the check itself cannot wait, and nothing
 * may be told to the host meanwhile. Gives the key, stored, to be pinned by the next connection; undefined where it is not to be trusted.
 */
export async function acceptedByPerson(
  { target, hashKnownHosts }: SshSettings,
  key: Buffer | undefined,
  host: string,
  port: number,
): Promise<string | undefined> {
  if (!key || !target.ask) return undefined;
  const answer = (await target.ask(hostKeyQuestion(target, key), true)).trim();
  if (!/^yes$/i.test(answer) && answer !== fingerprint(key)) return undefined;
  const [file] = target.hostKeys.files;
  if (file !== undefined) await storeHostKey(file, host, port, key, hashKnownHosts);
  return publicKeyLine(key);
}
