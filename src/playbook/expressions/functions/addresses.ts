import { addressLibrary } from '../libraries.ts';
import {
  any,
  defineFunction,
  FunctionFailure,
  type FunctionTable,
  integer,
  number,
  optional,
  text,
} from './define.ts';

/** An address as a number, with the prefix length that stood behind it (`/24`). */
interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly prefix: number | undefined;
}

const bitsOf = (version: 4 | 6) => (version === 4 ? 32 : 128);
const hint = 'Write 192.168.1.10, 192.168.1.10/24 or 2001:db8::1/64.';

function parseAddress(source: string): Address | undefined {
  const library = addressLibrary();
  const [, address = '', length] = /^([^/]*)(?:\/(.*))?$/.exec(source.trim()) ?? [];
  // Only four decimal numbers: the library also takes forms such as 0x7f.1, which nobody means.
  const version = library.IPv4.isValidFourPartDecimal(address)
    ? 4
    : library.IPv6.isValid(address)
      ? 6
      : undefined;
  if (version === undefined || address.includes('%')) return undefined;
  const value = library
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (length === undefined) return { version, value, prefix: undefined };
  const prefix = prefixOf(length, version);
  return prefix === undefined ? undefined : { version, value, prefix };
}

/** A prefix length from `24` or `255.255.255.0`; undefined where it is neither. */
function prefixOf(length: string, version: 4 | 6): number | undefined {
  if (/^\d{1,3}$/.test(length)) {
    const prefix = Number(length);
    return prefix <= bitsOf(version) ? prefix : undefined;
  }
  const library = addressLibrary();
  if (version !== 4 || !library.IPv4.isValidFourPartDecimal(length)) return undefined;
  return library.IPv4.parse(length).prefixLengthFromSubnetMask() ?? undefined;
}

function formatAddress(version: 4 | 6, value: bigint): string {
  const library = addressLibrary();
  const size = bitsOf(version) / 8;
  const bytes = Array.from({ length: size }, (_, index) =>
    Number((value >> BigInt(8 * (size - 1 - index))) & 255n),
  );
  const address = library.fromByteArray(bytes);
  return 'toRFC5952String' in address ? address.toRFC5952String() : address.toString();
}

function addressFrom(source: string): Address {
  const found = parseAddress(source);
  if (!found) throw new FunctionFailure(`${JSON.stringify(source)} is not an IP address`, hint);
  return found;
}

