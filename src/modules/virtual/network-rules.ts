import {
  attributesOf,
  childrenOf,
  mapElements,
  withAttributes,
  withChildren,
  type XmlElement,
} from '../../xml/element.ts';
import type { OverlayRules } from '../../xml/overlay.ts';
import { netmaskOf, shortAddress } from './subnets.ts';

/** Kinds whose bridge libvirt makes itself; with the others it belongs to the host. */
export const OWN_BRIDGE: ReadonlySet<string> = new Set(['none', 'nat', 'route', 'open']);

/** How packets leave: none, nat, route, open, bridge, … */
export function forwardMode(network: XmlElement): string {
  const [forward] = childrenOf(network, 'forward');
  return forward ? (forward.attributes.mode ?? 'nat') : 'none';
}

/**
 * The one way to write what may be written in several, without what libvirt adds to a running network: one can be compared with another.
 * Source: libvirt's formatnetwork.html and what `net-dumpxml` of 4.5 to 9.0 prints.
 */
export function canonicalNetwork(network: XmlElement): XmlElement {
  const made = mapElements(network, (one) => {
    switch (one.name) {
      case 'network':
        return withAttributes(one, { connections: undefined });
      case 'forward':
        return canonicalForward(one);
      case 'bridge':
        return withAttributes(one, without(one, { macTableManager: 'kernel' }));
      case 'domain':
        return withAttributes(one, without(one, { localOnly: 'no' }));
      case 'mac':
        return withAttributes(one, { address: one.attributes.address?.toLowerCase() });
      case 'uuid':
        return { ...one, children: one.children.map((child) => String(child).trim().toLowerCase()) };
      case 'ip':
      case 'route':
        return canonicalAddress(one);
      case 'range':
        return withAttributes(one, shortened(one, ['start', 'end']));
      case 'host':
        return withAttributes(one, { ...shortened(one, ['ip']), mac: one.attributes.mac?.toLowerCase() });
      default:
        return one;
    }
  });
  return inUsualOrder(made ?? network);
}

const ORDER = [
  'name',
  'uuid',
  'title',
  'description',
  'metadata',
  'forward',
  'bridge',
  'mtu',
  'mac',
  'domain',
  'dns',
];

/** As libvirt prints it, so that a diff shows what differs. */
function inUsualOrder(network: XmlElement): XmlElement {
  const rank = (one: (typeof network.children)[number]) => {
    const at = typeof one === 'string' ? -1 : ORDER.indexOf(one.name);
    return at < 0 ? ORDER.length : at;
  };
  return withChildren(
    network,
    network.children.toSorted((one, other) => rank(one) - rank(other)),
  );
}

function canonicalForward(forward: XmlElement): XmlElement {
  const { mode = 'nat', dev } = forward.attributes;
  const children = childrenOf(forward).filter((child) => {
    // While a network runs, libvirt shows the ports that it uses by default, and the device once more.
    if (child.name === 'interface') return child.attributes.dev !== dev;
    if (child.name !== 'nat' || Object.keys(child.attributes).length > 0) return true;
    return !childrenOf(child).every(
      ({ name, attributes: { start, end } }) => name === 'port' && start === '1024' && end === '65535',
    );
  });
  const interfaces = children.map((child) =>
    child.name === 'interface' ? withAttributes(child, { connections: undefined }) : child,
  );
  return {
    name: 'forward',
    attributes: attributesOf(Object.entries({ ...forward.attributes, mode })),
    children: interfaces,
  };
}

/** A netmask for IPv4, as libvirt's own default network has it; a prefix for IPv6. */
function canonicalAddress(one: XmlElement): XmlElement {
  const { family, prefix, netmask, ...rest } = one.attributes;
  const short = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      /^(address|gateway)$/.test(name) ? shortAddress(value) : value,
    ]),
  );
  const isSix = family === 'ipv6' || Object.values(rest).some((value) => value.includes(':'));
  const size = isSix
    ? { family: 'ipv6', ...short, ...(prefix === undefined ? {} : { prefix }) }
    : {
        ...short,
        ...(prefix !== undefined ? { netmask: maskOr(prefix) } : netmask === undefined ? {} : { netmask }),
      };
  return { ...one, attributes: attributesOf(Object.entries(size)) };
}

function maskOr(prefix: string): string {
  return /^\d+$/.test(prefix) && Number(prefix) <= 32 ? netmaskOf(Number(prefix)) : prefix;
}

function shortened(one: XmlElement, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = one.attributes[name];
      return value === undefined ? [] : [[name, shortAddress(value)]];
    }),
  );
}

/** Attributes to remove: those that say what holds anyway. */
function without(one: XmlElement, defaults: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(defaults)
      .filter(([name, value]) => one.attributes[name] === value)
      .map(([name]) => [name, undefined]),
  );
}

/** Attributes that name an element of a network. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'network/ip': ['address'],
  'network/route': ['address', 'prefix', 'netmask'],
  'network/portgroup': ['name'],
  'network/ip/dhcp/range': ['start'],
  'network/ip/dhcp/host': ['mac', 'id', 'name', 'ip'],
  'network/dns/host': ['ip'],
  'network/dns/txt': ['name'],
  'network/dns/forwarder': ['domain', 'addr'],
  'network/forward/interface': ['dev'],
};

/** A description is whole: what it does not say is not there. Only what makes the network the one it is stays. */
export const networkRules: OverlayRules = {
  key: ({ attributes }, path) => {
    const name = KEYS[path]?.find((one) => attributes[one] !== undefined);
    return name === undefined ? undefined : `${name}=${attributes[name]}`;
  },
  keeps: (_, path, wanted) =>
    path === 'network/uuid' ||
    ((path === 'network/mac' || path === 'network/bridge') && OWN_BRIDGE.has(forwardMode(wanted))),
  keepsAttribute: (_, path) => path === 'network/bridge',
  same: (actual, wanted, name, path) =>
    actual === wanted || (name === '' && path !== 'network/metadata' && actual.trim() === wanted.trim()),
  replaces: () => false,
  ordered: new Set(),
};
