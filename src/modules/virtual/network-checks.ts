import type { HostLinks } from '../../facts/libvirt/host-links.ts';
import type { NetworkState } from '../../facts/libvirt/networks.ts';
import { childrenOf, find, type XmlElement } from '../../xml/element.ts';
import { forwardMode, OWN_BRIDGE } from './network-rules.ts';
import { bridgeNeeded, bridgeTaken, notInSubnet, overlappingSubnet, wrongRange } from './problems.ts';
import { compareAddresses, contains, overlaps, parseSubnet, type Subnet, subnetOf } from './subnets.ts';

/**
 * What libvirt would accept, or refuse only when the network starts. Throws on the first thing that cannot be. `own`: the bridge that the
 * network has now.
 */
export function checkNetwork(
  name: string,
  wanted: XmlElement,
  others: readonly NetworkState[],
  { links }: HostLinks,
  own: string | undefined,
): void {
  const mode = forwardMode(wanted);
  const bridge = bridgeOf(wanted);
  if (mode === 'bridge' && bridge === undefined && childrenOf(find(wanted, 'forward')).length === 0)
    throw bridgeNeeded(name);
  if (!OWN_BRIDGE.has(mode)) return;
  checkBridge(name, bridge, others);
  const foreign = links.filter((link) => link.name !== own);
  if (foreign.some((link) => link.name === bridge)) throw bridgeTaken(name, bridge ?? '', 'the host');
  for (const ip of childrenOf(wanted, 'ip')) {
    const subnet = subnetOf(ip.attributes);
    if (!subnet) continue;
    checkDhcp(name, ip, subnet);
    checkOverlap(name, subnet, others, foreign);
  }
}

/** The bridge that a network's guests are ports of. */
export function bridgeOf(network: XmlElement | null): string | undefined {
  return find(network ?? undefined, 'bridge')?.attributes.name;
}

/** Both the one that runs and the one that runs after the next start. */
function descriptions({ config, live }: NetworkState): readonly XmlElement[] {
  return [config, live].filter((one) => one !== null);
}

function checkBridge(name: string, bridge: string | undefined, others: readonly NetworkState[]): void {
  if (bridge === undefined) return;
  const owner = others.find((other) =>
    descriptions(other).some((one) => OWN_BRIDGE.has(forwardMode(one)) && bridgeOf(one) === bridge),
  );
  if (owner) throw bridgeTaken(name, bridge, `the network ${owner.name}`);
}

function checkDhcp(name: string, ip: XmlElement, subnet: Subnet): void {
  const shown = `${ip.attributes.address}/${subnet.prefix}`;
  for (const { attributes } of childrenOf(find(ip, 'dhcp'), 'range')) {
    const { start = '', end = '' } = attributes;
    for (const address of [start, end]) {
      if (!contains(subnet, address)) throw notInSubnet(name, `DHCP range ${start} to ${end}`, shown);
    }
    if (compareAddresses(start, end) > 0) throw wrongRange(name, start, end);
  }
  for (const { attributes } of childrenOf(find(ip, 'dhcp'), 'host')) {
    const { ip: address } = attributes;
    if (address !== undefined && !contains(subnet, address))
      throw notInSubnet(name, `DHCP host ${address}`, shown);
  }
}

function checkOverlap(
  name: string,
  subnet: Subnet,
  others: readonly NetworkState[],
  links: HostLinks['links'],
): void {
  const shown = `${subnet.address}/${subnet.prefix}`;
  for (const other of others) {
    for (const ip of descriptions(other).flatMap((one) => childrenOf(one, 'ip'))) {
      const theirs = subnetOf(ip.attributes);
      if (theirs && overlaps(subnet, theirs)) {
        throw overlappingSubnet(
          name,
          shown,
          `${theirs.address}/${theirs.prefix} of the network ${other.name}`,
        );
      }
    }
  }
  for (const link of links) {
    for (const address of link.addresses) {
      if (overlaps(subnet, parseSubnet(address))) {
        throw overlappingSubnet(name, shown, `${address} of the interface ${link.name}`);
      }
    }
  }
}
