import { sha256 } from '../../core/digest.ts';
import type { HostNetwork, Profile } from '../../facts/network/host-network.ts';
import type { Ipv4Wish } from './wish.ts';

/** nmcli's names of settings, and the keyfile's. */
const SECTIONS: Readonly<Record<string, string>> = { '802-3-ethernet': 'ethernet' };

/** Properties whose unset value nmcli prints as a word, and which then do not stand in a file. */
const UNSET: Readonly<Record<string, readonly string[]>> = {
  'connection.autoconnect': ['yes'],
  'connection.autoconnect-priority': ['0'],
  '802-3-ethernet.mtu': ['auto', '0'],
};

/** The properties of ipv4 and ipv6 that go with addresses from one profile to another. */
const ADDRESSING =
  /^ipv[46]\.(method|addresses|gateway|dns|dns-search|dns-options|dns-priority|routes|route-metric|ignore-auto-routes|ignore-auto-dns|never-default|may-fail|dhcp-client-id|dhcp-hostname|dhcp-timeout|ip6-privacy|addr-gen-mode|token|dhcp-duid)$/;

/** Values that say nothing. */
const DEFAULTS = new Set(['', '-1', 'default', '0', '--', 'default-or-eui64', 'stable-privacy']);

/** The profile that an interface has, or would get; profiles that NetworkManager made up for what others configured are none. */
export function profileOf(network: HostNetwork, name: string): Profile | null {
  const device = network.managedDevices.find((managed) => managed.device === name);
  const external = new Set(
    network.managedDevices.filter(({ state }) => state.includes('external')).map(({ uuid }) => uuid),
  );
  const real = network.profiles.filter((profile) => !external.has(profile['connection.uuid'] ?? ''));
  const active = real.find((profile) => profile['connection.uuid'] === device?.uuid && device?.uuid !== '');
  return active ?? real.find((profile) => profile['connection.interface-name'] === name) ?? null;
}

/** Profiles that make an interface a port of a bridge: by the bridge's name or by its profile's UUID. */
export function portProfiles(network: HostNetwork, bridge: string): readonly Profile[] {
  const uuids = network.profiles
    .filter(
      (profile) => profile['connection.type'] === 'bridge' && profile['connection.interface-name'] === bridge,
    )
    .map((profile) => profile['connection.uuid']);
  return network.profiles.filter((profile) => {
    const master = masterOf(profile);
    return master !== '' && (master === bridge || uuids.includes(master));
  });
}

/** NetworkManager 1.46 calls it controller. */
export function masterOf(profile: Profile): string {
  return profile['connection.controller'] || profile['connection.master'] || '';
}

export function ipv4OfProfile(profile: Profile): Ipv4Wish {
  const method = profile['ipv4.method'] ?? 'auto';
  if (method === 'auto') return { method: 'dhcp', addresses: [], gateway: null, dns: [] };
  const addresses = listOf(profile['ipv4.addresses']);
  return {
    method: method === 'manual' && addresses.length > 0 ? 'static' : 'none',
    addresses: method === 'manual' ? addresses : [],
    gateway: given(profile['ipv4.gateway']),
    dns: listOf(profile['ipv4.dns']),
  };
}

/** What a profile says of addresses, without what is the same as nothing. */
export function addressingOf(profile: Profile): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(profile).filter(([key, value]) => {
      if (!ADDRESSING.test(key) || DEFAULTS.has(value)) return false;
      if (/\.(ignore-auto-|never-default)/.test(key)) return value === 'yes';
      return key.endsWith('.may-fail') ? value === 'no' : true;
    }),
  );
}

/** An IPv4 in properties; '' takes one away. */
export function ipv4Properties({
  method,
  addresses,
  gateway,
  dns,
}: Ipv4Wish): Readonly<Record<string, string>> {
  return {
    'ipv4.method': { static: 'manual', dhcp: 'auto', none: 'disabled' }[method],
    'ipv4.addresses': addresses.join(','),
    'ipv4.gateway': gateway ?? '',
    ...(dns.length > 0 || method === 'none' ? { 'ipv4.dns': dns.join(',') } : {}),
  };
}

/** The same profile, at every run and whoever runs it: made of the host's own identity and the names. */
export function fixedUuid(network: HostNetwork, ...names: readonly string[]): string {
  const hex = sha256(new TextEncoder().encode(['hostwright', network.machineId, ...names].join('\n')));
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

/** A profile as a keyfile, which every NetworkManager since 0.7 loads. */
export function formatKeyfile(properties: Readonly<Record<string, string>>): string {
  const sections = new Map<string, string[]>();
  const add = (section: string, line: string) => {
    const name = SECTIONS[section] ?? section;
    sections.set(name, [...(sections.get(name) ?? []), line]);
  };
  for (const [property, value] of Object.entries(properties)) {
    const at = property.indexOf('.');
    const [section, key] = [property.slice(0, at), property.slice(at + 1)];
    if (UNSET[property]?.includes(value)) continue;
    if (/^ipv[46]$/.test(section))
      for (const line of addressLines(key, value, properties, section)) add(section, line);
    else if (value !== '') add(section, `${key === 'type' ? 'type' : key}=${keyfileValue(property, value)}`);
  }
  return `${[...sections].map(([name, lines]) => [`[${name}]`, ...lines].join('\n')).join('\n\n')}\n`;
}

function keyfileValue(property: string, value: string): string {
  if (property === 'connection.type') return SECTIONS[value] ?? value;
  if (value === 'yes') return 'true';
  return value === 'no' ? 'false' : value;
}

function addressLines(
  key: string,
  value: string,
  properties: Readonly<Record<string, string>>,
  section: string,
): readonly string[] {
  if (value === '') return [];
  if (key === 'addresses') {
    const gateway = given(properties[`${section}.gateway`]);
    return listOf(value).map(
      (address, index) =>
        `address${index + 1}=${address}${index === 0 && gateway !== null ? `,${gateway}` : ''}`,
    );
  }
  if (key === 'gateway') return properties[`${section}.addresses`] ? [] : [`gateway=${value}`];
  if (key === 'routes') {
    return listOf(value).map((route, index) => {
      const [to = '', ...rest] = route.split(/\s+/);
      const plain = rest.filter((word) => !word.includes('='));
      return `route${index + 1}=${[to, ...plain].join(',')}`;
    });
  }
  if (/^dns(-search|-options)?$/.test(key)) return [`${key}=${listOf(value).join(';')};`];
  return [`${key}=${keyfileValue(`${section}.${key}`, value)}`];
}

export function listOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s*[,;]\s*/).filter((part) => part !== '' && part !== '--');
}

function given(value: string | undefined): string | null {
  return value === undefined || value === '' || value === '--' ? null : value;
}
