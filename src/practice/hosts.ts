import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PracticeHost, type PracticeOptions, renderInventory, startPracticeHost } from './host.ts';
import { badHostCount } from './problems.ts';
import { cleanUpAtEnd, makeScratch, removeScratch } from './scratch.ts';

/** Several practice hosts with one inventory. */
export interface PracticeHosts {
  readonly hosts: readonly PracticeHost[];
  /** A YAML inventory of all of them. */
  readonly inventory: string;
  readonly inventoryFile: string;
  /** For `ssh -F FILE NAME`. */
  readonly sshConfigFile: string;
  readonly close: () => Promise<void>;
}

const mostHosts = 50;

/** Starts `count` practice hosts, named `practice` or `practice-1`, `practice-2`, …; all of them or none. */
export async function startPracticeHosts(
  count: number,
  options: Omit<PracticeOptions, 'name'> = {},
): Promise<PracticeHosts> {
  if (!Number.isInteger(count) || count < 1 || count > mostHosts) throw badHostCount(count, mostHosts);
  const names = Array.from({ length: count }, (_, index) =>
    count === 1 ? 'practice' : `practice-${index + 1}`,
  );
  const started = await Promise.allSettled(names.map((name) => startPracticeHost({ ...options, name })));
  const hosts = started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = started.find((start) => start.status === 'rejected');
  if (failure) {
    for (const host of hosts) await host.close();
    throw failure.reason;
  }

  const scratch = makeScratch();
  const forget = cleanUpAtEnd(() => removeScratch(scratch));
  const inventory = renderInventory(hosts);
  const inventoryFile = join(scratch, 'inventory.yaml');
  const sshConfigFile = join(scratch, 'ssh_config');
  writeFileSync(inventoryFile, inventory);
  writeFileSync(sshConfigFile, hosts.map(renderSshConfig).join('\n'));
  return {
    ...{ hosts, inventory, inventoryFile, sshConfigFile },
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()));
      forget();
      removeScratch(scratch);
    },
  };
}

function renderSshConfig(host: PracticeHost): string {
  return [
    `Host ${host.name}`,
    `  HostName ${host.address}`,
    `  Port ${host.port}`,
    `  User ${host.user}`,
    `  IdentityFile "${host.privateKeyFile}"`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile "${host.knownHostsFile}"`,
    '  StrictHostKeyChecking yes',
    '',
  ].join('\n');
}
