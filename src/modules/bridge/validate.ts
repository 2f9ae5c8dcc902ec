import type { HostNetwork, Link } from '../../facts/network/host-network.ts';
import { ipv4Number, isInside, subnetOf } from './ipv4.ts';
import * as problems from './problems.ts';
import { linkNamed } from './runtime-state.ts';
import { addressOf, type Ipv4Wish } from './wish.ts';

/** IFNAMSIZ is 16 with the NUL at the end. */
const NAME = /^[A-Za-z0-9._-]{1,15}$/;

export function checkName(what: string, name: string): void {
  if (!NAME.test(name) || name === '.' || name === '..') throw problems.badName(what, name);
}

/** Values that end up in configuration files are one line, whatever file it will be. */
export function checkOneLine(parameter: string, value: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\x00-\x1f\x7f\u2028\u2029]/.test(value)) throw problems.notOneLine(parameter, value);
}

/** The host can keep a copy of its state, and take new files. */
export function checkHost(network: HostNetwork): void {
  if (network.notWritable !== null) throw problems.notWritable(network.notWritable);
  if (network.freeKilobytes < 2048) throw problems.diskFull(network.freeKilobytes);
  if (/^(nfs|nfs4|cifs|9p|ceph|afs)$/.test(network.rootFileSystem))
    throw problems.networkRoot(network.rootFileSystem);
}

/** Throws where an interface cannot become a port of the bridge, with what it is. */
export function checkPort(network: HostNetwork, name: string, bridge: string): void {
  checkName('port', name);
  const link = linkNamed(network, name);
  const names = network.links.map((one) => one.name).filter((one) => one !== 'lo');
  if (!link) throw problems.unknownInterface(name, names);
  if (name === bridge)
    throw problems.unfitPort(name, 'it is the bridge itself', 'Name network cards in ports.');
  const unfit = reasonAgainst(network, link, bridge);
  if (unfit) throw problems.unfitPort(name, ...unfit);
  checkMac(network, link);
}

function reasonAgainst(network: HostNetwork, link: Link, bridge: string): [why: string, hint: string] | null {
  const master = link.master === null ? undefined : linkNamed(network, link.master);
  if (link.kind === 'loopback') return ['it is the loopback', 'Name network cards in ports.'];
  if (link.kind === 'bridge') return ['it is a bridge', 'Name the network cards of that bridge.'];
  if (link.kind === 'ovs' || link.master === 'ovs-system')
    return ['it belongs to Open vSwitch', 'Take it out of Open vSwitch first.'];
  if (link.kind === 'wlan')
    return ['it is a Wi-Fi card, whose access points take no frames from others', 'Use a card with a cable.'];
  if (link.kind === 'bond' || link.kind === 'team')
    return [
      'it is a bond, which is configured by more than its port says',
      'Configure that bridge by hand, or name a plain card.',
    ];
  if (link.kind === 'vlan')
    return ['it is a VLAN on another interface', 'Configure that bridge by hand, or name a plain card.'];
  if (master?.kind === 'bond' || master?.kind === 'team')
    return [`it is a member of ${master.name}`, `Take it out of ${master.name} first.`];
  if (master?.bridge && master.name !== bridge)
    return [`it is a port of the bridge ${master.name}`, `Take it out of ${master.name} first.`];
  if (link.master !== null && link.master !== bridge)
    return [`it belongs to ${link.master}`, `Take it out of ${link.master} first.`];
  const uppers = link.uppers.filter((upper) => upper !== bridge);
  if (uppers.length > 0)
    return [
      `${uppers.join(', ')} ${uppers.length > 1 ? 'are' : 'is'} on top of it`,
      'Move them to the bridge first.',
    ];
  return null;
}

/** Somebody else on the link has the card's MAC. */
function checkMac(network: HostNetwork, link: Link): void {
  const own = new Set(network.addresses.map(({ address }) => address));
  const other = network.neighbours.find(
    ({ mac, address, link: on }) => mac === link.mac && on === link.name && !own.has(address),
  );
  if (other) throw problems.duplicateMac(link.mac, other.address);
}

/** Throws where an IPv4 cannot be, and says what looks odd but can. */
export function checkIpv4(
  network: HostNetwork,
  { method, addresses, gateway, dns }: Ipv4Wish,
  bridge: string,
): readonly string[] {
  for (const server of dns) {
    if (ipv4Number(server) === null && !server.includes(':')) throw problems.badAddress('ipv4.dns', server);
  }
  if (method !== 'static') return dnsWarnings(dns, []);
  if (addresses.length === 0) throw problems.addressMissing(bridge);
  for (const cidr of addresses) checkAddress(cidr);
  if (gateway !== null) {
    if (ipv4Number(gateway) === null) throw problems.badAddress('ipv4.gateway', gateway);
    if (addresses.some((cidr) => addressOf(cidr) === gateway)) throw problems.gatewayIsOwn(gateway);
    if (!addresses.some((cidr) => isInside(gateway, cidr)))
      throw problems.gatewayOutside(gateway, addresses.join(', '));
  }
  for (const { address, mac } of network.probes) {
    if (mac !== null && addresses.some((cidr) => addressOf(cidr) === address))
      throw problems.addressInUse(address, mac);
  }
  return dnsWarnings(dns, addresses);
}

function checkAddress(cidr: string): void {
  const [address = '', length] = cidr.split('/');
  const value = ipv4Number(address);
  if (value === null) throw problems.badAddress('ipv4.address', cidr);
  if (length === undefined) throw problems.netmaskMissing(address);
  const subnet = subnetOf(cidr);
  if (!subnet || Number(length) < 1) throw problems.badPrefix(cidr);
  if (Number(length) >= 31) return;
  if (value === subnet.first) throw problems.networkAddress(address, 'network address');
  if (value === subnet.last) throw problems.networkAddress(address, 'broadcast address');
}

/** Resolvers ask the first three; and a server outside the subnet that differs from it by one key press is a typo more often than not. */
function dnsWarnings(dns: readonly string[], addresses: readonly string[]): readonly string[] {
  const many =
    dns.length > 3
      ? [
          `${dns.length} DNS servers are given; resolvers use three: ${dns.slice(3).join(', ')} will not be asked.`,
        ]
      : [];
  const odd = dns.flatMap((server) =>
    addresses
      .filter((cidr) => !isInside(server, cidr) && oneKeyApart(start(server), start(cidr)))
      .map(
        (cidr) => `The DNS server ${server} is not in the subnet of ${cidr}, and looks like a typo of it.`,
      ),
  );
  return [...many, ...odd];
}

function start(address: string): string {
  return address.split('.').slice(0, 3).join('.');
}

/** One character more, less or another. */
function oneKeyApart(first: string, second: string): boolean {
  if (first === second || Math.abs(first.length - second.length) > 1) return false;
  let same = 0;
  while (same < first.length && first[same] === second[same]) same += 1;
  const [a, b] = [first.slice(same), second.slice(same)];
  return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1);
}
