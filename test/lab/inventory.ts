import type { Account, Host } from './host.ts';

export interface InventoryOptions {
  /** The account that tasks log in as; root by default. */
  user?: Account;
  /** Groups beside `all`: their hosts by name. */
  groups?: Record<string, string[]>;
  /** 'ansible' names the known_hosts file in ansible_ssh_common_args, as Ansible needs it. */
  form?: 'hostwright' | 'ansible';
}

/** A YAML inventory of the given hosts. */
export function formatInventory(hosts: Host[], options: InventoryOptions = {}): string {
  const { user = 'root', groups = {}, form = 'hostwright' } = options;
  return `${[
    'all:',
    '  hosts:',
    ...hosts.flatMap((host) => [
      `    ${host.name}:`,
      `      ansible_host: ${host.address}`,
      `      ansible_user: ${user}`,
      `      ansible_ssh_private_key_file: ${host.privateKey}`,
      ...(form === 'ansible'
        ? [`      ansible_ssh_common_args: -o UserKnownHostsFile=${host.knownHosts}`]
        : ['      connection:', `        known_hosts: ${host.knownHosts}`]),
    ]),
    ...(Object.keys(groups).length > 0 ? ['  children:'] : []),
    ...Object.entries(groups).flatMap(([group, names]) => [
      `    ${group}:`,
      '      hosts:',
      ...names.map((name) => `        ${name}: {}`),
    ]),
  ].join('\n')}\n`;
}
