import type { HostNetwork, Profile } from '../../facts/network/host-network.ts';
import {
  addressingOf,
  fixedUuid,
  ipv4OfProfile,
  ipv4Properties,
  listOf,
  masterOf,
  portProfiles,
  profileOf,
} from './nm-profile.ts';
import { ipv4OfRuntime, linkNamed } from './runtime-state.ts';
import type { BridgeWish, Edits, ProfileEdit } from './wish.ts';

type Properties = Readonly<Record<string, string>>;

export function presentProfiles(network: HostNetwork, wish: BridgeWish): Edits {
  const old = profileOf(network, wish.name);
  const isBridge = old?.['connection.type'] === 'bridge';
  const bridge = isBridge && old ? changedBridge(network, old, wish) : newBridge(network, wish);
  return {
    files: [],
    profiles: [...bridge, ...wish.ports.flatMap((port) => portEdits(network, wish, port))],
  };
}

function newBridge(network: HostNetwork, wish: BridgeWish): readonly ProfileEdit[] {
  const uuid = fixedUuid(network, 'bridge', wish.name);
  const source = wish.source === null ? null : profileOf(network, wish.source);
  const after: Properties = {
    'connection.id': wish.name,
    'connection.uuid': uuid,
    'connection.type': 'bridge',
    'connection.interface-name': wish.name,
    ...(wish.zone === null ? {} : { 'connection.zone': wish.zone }),
    ...(wish.mtu === null ? {} : { '802-3-ethernet.mtu': String(wish.mtu) }),
    ...(wish.mac === '' ? {} : { 'bridge.mac-address': wish.mac.toUpperCase() }),
    'bridge.stp': wish.stp ? 'yes' : 'no',
    ...(wish.forwardDelay === null ? {} : { 'bridge.forward-delay': String(wish.forwardDelay) }),
    ...(wish.vlanFiltering === null ? {} : { 'bridge.vlan-filtering': yesNo(wish.vlanFiltering) }),
    ...addressing(network, wish, source),
  };
  return [{ uuid, id: wish.name, before: null, after }];
}

function addressing(network: HostNetwork, wish: BridgeWish, source: Profile | null): Properties {
  const taken = source ? addressingOf(source) : {};
  const six = Object.fromEntries(Object.entries(taken).filter(([key]) => key.startsWith('ipv6.')));
  const ipv6 = { 'ipv6.method': wish.source === null ? 'disabled' : 'auto', ...six };
  const runtime = wish.source === null ? null : ipv4OfRuntime(network, wish.source);
  const ipv4 =
    wish.ipv4 ?? (source ? null : (runtime ?? { method: 'none', addresses: [], gateway: null, dns: [] }));
  const four = Object.fromEntries(Object.entries(taken).filter(([key]) => key.startsWith('ipv4.')));
  if (!ipv4) return { 'ipv4.method': 'auto', ...four, ...ipv6 };
  const { 'ipv4.addresses': _, 'ipv4.gateway': __, 'ipv4.method': ___, ...kept } = four;
  return { ...kept, ...ipv4Properties(ipv4), ...ipv6 };
}

/** A bridge that has a profile, by whomever it was made: it is adopted, and gets what the task says and what a reboot needs. */
function changedBridge(network: HostNetwork, old: Profile, wish: BridgeWish): readonly ProfileEdit[] {
  const ipv4 = wish.ipv4 && !sameIpv4(old, wish.ipv4) ? ipv4Properties(wish.ipv4) : {};
  const source = wish.source === null || wish.source === wish.name ? null : profileOf(network, wish.source);
  const moved =
    wish.source !== null && wish.source !== wish.name && !wish.ipv4 ? addressing(network, wish, source) : {};
  const mac = (old['bridge.mac-address'] ?? '').toLowerCase();
  const wanted: Properties = {
    'connection.autoconnect': 'yes',
    ...(mac === wish.mac || wish.mac === '' ? {} : { 'bridge.mac-address': wish.mac.toUpperCase() }),
    ...(wish.stp === null ? {} : { 'bridge.stp': yesNo(wish.stp) }),
    ...(wish.forwardDelay === null ? {} : { 'bridge.forward-delay': String(wish.forwardDelay) }),
    ...(wish.vlanFiltering === null ? {} : { 'bridge.vlan-filtering': yesNo(wish.vlanFiltering) }),
    ...(wish.mtu === null ? {} : { '802-3-ethernet.mtu': String(wish.mtu) }),
    ...moved,
    ...ipv4,
  };
  return edit(old, wanted);
}

function sameIpv4(profile: Profile, wanted: NonNullable<BridgeWish['ipv4']>): boolean {
  const now = ipv4OfProfile(profile);
  return (
    now.method === wanted.method &&
    now.addresses.join() === wanted.addresses.join() &&
    now.gateway === wanted.gateway &&
    (wanted.dns.length === 0 || now.dns.join() === wanted.dns.join())
  );
}

