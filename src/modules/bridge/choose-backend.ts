import type { HostNetwork } from '../../facts/network/host-network.ts';
import type { Backend } from './backend.ts';
import { type BackendName, backendOf } from './backend-detection.ts';
import { ifcfg } from './ifcfg.ts';
import { ifcfgFiles } from './ifcfg-text.ts';
import { ifupdown } from './ifupdown.ts';
import { INTERFACES } from './interfaces-text.ts';
import { netplan } from './netplan.ts';
import { netplanFiles } from './netplan-text.ts';
import { networkd } from './networkd.ts';
import { nmcli } from './nmcli.ts';
import { noBackend, wrongBackend } from './problems.ts';

export const backends: Readonly<Record<BackendName, Backend>> = { ifcfg, nmcli, ifupdown, netplan, networkd };

/**
 * Who shall configure the bridge: who manages the bridge or its ports now. An interface that nobody manages goes to who manages the one
 * with the default route. Throws where the one that is asked for is not at work, or another holds the port.
 */
export function chooseBackend(
  network: HostNetwork,
  wanted: BackendName | 'auto',
  names: readonly string[],
): Backend {
  const way = network.routes.find(({ to, family }) => to === 'default' && family === 4)?.link;
  const others = [way, network.controllerLink, ...network.links.map(({ name }) => name)];
  const owner = names.map((name) => backendOf(network, name)).find((name) => name !== null);
  const found =
    owner ??
    others.map((name) => (name ? backendOf(network, name) : null)).find((name) => name !== null) ??
    alone(network);
  if (wanted === 'auto') {
    if (!found) throw noBackend(names.at(-1) ?? '');
    return backends[found];
  }
  const missing = whatIsMissing(network, wanted);
  if (missing !== null) throw wrongBackend(wanted, missing);
  if (owner && owner !== wanted) throw wrongBackend(wanted, `${owner} manages ${names.join(', ')} now`);
  return backends[wanted];
}

/** The one that could, where none does. */
function alone(network: HostNetwork): BackendName | undefined {
  const order: readonly BackendName[] = ['netplan', 'nmcli', 'ifcfg', 'ifupdown', 'networkd'];
  return order.find((name) => whatIsMissing(network, name) === null);
}

function whatIsMissing(network: HostNetwork, name: BackendName): string | null {
  switch (name) {
    case 'nmcli':
      return network.active.has('NetworkManager') ? null : 'NetworkManager does not run on the host';
    case 'ifupdown':
      return network.tools.has('ifup') && network.files.has(INTERFACES)
        ? null
        : 'the host has no ifupdown with /etc/network/interfaces';
    case 'netplan':
      return network.tools.has('netplan') && netplanFiles(network.files).length > 0
        ? null
        : 'the host has no netplan with files in /etc/netplan';
    case 'networkd':
      return [...network.networkd.values()].some(({ state }) => state === 'configured')
        ? null
        : 'systemd-networkd manages nothing on the host';
    case 'ifcfg':
      return network.tools.has('network-scripts') ||
        ifcfgFiles(network).some(({ path }) => !path.endsWith('-lo'))
        ? null
        : 'the host has no network scripts';
  }
}
