import type { HostNetwork } from '../../facts/network/host-network.ts';
import { backendOf } from './backend-detection.ts';
import { globalAddresses, isGuestPort, linkNamed } from './runtime-state.ts';
import type { BridgeWork } from './wish.ts';

/** What is registered of a bridge: as it will be where something is to be done, else as it is. */
export function bridgeFields(name: string, network: HostNetwork, work: BridgeWork | null) {
  const link = linkNamed(network, name);
  const ports = link?.bridge?.ports ?? [];
  return {
    bridge: name,
    backend: work?.backend ?? backendOf(network, name),
    state: work?.state ?? (link ? 'present' : 'absent'),
    ports: work?.wish.ports ?? ports.filter((port) => !isGuestPort(network, port)),
    guest_ports: ports.filter((port) => isGuestPort(network, port)),
    mac: work?.wish.mac ?? link?.mac ?? null,
    addresses: work && work.after.method === 'static' ? work.after.addresses : globalAddresses(network, name),
    gateway:
      work?.after.gateway ??
      network.routes.find((route) => route.to === 'default' && route.link === name)?.via ??
      null,
    ...(work?.edits.files.length ? { files: work.edits.files.map(({ path }) => path) } : {}),
  };
}
