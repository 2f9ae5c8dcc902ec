import ipaddr from 'ipaddr.js';
import { type FileLines, firstLine } from './system-files.ts';

interface Address4 {
  readonly address: string;
  readonly prefix: number;
  readonly netmask: string;
  readonly network: string;
  readonly broadcast: string;
}

interface Address6 {
  readonly address: string;
  readonly prefix: number;
  readonly scope: string;
}

/** if_arp.h: what /sys/class/net/NAME/type holds. */
const TYPES: Readonly<Record<string, string>> = {
  1: 'ether',
  32: 'infiniband',
  512: 'ppp',
  772: 'loopback',
  65534: 'tunnel',
};

/** What `ip` printed. */
export interface NetworkTexts {
  /** `ip -o addr` */
  readonly addresses: string;
  /** `ip route get` of an address that is nowhere near. */
  readonly route4: string;
  readonly route6: string;
  /** Paths below /sys/class/net of bridge ports (`brif/PORT`) and bonds. */
  readonly ports: string;
}

/** Interfaces, addresses and default routes; and each interface under its own name. */
export function networkFacts(files: FileLines, texts: NetworkTexts) {
  const names = interfaceNames(files);
  const addresses = parseAddresses(texts.addresses);
  const ports = texts.ports.split('\n');
  const devices = names.map((name) => deviceFacts(name, files, addresses, ports));
  const resolver = files.get('/etc/resolv.conf') ?? [];
  const words = (key: string) =>
    resolver
      .map((line) => line.trim().split(/\s+/))
      .filter(([word]) => word === key)
      .flatMap(([, ...rest]) => rest);
  const isOutside = (address: string) => !address.startsWith('127.') && address !== '::1';
  return {
    devices: Object.fromEntries(devices.map((device) => [device.device.replace(/[-.:]/g, '_'), device])),
    facts: {
      interfaces: names,
      all_ipv4_addresses: addresses.flatMap(({ ipv4 }) => ipv4?.address ?? []).filter(isOutside),
      all_ipv6_addresses: addresses.flatMap(({ ipv6 }) => ipv6?.address ?? []).filter(isOutside),
      default_ipv4: defaultRoute(texts.route4, devices, 'ipv4'),
      default_ipv6: defaultRoute(texts.route6, devices, 'ipv6'),
      dns: { nameservers: words('nameserver'), search: words('search') },
    },
  };
}

/** From sysfs, where every interface has an `operstate`; names are at most 15 bytes without blanks, `/` or `:`. */
function interfaceNames(files: FileLines): readonly string[] {
  return [...files.keys()]
    .map((path) => /^\/sys\/class\/net\/([^/]+)\/operstate$/.exec(path)?.[1])
    .filter((name) => name !== undefined);
}

interface NamedAddress {
  readonly device: string;
  readonly ipv4?: Address4;
  readonly ipv6?: Address6;
}

/** `2: eth0    inet 192.0.2.5/24 brd 192.0.2.255 scope global eth0\ …`; a peer's address stands in place of the prefix's. */
function parseAddresses(text: string): readonly NamedAddress[] {
  return text.split('\n').flatMap((line): NamedAddress[] => {
    const match =
      /^\d+: ([^\s@:]+)\S*\s+(inet6?) ([0-9a-fA-F.:]+)(?: peer [0-9a-fA-F.:]+)?(?:\/(\d+))?(.*)$/.exec(line);
    if (!match) return [];
    const [, device = '', family, address = '', prefix, rest = ''] = match;
    if (family === 'inet6') {
      const scope = / scope (\S+)/.exec(rest)?.[1] ?? 'global';
      return [{ device, ipv6: { address, prefix: Number(prefix ?? 128), scope } }];
    }
    const valid = ipaddr.IPv4.isValid(address) && Number(prefix ?? 32) <= 32;
    return valid ? [{ device, ipv4: address4(address, Number(prefix ?? 32), rest) }] : [];
  });
}

function address4(address: string, prefix: number, rest: string): Address4 {
  return {
    address,
    prefix,
    netmask: ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString(),
    network: ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`).toString(),
    broadcast: / brd (\S+)/.exec(rest)?.[1] ?? '',
  };
}

function deviceFacts(
  device: string,
  files: FileLines,
  addresses: readonly NamedAddress[],
  ports: readonly string[],
) {
  const read = (name: string) => firstLine(files, `/sys/class/net/${device}/${name}`);
  const own = addresses.filter((address) => address.device === device);
  const [first, ...more] = own.flatMap(({ ipv4 }) => ipv4 ?? []);
  const bridgeId = read('bridge/bridge_id');
  const isBond = ports.includes(`/sys/class/net/${device}/bonding`);
  const marker = `/sys/class/net/${device}/brif/`;
  const members = ports.filter((path) => path.startsWith(marker)).map((path) => path.slice(marker.length));
  return {
    device,
    active: read('operstate') !== 'down',
    macaddress: read('address'),
    mtu: Number(read('mtu')),
    promisc: (Number(read('flags')) & 0x100) !== 0,
    type: bridgeId ? 'bridge' : isBond ? 'bonding' : (TYPES[read('type')] ?? 'unknown'),
    ...(bridgeId ? { id: bridgeId, stp: read('bridge/stp_state') === '1', interfaces: members } : {}),
    ...(first ? { ipv4: first } : {}),
    ...(more.length > 0 ? { ipv4_secondaries: more } : {}),
    ipv6: own.flatMap(({ ipv6 }) => ipv6 ?? []),
  };
}

type Device = ReturnType<typeof deviceFacts>;

/** `8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.5 …`; {} where there is no route. */
function defaultRoute(route: string, devices: readonly Device[], family: 'ipv4' | 'ipv6') {
  const word = (name: string) => new RegExp(`(?:^|\\s)${name} (\\S+)`).exec(route)?.[1];
  const device = devices.find(({ device: name }) => name === word('dev'));
  const source = word('src');
  // A route by which the kernel sends such packets nowhere (`unreachable`, the loopback) is no default route.
  if (!device || !source || device.type === 'loopback') return {};
  const known = [device.ipv4, ...(device.ipv4_secondaries ?? []), ...device.ipv6].find(
    (address) => address?.address === source,
  );
  return {
    ...(known ?? { address: source }),
    interface: device.device,
    ...(word('via') ? { gateway: word('via') } : {}),
    macaddress: device.macaddress,
    mtu: device.mtu,
    type: device.type,
    ...(family === 'ipv4' ? { alias: device.device } : {}),
  };
}
