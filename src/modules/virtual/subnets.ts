import ipaddr from 'ipaddr.js';

/** An address with its prefix length, both as numbers of the address family's width. */
export interface Subnet {
  readonly family: 'ipv4' | 'ipv6';
  /** As text, in the short form: `192.168.100.1`, `fd00::1`. */
  readonly address: string;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Throws nothing: `text` is a CIDR that was validated. */
export function parseSubnet(text: string): Subnet {
  const [address, prefix] = ipaddr.parseCIDR(text);
  const bits = BigInt(address.toByteArray().length * 8 - prefix);
  const number = numberOf(address);
  const first = (number >> bits) << bits;
  return {
    family: address.kind(),
    address: address.toString(),
    prefix,
    first,
    last: first + (1n << bits) - 1n,
  };
}

/** The subnet that a network's `<ip>` element describes; undefined where it has none. */
export function subnetOf(attributes: Readonly<Record<string, string>>): Subnet | undefined {
  const { address, netmask, prefix } = attributes;
  if (address === undefined || !ipaddr.isValid(address)) return undefined;
  const bits =
    prefix ?? (netmask === undefined ? undefined : ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask());
  if (bits === undefined || bits === null) return undefined;
  return parseSubnet(`${address}/${bits}`);
}

/** The address that the host gets: the one given, or the first of the subnet where the subnet itself was given. */
export function hostAddress(subnet: Subnet): string {
  const width = subnet.family === 'ipv4' ? 32 : 128;
  if (subnet.prefix >= width - 1 || addressNumber(subnet.address) !== subnet.first) return subnet.address;
  return textOf(subnet.first + 1n, subnet.family);
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

export function contains(subnet: Subnet, address: string): boolean {
  const parsed = ipaddr.parse(address);
  const number = numberOf(parsed);
  return parsed.kind() === subnet.family && subnet.first <= number && number <= subnet.last;
}

/** Which of two addresses comes first; negative: the first one. */
export function compareAddresses(one: string, other: string): number {
  const difference = addressNumber(one) - addressNumber(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function netmaskOf(prefix: number): string {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString();
}

/** The one way to write an address; text that is none stays. */
export function shortAddress(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.parse(text).toString() : text;
}

function addressNumber(text: string): bigint {
  return numberOf(ipaddr.parse(text));
}

function numberOf(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function textOf(number: bigint, family: Subnet['family']): string {
  const length = family === 'ipv4' ? 4 : 16;
  const bytes = Array.from({ length }, (_, index) =>
    Number((number >> BigInt(8 * (length - 1 - index))) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}
