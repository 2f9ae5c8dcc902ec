import type { DomainState } from '../../facts/libvirt/domains.ts';
import { find, findAll, type XmlElement } from '../../xml/element.ts';
import { type Nic, nicsOf, pciAddress } from './nics.ts';
import { macTaken, macTwice, pciTwice } from './problems.ts';

/** Throws where the domain as it shall be could not run beside the others, or its own devices not beside each other. */
export function checkDomain(name: string, wanted: XmlElement, others: readonly DomainState[]): void {
  const seen = new Set<string>();
  for (const { mac } of nicsOf(wanted)) {
    if (mac === '') continue;
    if (seen.has(mac)) throw macTwice(mac, name);
    seen.add(mac);
    checkMac(mac, name, others);
  }
  const places = new Map<string, string>();
  for (const device of findAll(wanted, 'devices').flatMap(({ children }) => children)) {
    if (typeof device === 'string') continue;
    const address = find(device, 'address');
    const place = pciAddress(address);
    if (place === null || address?.attributes.multifunction === 'on') continue;
    const other = places.get(place);
    if (other !== undefined) throw pciTwice(place, name, other, describe(device));
    places.set(place, describe(device));
  }
}

/** Throws where another domain has the address, running or not: both on one bridge would lose packets. */
export function checkMac(mac: string, name: string, others: readonly DomainState[]): void {
  const owner = others.find(
    (other) => other.name !== name && [other.config, other.live].some((one) => hasMac(nicsOf(one), mac)),
  );
  if (owner) throw macTaken(mac, name, owner.name);
}

/** Addresses of all cards of all domains. */
export function macsInUse(domains: readonly DomainState[]): readonly string[] {
  return domains.flatMap(({ config, live }) => [...nicsOf(config), ...nicsOf(live)].map(({ mac }) => mac));
}

function hasMac(nics: readonly Nic[], mac: string): boolean {
  return nics.some((nic) => nic.mac === mac);
}

function describe(device: XmlElement): string {
  const { name, attributes } = device;
  const mac = find(device, 'mac')?.attributes.address;
  const target = find(device, 'target')?.attributes.dev;
  return [name, mac ?? target ?? attributes.model ?? attributes.type]
    .filter((word) => word !== undefined)
    .join(' ');
}
