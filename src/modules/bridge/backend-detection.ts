import type { HostNetwork } from '../../facts/network/host-network.ts';
import { ifcfgFilesOf } from './ifcfg-text.ts';
import { interfaceStanzas } from './interfaces-text.ts';
import { netplanDefinition } from './netplan-text.ts';

/** Who configures a host's network. `nmcli` is NetworkManager, `networkd` systemd-networkd. */
export const BACKENDS = ['ifcfg', 'nmcli', 'ifupdown', 'netplan', 'networkd'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * Who manages an interface now; null where nobody does. netplan stands above the two that it writes files for, NetworkManager above the
 * ifcfg files that it reads itself; after those that are at work, files alone decide.
 */
export function backendOf(network: HostNetwork, name: string): BackendName | null {
  if (netplanDefinition(network.files, name) !== null) return 'netplan';
  const device = network.managedDevices.find((managed) => managed.device === name);
  if (device && /^conn/.test(device.state) && !device.state.includes('external')) return 'nmcli';
  const { state, file } = network.networkd.get(name) ?? { state: '', file: null };
  if (file !== null && state !== 'unmanaged' && state !== '') {
    return /^\/run\/systemd\/network\/.*netplan/.test(file) ? 'netplan' : 'networkd';
  }
  if (ifcfgFilesOf(network, name).length > 0) return 'ifcfg';
  if (interfaceStanzas(network.files).some((stanza) => stanza.name === name)) return 'ifupdown';
  return null;
}
