import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { stringify } from 'yaml';
import { openDirectory } from './directory.ts';
import { generateKeyPair } from './keys.ts';
import { openListener } from './listener.ts';
import { openNamespace } from './namespace.ts';
import type { Place, PracticeUser } from './place.ts';
import { namespaceUnavailable } from './problems.ts';
import { cleanUpAtEnd, makeScratch, removeScratch } from './scratch.ts';
import { slowLinkTo } from './slow-link.ts';
import { type Authentication, createSshServer } from './ssh-server.ts';
import type { SudoKind } from './sudo.ts';
import { createTrafficCounter, type Traffic } from './traffic.ts';

export interface PracticeOptions {
  /** Name in the inventory and host name; default `practice`. */
  readonly name?: string;
  /** Default `auto`: a namespace where the system gives one, else a scratch directory. */
  readonly mode?: 'auto' | 'namespace' | 'directory';
  /** Whom the inventory logs in as: one of `root` and `operator`; default `root`. */
  readonly user?: 'root' | 'operator';
  /** For password logins and for sudo; default: made up. */
  readonly password?: string;
  /** Ways to log in; default: the public key alone. */
  readonly authentication?: readonly Authentication[];
  /** How the stand-in for `sudo` answers `operator`; default `password`. */
  readonly sudo?: SudoKind;
  /** Printed before the login and at the start of every channel, as noisy banners and rc files do. */
  readonly loginNoise?: string;
  /** Milliseconds that every byte is held back, in each direction; default 0. */
  readonly delayMs?: number;
  /** Channels that one connection may have open; default 10, as sshd. */
  readonly maxSessions?: number;
}

/** A running practice host. */
export interface PracticeHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Password of every user, for password logins (where they are on) and for sudo. */
  readonly password: string;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
  readonly mode: 'namespace' | 'directory';
  /** Prefix for the absolute paths that playbooks may write here: empty in a namespace. */
  readonly root: string;
  /** True where interfaces and bridges can be made. */
  readonly network: boolean;
  /** True where `operator` has a user id of his own, so that sudo really changes something. */
  readonly separateUsers: boolean;
  /** What is not possible here, and why; one sentence each. */
  readonly notices: readonly string[];
  /** The host's entry of an inventory. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** A YAML inventory with this host alone. */
  readonly inventory: string;
  readonly inventoryFile: string;
  readonly traffic: () => Traffic;
  readonly resetTraffic: () => void;
  /** Ends every process and connection of the host and removes its files. */
  readonly close: () => Promise<void>;
}

const address = '127.0.0.1';

/** Starts an SSH server on the loopback address in front of a place to practise. Rejects with a HostwrightError. */
export async function startPracticeHost(options: PracticeOptions = {}): Promise<PracticeHost> {
  const name = options.name ?? 'practice';
  const password = options.password ?? randomBytes(9).toString('base64url');
  const users: readonly PracticeUser[] = [
    { name: 'root', uid: 0, home: '/root', password },
    { name: 'operator', uid: 1000, home: '/home/operator', password },
  ];
  const scratch = makeScratch();
  const undo: (() => void | Promise<void>)[] = [() => removeScratch(scratch)];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const { place, notices } = await openPlace(options, { hostname: name, users, scratch });
    const forget = cleanUpAtEnd(() => {
      place.closeNow();
      removeScratch(scratch);
    });
    undo.splice(1, 0, forget, place.close);

    const traffic = createTrafficCounter();
    const hostKey = generateKeyPair('hostwright-practice');
    const clientKey = generateKeyPair('hostwright-practice');
    const parsedKey = ssh2.utils.parseKey(clientKey.publicKey);
    if (parsedKey instanceof Error) throw parsedKey;
    const ssh = createSshServer({
      place,
      users,
      authentication: options.authentication ?? ['publickey'],
      hostKey: hostKey.privateKey,
      clientKey: parsedKey,
      maxSessions: options.maxSessions ?? 10,
      loginNoise: options.loginNoise ?? '',
      traffic,
    });
    let listener = await openListener(address, ssh);
    undo.push(listener.close);
    if (options.delayMs) {
      listener = await openListener(address, slowLinkTo({ address, port: listener.port }, options.delayMs));
      undo.push(listener.close);
    }
    const { port } = listener;

    const user = options.user ?? 'root';
    const files = writeFiles(scratch, { port, hostKey: hostKey.publicKey, clientKey: clientKey.privateKey });
    const variables = {
      ansible_host: address,
      ansible_port: port,
      ansible_user: user,
      ansible_ssh_private_key_file: files.privateKeyFile,
      connection: { known_hosts: files.knownHostsFile },
      practice_root: place.root,
      practice_network: place.network,
    };
    const inventory = renderInventory([{ name, variables }]);
    writeFileSync(files.inventoryFile, inventory);
    return {
      ...{ name, address, port, user, password, ...files, variables, inventory, notices, close },
      ...{ mode: place.mode, root: place.root, network: place.network, separateUsers: place.separateUsers },
      traffic: traffic.totals,
      resetTraffic: traffic.reset,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A YAML inventory of practice hosts, in the group `practice`. */
export function renderInventory(hosts: readonly Pick<PracticeHost, 'name' | 'variables'>[]): string {
  const entries = Object.fromEntries(hosts.map((host) => [host.name, host.variables]));
  return stringify({ practice: { hosts: entries } }, { lineWidth: 0 });
}

async function openPlace(
  options: PracticeOptions,
  parts: { readonly hostname: string; readonly users: readonly PracticeUser[]; readonly scratch: string },
): Promise<{ place: Place; notices: readonly string[] }> {
  const id = randomBytes(8).toString('hex');
  const sudo = options.sudo ?? 'password';
  let reason: string | undefined;
  if (options.mode !== 'directory') {
    try {
      const place = await openNamespace({ id, sudo, ...parts });
      return { place, notices: place.notices };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      if (options.mode === 'namespace') throw namespaceUnavailable(reason);
    }
  }
  const place = openDirectory({ id, sudo, ...parts });
  const why = reason === undefined ? [] : [`This system gives no private namespace (${reason}).`];
  return { place, notices: [...why, ...place.notices] };
}

function writeFiles(
  scratch: string,
  keys: { readonly port: number; readonly hostKey: string; readonly clientKey: string },
) {
  const privateKeyFile = join(scratch, 'id_ed25519');
  const knownHostsFile = join(scratch, 'known_hosts');
  const inventoryFile = join(scratch, 'inventory.yaml');
  writeFileSync(privateKeyFile, keys.clientKey, { mode: 0o600 });
  writeFileSync(knownHostsFile, `[${address}]:${keys.port} ${keys.hostKey}\n`);
  // The scratch directory of a host that runs as nobody must let him through; the key stays closed.
  chmodSync(scratch, 0o711);
  return { privateKeyFile, knownHostsFile, inventoryFile };
}
