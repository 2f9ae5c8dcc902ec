import { DOMParser, type Element } from '@xmldom/xmldom';
import ipaddr from 'ipaddr.js';

/** What a check needs to know of a virtual network. */
export interface NetworkOutline {
  readonly name: string;
  /** nat, route, open, bridge …; none: isolated. */
  readonly forward: string;
  readonly bridge: string | undefined;
  /** IPv4 addresses of the bridge. */
  readonly addresses: readonly {
    readonly address: string;
    readonly prefix: number;
    readonly dhcp: boolean;
  }[];
  /** Whether libvirt runs a DNS server for it. */
  readonly dns: boolean;
}

/** A network card of a domain. */
export interface NicOutline {
  /** network, bridge, direct, hostdev, user … */
  readonly type: string;
  readonly mac: string;
  /** Name of the network or bridge that it is plugged into. */
  readonly source: string | undefined;
  /** The bridge that the tap is on, where libvirt says it: for networks, in live XML alone. */
  readonly bridge: string | undefined;
  /** The tap on the host; of a running domain. */
  readonly tap: string | undefined;
  readonly model: string | undefined;
}

export interface DomainOutline {
  readonly name: string;
  readonly nics: readonly NicOutline[];
}

/** https://libvirt.org/formatnetwork.html. Null where the text is no network. */
export function networkOutline(xml: string): NetworkOutline | null {
  const root = rootOf(xml, 'network');
  if (!root) return null;
  const forward = childrenOf(root, 'forward')[0];
  const addresses = childrenOf(root, 'ip').flatMap((ip) => {
    const address = ip.getAttribute('address') ?? '';
    if (!ipaddr.IPv4.isValid(address)) return [];
    const netmask = ip.getAttribute('netmask');
    const prefix = netmask ? ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask() : undefined;
    return [
      {
        address,
        prefix: prefix ?? Number(ip.getAttribute('prefix') ?? 24),
        dhcp: childrenOf(ip, 'dhcp').length > 0,
      },
    ];
  });
  return {
    name: childrenOf(root, 'name')[0]?.textContent ?? '',
    forward: forward ? (forward.getAttribute('mode') ?? 'nat') : 'none',
    bridge: childrenOf(root, 'bridge')[0]?.getAttribute('name') ?? undefined,
    addresses,
    dns: childrenOf(root, 'dns')[0]?.getAttribute('enable') !== 'no',
  };
}

/** https://libvirt.org/formatdomain.html#network-interfaces. Null where the text is no domain. */
export function domainOutline(xml: string): DomainOutline | null {
  const root = rootOf(xml, 'domain');
  if (!root) return null;
  const devices = childrenOf(root, 'devices')[0];
  const nics = (devices ? childrenOf(devices, 'interface') : []).map((nic): NicOutline => {
    const type = nic.getAttribute('type') ?? '';
    const attribute = (child: string, name: string) =>
      childrenOf(nic, child)[0]?.getAttribute(name) ?? undefined;
    return {
      type,
      mac: (attribute('mac', 'address') ?? '').toLowerCase(),
      source: attribute('source', type === 'direct' ? 'dev' : type),
      bridge: attribute('source', 'bridge'),
      tap: attribute('target', 'dev'),
      model: attribute('model', 'type'),
    };
  });
  return { name: childrenOf(root, 'name')[0]?.textContent ?? '', nics };
}

function rootOf(xml: string, name: string): Element | null {
  try {
    const root = new DOMParser({ onError: () => {} }).parseFromString(xml, 'text/xml').documentElement;
    return root?.tagName === name ? root : null;
  } catch {
    return null;
  }
}

function childrenOf(element: Element, name: string): readonly Element[] {
  return Array.from(element.childNodes).filter(
    (node): node is Element => node.nodeType === 1 && (node as Element).tagName === name,
  );
}