/** The port's own new profile; the one that it had stays, and does not come up by itself any more. */
function portEdits(network: HostNetwork, wish: BridgeWish, port: string): readonly ProfileEdit[] {
  const ports = portProfiles(network, wish.name);
  const existing = ports.find((profile) => profile['connection.interface-name'] === port);
  const others = cardProfiles(network, port);
  const aside = others.flatMap((profile) =>
    isAutomatic(profile) ? [removal(profile)] : edit(profile, { 'connection.autoconnect': 'no' }),
  );
  if (existing) return [...edit(existing, { 'connection.autoconnect': 'yes' }), ...aside];
  const uuid = fixedUuid(network, 'port', wish.name, port);
  const after: Properties = {
    'connection.id': `${wish.name}-${port}`,
    'connection.uuid': uuid,
    'connection.type': '802-3-ethernet',
    'connection.interface-name': port,
    // Before any profile that is for every card.
    'connection.autoconnect-priority': '100',
    'connection.master': wish.name,
    'connection.slave-type': 'bridge',
    ...(wish.mtu === null ? {} : { '802-3-ethernet.mtu': String(wish.mtu) }),
  };
  return [{ uuid, id: `${wish.name}-${port}`, before: null, after }, ...aside];
}

/** Profiles of a card alone, by its name or its MAC, that make it no port. One that is for any card is not among them. */
function cardProfiles(network: HostNetwork, card: string): readonly Profile[] {
  const mac = linkNamed(network, card)?.mac;
  return network.profiles.filter((profile) => {
    const name = profile['connection.interface-name'] ?? '';
    const its = (profile['802-3-ethernet.mac-address'] ?? '').toLowerCase();
    const isIts = name === card || (name === '' && its !== '' && its === mac);
    return isIts && profile['connection.type'] !== 'bridge' && masterOf(profile) === '';
  });
}

/** "Wired connection 1" in the languages that name it otherwise, from NetworkManager's translations. */
const WIRED =
  /^(Wired connection|有线连接|有線連線|有線接続|유선 연결|Kabelgebundene Verbindung|Connexion filaire|Conexión cableada|Connessione via cavo|Conexão cabeada|Проводное (подключение|соединение)|Połączenie przewodowe) \d+$/;

/** What NetworkManager made for a card that had no profile; it would take the card again, and nobody wrote it. */
function isAutomatic(profile: Profile): boolean {
  return profile['connection.autoconnect-priority'] === '-999' || WIRED.test(profile['connection.id'] ?? '');
}

export function absentProfiles(network: HostNetwork, wish: BridgeWish): Edits {
  const bridge = profileOf(network, wish.name);
  const [port] = wish.ports;
  const taken = bridge ? addressingOf(bridge) : {};
  const back = port === undefined ? [] : giveBack(network, taken, port, wish);
  const gone = [...(bridge ? [bridge] : []), ...portProfiles(network, wish.name)].map(removal);
  return { files: [], profiles: [...back, ...gone] };
}

function giveBack(
  network: HostNetwork,
  taken: Properties,
  port: string,
  wish: BridgeWish,
): readonly ProfileEdit[] {
  const old = cardProfiles(network, port).find((profile) => !isAutomatic(profile));
  const ipv4 = wish.ipv4 ? ipv4Properties(wish.ipv4) : {};
  if (old) {
    const now = addressingOf(old);
    const emptied = Object.fromEntries(
      Object.keys(now)
        .filter((key) => !Object.hasOwn(taken, key))
        .map((key) => [key, '']),
    );
    return edit(old, { 'connection.autoconnect': 'yes', ...emptied, ...taken, ...ipv4 });
  }
  const uuid = fixedUuid(network, 'card', port);
  const after: Properties = {
    'connection.id': port,
    'connection.uuid': uuid,
    'connection.type': '802-3-ethernet',
    'connection.interface-name': port,
    ...taken,
    ...ipv4,
  };
  return [{ uuid, id: port, before: null, after }];
}

function removal(profile: Profile): ProfileEdit {
  return {
    uuid: profile['connection.uuid'] ?? '',
    id: profile['connection.id'] ?? '',
    before: { ...identity(profile), ...addressingOf(profile) },
    after: null,
  };
}

/** What of a profile is needed to make it again. */
function identity(profile: Profile): Properties {
  const keys =
    /^(connection\.(id|uuid|type|interface-name|zone|master|slave-type|autoconnect|autoconnect-priority)|bridge\.(mac-address|stp|forward-delay|vlan-filtering)|802-3-ethernet\.mtu)$/;
  return Object.fromEntries(Object.entries(profile).filter(([key, value]) => keys.test(key) && value !== ''));
}

/** Only what is another value. */
function edit(profile: Profile, wanted: Properties): readonly ProfileEdit[] {
  const differing = Object.entries(wanted).filter(([key, value]) => !same(key, profile[key], value));
  if (differing.length === 0) return [];
  return [
    {
      uuid: profile['connection.uuid'] ?? '',
      id: profile['connection.id'] ?? '',
      before: Object.fromEntries(differing.map(([key]) => [key, profile[key] ?? ''])),
      after: Object.fromEntries(differing),
    },
  ];
}

function same(key: string, now: string | undefined, wanted: string): boolean {
  if (/\.(addresses|dns|dns-search|routes)$/.test(key)) return listOf(now).join() === listOf(wanted).join();
  return (now ?? '') === wanted;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
