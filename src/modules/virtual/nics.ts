import { childrenOf, find, findAll, textOf, type XmlElement } from '../../xml/element.ts';

/** A network card of a domain, as its XML describes it. */
export interface Nic {
  readonly mac: string;
  /** network, bridge, direct, user, hostdev, … */
  readonly type: string;
  /** Name of the network, bridge or device behind it; null for kinds that have none. */
  readonly source: string | null;
  /** virtio, e1000, …; null: the hypervisor's default. */
  readonly model: string | null;
  readonly link: 'up' | 'down';
  /** The tap on the host (vnet0), while the domain runs. */
  readonly tap: string | null;
  /** The bridge that the tap belongs to, while the domain runs. */
  readonly bridge: string | null;
  readonly alias: string | null;
  /** 0000:00:03.0 */
  readonly pci: string | null;
  readonly element: XmlElement;
}

export function nicsOf(domain: XmlElement | null): readonly Nic[] {
  return findAll(domain ?? undefined, 'devices', 'interface').map(nicOf);
}

function nicOf(element: XmlElement): Nic {
  const { type = 'network' } = element.attributes;
  const source = find(element, 'source')?.attributes ?? {};
  const tap = find(element, 'target')?.attributes.dev ?? null;
  return {
    mac: find(element, 'mac')?.attributes.address?.toLowerCase() ?? '',
    type,
    source: source[type] ?? source.dev ?? null,
    model: find(element, 'model')?.attributes.type ?? null,
    link: find(element, 'link')?.attributes.state === 'down' ? 'down' : 'up',
    tap,
    bridge: type === 'network' || type === 'bridge' ? (source.bridge ?? null) : null,
    alias: find(element, 'alias')?.attributes.name ?? null,
    pci: pciAddress(find(element, 'address')),
    element,
  };
}

/** Devices of the host that a domain has to itself (VT-d, SR-IOV); they are reported and left alone. */
export function passthroughOf(
  domain: XmlElement | null,
): readonly { readonly kind: string; readonly device: string }[] {
  const devices = find(domain ?? undefined, 'devices');
  const cards = childrenOf(devices, 'interface')
    .filter(({ attributes }) => attributes.type === 'hostdev')
    .map((one) => ({ kind: 'nic', device: pciAddress(find(one, 'source', 'address')) ?? '' }));
  const others = childrenOf(devices, 'hostdev').map((one) => ({
    kind: one.attributes.type ?? 'hostdev',
    device: pciAddress(find(one, 'source', 'address')) ?? '',
  }));
  return [...cards, ...others];
}

/** 0000:00:03.0, however its numbers are written; null where it is no PCI address. */
export function pciAddress(address: XmlElement | undefined): string | null {
  const { type = 'pci', domain = '0', bus, slot, function: part = '0' } = address?.attributes ?? {};
  if (type !== 'pci' || bus === undefined || slot === undefined) return null;
  const hex = (text: string, width: number) => Number(text).toString(16).padStart(width, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${Number(part)}`;
}

/** What a domain has, in short: what playbooks ask for most. */
export function domainSize(domain: XmlElement | null): {
  readonly memoryKib: number | null;
  readonly vcpus: number | null;
} {
  const number = (text: string | undefined) => (text === undefined || text === '' ? null : Number(text));
  return {
    memoryKib: number(textOf(find(domain ?? undefined, 'memory'))),
    vcpus: number(textOf(find(domain ?? undefined, 'vcpu'))),
  };
}
