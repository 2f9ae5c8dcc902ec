import type { NetworkState } from '../../facts/libvirt/networks.ts';
import { childrenOf, find, findAll, type XmlElement } from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import { isPending } from './network-live.ts';
import { canonicalNetwork, forwardMode } from './network-rules.ts';
import { subnetOf } from './subnets.ts';

/** A network for playbooks and people: what runs, or what would. */
export function networkDetails(network: NetworkState) {
  const shown = canonicalNetwork(network.live ?? (network.config as XmlElement));
  const bridge = find(shown, 'bridge')?.attributes;
  return {
    name: network.name,
    uuid: network.uuid,
    state: network.active ? 'active' : 'inactive',
    active: network.active,
    persistent: network.persistent,
    autostart: network.autostart,
    pending_restart: isPending(network),
    forward: forwardMode(shown),
    bridge: bridge
      ? { name: bridge.name ?? null, stp: bridge.stp !== 'off', delay: Number(bridge.delay ?? 0) }
      : null,
    mac: find(shown, 'mac')?.attributes.address ?? null,
    domain: find(shown, 'domain')?.attributes.name ?? null,
    mtu: numberOrNull(find(shown, 'mtu')?.attributes.size),
    ips: childrenOf(shown, 'ip').map(ipDetails),
    xml: formatXml(shown),
  };
}

function ipDetails(ip: XmlElement) {
  const { address, netmask } = ip.attributes;
  const subnet = subnetOf(ip.attributes);
  return {
    address: address ?? null,
    prefix: subnet?.prefix ?? null,
    netmask: netmask ?? null,
    family: subnet?.family ?? 'ipv4',
    dhcp: find(ip, 'dhcp')
      ? {
          ranges: findAll(ip, 'dhcp', 'range').map(({ attributes: { start, end } }) => ({ start, end })),
          hosts: findAll(ip, 'dhcp', 'host').map(({ attributes: { mac, ip: own, name } }) => ({
            mac: mac ?? null,
            ip: own ?? null,
            name: name ?? null,
          })),
        }
      : null,
  };
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