/** An address with its network: `192.168.1.10/24`, or the address and a prefix length or netmask as a second argument. */
function networkFrom(source: string, mask: string | undefined) {
  const address = addressFrom(source);
  const prefix = mask === undefined ? address.prefix : prefixOf(mask.replace(/^\//, ''), address.version);
  if (prefix === undefined)
    throw new FunctionFailure(
      mask === undefined
        ? `${JSON.stringify(source)} has no prefix length`
        : `${JSON.stringify(mask)} is neither a prefix length nor a netmask`,
      hint,
    );
  const hostBits = BigInt(bitsOf(address.version) - prefix);
  const first = (address.value >> hostBits) << hostBits;
  return { version: address.version, value: address.value, prefix, first, size: 1n << hostBits };
}

type Network = ReturnType<typeof networkFrom>;

function member(network: Network, index: bigint): string {
  const at = index < 0n ? network.size + index : index;
  if (at < 0n || at >= network.size)
    throw new FunctionFailure(`the network has ${network.size} addresses, so there is no number ${index}`);
  return formatAddress(network.version, network.first + at);
}

/** Hosts of an IPv4 network lie between network and broadcast address, except in /31 and /32. */
function hostBounds(network: Network): readonly [bigint, bigint] {
  const spare = network.version === 4 && network.prefix < 31 ? 1n : 0n;
  return [spare, network.size - 1n - spare];
}

function onNetwork(summary: string, template: string, result: unknown, run: (network: Network) => unknown) {
  return defineFunction({
    summary,
    parameters: [text('address'), optional(text('mask'))],
    example: [template, result],
    run: ([address, mask]) => run(networkFrom(address, mask)),
  });
}

/** True where an address lies in a network; of another IP version: false. */
export function inNetwork(address: string, network: string): boolean {
  const wanted = addressFrom(address);
  const found = networkFrom(network, undefined);
  if (found.version !== wanted.version) return false;
  return wanted.value >= found.first && wanted.value < found.first + found.size;
}

export const addressFunctions: FunctionTable = {
  network: onNetwork('The network address.', 'network "192.168.1.10/24"', '192.168.1.0', (of) =>
    formatAddress(of.version, of.first),
  ),
  network_cidr: onNetwork(
    'The network in CIDR form.',
    'network_cidr "192.168.1.10/24"',
    '192.168.1.0/24',
    (of) => `${formatAddress(of.version, of.first)}/${of.prefix}`,
  ),
  broadcast: onNetwork(
    'The last address of the network.',
    'broadcast "192.168.1.10/24"',
    '192.168.1.255',
    (of) => member(of, -1n),
  ),
  hostmask: onNetwork('The netmask with all bits turned.', 'hostmask "192.168.1.10/24"', '0.0.0.255', (of) =>
    formatAddress(of.version, of.size - 1n),
  ),
  first_host: onNetwork(
    'The first address that a host can have.',
    'first_host "192.168.1.10/24"',
    '192.168.1.1',
    (of) => member(of, hostBounds(of)[0]),
  ),
  last_host: onNetwork(
    'The last address that a host can have.',
    'last_host "192.168.1.10/24"',
    '192.168.1.254',
    (of) => member(of, hostBounds(of)[1]),
  ),
  network_size: onNetwork(
    'Number of addresses in the network.',
    'network_size "192.168.1.10/24"',
    256,
    (of) => Number(of.size),
  ),
  netmask: defineFunction({
    summary: 'The netmask of an address in CIDR form, or of a prefix length.',
    parameters: [any('address_or_prefix')],
    example: ['netmask "192.168.1.10/24"', '255.255.255.0'],
    run: ([value]) => {
      const source = text('').convert(value);
      const network = networkFrom(
        /^\/?\d+$/.test(source) ? `0.0.0.0/${source.replace('/', '')}` : source,
        undefined,
      );
      const all = (1n << BigInt(bitsOf(network.version))) - 1n;
      return formatAddress(network.version, all ^ (network.size - 1n));
    },
  }),
  prefix: defineFunction({
    summary: 'The prefix length of an address in CIDR form, or of a netmask.',
    parameters: [text('address_or_netmask')],
    example: ['prefix "255.255.255.0"', 24],
    run: ([source]) => {
      const mask = source.includes('/') ? undefined : prefixOf(source, 4);
      return mask ?? networkFrom(source, undefined).prefix;
    },
  }),
  address: defineFunction({
    summary: 'The address without its prefix length, in its usual spelling.',
    parameters: [text('address')],
    example: ['address "192.168.1.10/24"', '192.168.1.10'],
    run: ([source]) => {
      const found = addressFrom(source);
      return formatAddress(found.version, found.value);
    },
  }),
  nth_host: defineFunction({
    summary: 'The address at a place in the network: 0 is the network itself, -1 its last address.',
    parameters: [text('network'), integer('number')],
    example: ['nth_host "192.168.1.0/24" 10', '192.168.1.10'],
    run: ([network, index]) => member(networkFrom(network, undefined), BigInt(index)),
  }),
  address_add: defineFunction({
    summary: 'The address so many further on (or back), with its prefix length where it has one.',
    parameters: [text('address'), number('count')],
    example: ['address_add "192.168.1.10/24" 5', '192.168.1.15/24'],
    run: ([source, count]) => {
      const found = addressFrom(source);
      const value = found.value + BigInt(Math.trunc(count));
      if (value < 0n || value >> BigInt(bitsOf(found.version)) !== 0n)
        throw new FunctionFailure('there is no such address');
      return formatAddress(found.version, value) + (found.prefix === undefined ? '' : `/${found.prefix}`);
    },
  }),
  in_network: defineFunction({
    summary: 'True where the address lies in the network.',
    parameters: [text('address'), text('network')],
    example: ['in_network "192.168.1.10" "192.168.0.0/16"', true],
    run: ([address, network]) => inNetwork(address, network),
  }),
  ip_version: defineFunction({
    summary: '4 or 6.',
    parameters: [text('address')],
    example: ['ip_version "2001:db8::1"', 6],
    run: ([source]) => addressFrom(source).version,
  }),
  is_ip: defineFunction({
    summary:
      'True where the text is an IP address (with or without prefix length), of the version where one is given.',
    parameters: [any('value'), optional(integer('version'))],
    example: ['is_ip "300.1.1.1"', false],
    run: ([value, version]) => {
      const found = typeof value === 'string' ? parseAddress(value) : undefined;
      return found !== undefined && (version === undefined || found.version === version);
    },
  }),
};
