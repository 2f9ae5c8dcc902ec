import type { HostNetwork, Link } from '../../facts/network/host-network.ts';
import type { Ipv4Wish } from './wish.ts';

export function linkNamed(network: HostNetwork, name: string): Link | undefined {
  return network.links.find((link) => link.name === name);
}

/** IPv4 of an interface as the kernel has it now: given by DHCP where it is given for a time. */
export function ipv4OfRuntime(network: HostNetwork, name: string): Ipv4Wish {
  const own = network.addresses.filter(
    ({ link, family, scope }) => link === name && family === 4 && scope === 'global',
  );
  const route = network.routes.find(
    ({ link, family, to }) => link === name && family === 4 && to === 'default',
  );
  if (own.some(({ dynamic }) => dynamic) || route?.protocol === 'dhcp')
    return { method: 'dhcp', addresses: [], gateway: null, dns: [] };
  return {
    method: own.length > 0 ? 'static' : 'none',
    addresses: own.map(({ address, prefix }) => `${address}/${prefix}`),
    gateway: route?.via ?? null,
    dns: own.length > 0 ? network.dns.nameservers.filter((server) => /^\d+(\.\d+){3}$/.test(server)) : [],
  };
}

/** Of the IPv4 default route at an interface; null where it has none of its own, or there is none. */
export function defaultMetric(network: HostNetwork, name: string): number | null {
  const route = network.routes.find(
    ({ link, family, to }) => link === name && family === 4 && to === 'default',
  );
  return route?.metric ?? null;
}

/** Addresses of an interface that others can reach it by, both families, as CIDR. */
export function globalAddresses(network: HostNetwork, name: string): readonly string[] {
  return network.addresses
    .filter(({ link, scope }) => link === name && scope === 'global')
    .map(({ address, prefix }) => `${address}/${prefix}`);
}

/** Ports that no configuration names: taps and other ends of guests and containers. */
export function isGuestPort(network: HostNetwork, name: string): boolean {
  const link = linkNamed(network, name);
  return (
    link?.kind === 'tun' ||
    link?.kind === 'macvtap' ||
    /^(vnet|tap|vif|veth|lxc|fwpr|docker|virbr)\S*\d/.test(name) ||
    network.guestPorts.some((port) => port.interface === name)
  );
}
