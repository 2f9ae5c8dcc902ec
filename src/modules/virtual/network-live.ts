import type { NetworkState } from '../../facts/libvirt/networks.ts';
import { childrenOf, find, type XmlElement } from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import { equalXml, overlay } from '../../xml/overlay.ts';
import { canonicalNetwork, networkRules } from './network-rules.ts';

/** One `virsh net-update`. */
export interface LiveUpdate {
  readonly command: 'add-last' | 'delete';
  readonly section: 'ip-dhcp-host' | 'ip-dhcp-range' | 'dns-host';
  readonly xml: string;
  /** Which `<ip>` of the network it is about; 0 is the first. */
  readonly parentIndex: number;
}

/**
 * What turns a running network into the wanted one without stopping it; null where only a restart can. Libvirt takes DHCP ranges, DHCP
 * hosts and DNS names live, and nothing else that matters here.
 */
export function liveUpdates(live: XmlElement, wanted: XmlElement): readonly LiveUpdate[] | null {
  const [now, then] = [canonicalNetwork(live), canonicalNetwork(wanted)];
  if (!sameNetwork(withoutLiveParts(now), withoutLiveParts(then))) return null;
  const [before, after] = [childrenOf(now, 'ip'), childrenOf(then, 'ip')];
  const updates = before.flatMap((ip, index) => {
    // Equal but for their live parts: the order may differ.
    const partner = after.find(({ attributes }) => attributes.address === ip.attributes.address);
    const [from, to] = [find(ip, 'dhcp'), find(partner, 'dhcp')];
    return [
      ...sectionUpdates(from, to, 'range', 'ip-dhcp-range', index),
      ...sectionUpdates(from, to, 'host', 'ip-dhcp-host', index),
    ];
  });
  return [...updates, ...sectionUpdates(find(now, 'dns'), find(then, 'dns'), 'host', 'dns-host', 0)];
}

/** Whether a running network is what its definition says. */
export function sameNetwork(live: XmlElement, wanted: XmlElement): boolean {
  const [now, then] = [canonicalNetwork(live), canonicalNetwork(wanted)];
  return equalXml(overlay(now, then, networkRules), now);
}

/** Whether a network runs with another definition than it has. */
export function isPending(network: NetworkState | null | undefined): boolean {
  return !!network?.live && !!network.config && !sameNetwork(network.live, network.config);
}

function sectionUpdates(
  from: XmlElement | undefined,
  to: XmlElement | undefined,
  name: string,
  section: LiveUpdate['section'],
  parentIndex: number,
): readonly LiveUpdate[] {
  const [before, after] = [childrenOf(from, name), childrenOf(to, name)];
  const missingIn = (others: readonly XmlElement[]) => (one: XmlElement) =>
    !others.some((other) => equalXml(one, other));
  const update = (command: LiveUpdate['command']) => (one: XmlElement) => ({
    command,
    section,
    xml: formatXml(one).replaceAll(/\n\s*/g, ''),
    parentIndex,
  });
  // What goes, goes first: an address can be kept for one card only.
  return [
    ...before.filter(missingIn(after)).map(update('delete')),
    ...after.filter(missingIn(before)).map(update('add-last')),
  ];
}

function withoutLiveParts(network: XmlElement): XmlElement {
  const children = childrenOf(network).flatMap((child): readonly XmlElement[] => {
    if (child.name === 'dns') return withoutEmpty(child, ['host']);
    if (child.name !== 'ip') return [child];
    const inner = childrenOf(child).flatMap((one) =>
      one.name === 'dhcp' ? withoutEmpty(one, ['host', 'range']) : [one],
    );
    return [{ ...child, children: inner }];
  });
  return { ...network, children };
}

function withoutEmpty(parent: XmlElement, names: readonly string[]): readonly XmlElement[] {
  const children = childrenOf(parent).filter(({ name }) => !names.includes(name));
  const isEmpty = children.length === 0 && Object.keys(parent.attributes).length === 0;
  return isEmpty ? [] : [{ ...parent, children }];
}
