import type { ConfigurationFile, HostNetwork } from '../../facts/network/host-network.ts';
import { editIni, formatIni, type IniSection, iniValues, keyOf, parseIni } from './ini-text.ts';
import { ipv4OfRuntime, linkNamed } from './runtime-state.ts';
import type { BridgeWish, Edits, FileEdit, Ipv4Wish } from './wish.ts';

const DIRECTORY = '/etc/systemd/network';

/** Sections that are about addresses, and go with them from one interface to another. */
const ADDRESSING =
  /^(Address|Neighbor|Route|NextHop|RoutingPolicyRule|DHCP|DHCPv4|DHCPv6|IPv6AcceptRA|IPv6AddressLabel)$/;
/** Keys of [Network] that stay with the device. */
const OF_DEVICE =
  /^(Bridge|Bond|VRF|VLAN|MACVLAN|MACVTAP|IPVLAN|VXLAN|Tunnel|LLDP|EmitLLDP|BindCarrier|Description)$/;
const FOUR = /^\d{1,3}(\.\d{1,3}){3}(\/\d+)?$/;

/** The file that systemd-networkd goes by for an interface: the one it names, else the first whose [Match] names it. */
export function networkUnit(network: HostNetwork, name: string): ConfigurationFile | null {
  const named = network.networkd.get(name)?.file;
  const file = named ? network.files.get(named) : undefined;
  if (file?.path.startsWith(DIRECTORY)) return file;
  const mac = linkNamed(network, name)?.mac;
  return (
    unitsInOrder(network, '.network').find(({ text }) => {
      const sections = parseIni(text);
      const names = iniValues(sections, 'Match', 'Name').flatMap((list) => list.split(/\s+/));
      const macs = iniValues(sections, 'Match', 'MACAddress').map((value) => value.toLowerCase());
      return (
        names.some((pattern) => matches(pattern, name)) ||
        (mac !== undefined && mac !== '' && macs.includes(mac))
      );
    }) ?? null
  );
}

/** The file that makes a bridge of that name. */
export function bridgeUnit(network: HostNetwork, name: string): ConfigurationFile | null {
  return (
    unitsInOrder(network, '.netdev').find(({ text }) => {
      const sections = parseIni(text);
      return (
        iniValues(sections, 'NetDev', 'Name').at(-1) === name &&
        iniValues(sections, 'NetDev', 'Kind').at(-1) === 'bridge'
      );
    }) ?? null
  );
}

/** By name, whatever directory they are in. */
function unitsInOrder(network: HostNetwork, ending: string): readonly ConfigurationFile[] {
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  return [...network.files.values()]
    .filter(({ path }) => /^\/(etc|run)\/systemd\/network\/[^/]+$/.test(path) && path.endsWith(ending))
    .toSorted((a, b) => (nameOf(a.path) < nameOf(b.path) ? -1 : 1));
}

/** A shell pattern of [Match]; one that begins with `!` matches nothing that we would rely on. */
function matches(pattern: string, name: string): boolean {
  if (pattern.startsWith('!')) return false;
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    return new RegExp(`^${source}$`).test(name);
  } catch {
    return false;
  }
}

export function presentUnits(network: HostNetwork, wish: BridgeWish): Edits {
  const device = bridgeUnit(network, wish.name);
  const own = networkUnit(network, wish.name);
  const isOwn = own !== null && isAlone(own, wish.name);
  const base = fileBase(network, wish.name);
  const source = wish.source === null ? null : networkUnit(network, wish.source);
  return {
    files: changed([
      edit(network, device?.path ?? `${DIRECTORY}/${base}.netdev`, deviceText(device?.text ?? '', wish)),
      edit(
        network,
        isOwn ? own.path : `${DIRECTORY}/${base}.network`,
        bridgeText(network, wish, isOwn ? own.text : '', source?.text ?? ''),
      ),
      ...wish.ports.map((port) => portEdit(network, wish, port)),
    ]),
  };
}

function deviceText(text: string, wish: BridgeWish): string {
  const first = editIni(parseIni(text), 'NetDev', {
    Name: wish.name,
    Kind: 'bridge',
    ...(wish.mac === '' ? {} : { MACAddress: wish.mac }),
    ...(wish.mtu === null ? {} : { MTUBytes: String(wish.mtu) }),
  });
  const isNew = text === '';
  const stp = wish.stp ?? (isNew ? false : null);
  const delay = wish.forwardDelay ?? (isNew ? 0 : null);
  return formatIni(
    editIni(first, 'Bridge', {
      ...(stp === null ? {} : { STP: stp ? 'yes' : 'no' }),
      // The kernel refuses less than two seconds where STP is on, and takes none where it is off.
      ...(delay === null || (delay === 0 && isNew && wish.forwardDelay === null)
        ? {}
        : { ForwardDelaySec: String(delay) }),
      ...(wish.vlanFiltering === null ? {} : { VLANFiltering: wish.vlanFiltering ? 'yes' : 'no' }),
    }),
  );
}

/** The bridge's own text: what it had that is no addressing, and the source's addressing, or what the task says. */
function bridgeText(network: HostNetwork, wish: BridgeWish, own: string, source: string): string {
  const isItself = wish.source === wish.name;
  const kept = own === '' ? [{ name: 'Match', lines: [`Name=${wish.name}`] }] : parseIni(own);
  let sections: readonly IniSection[] = kept;
  if (!isItself) sections = [...withoutAddressing(kept), ...addressingOf(parseIni(source))];
  sections = joined(sections);
  // Nothing is plugged in where there is no port, and networkd would wait for that before it gives an address.
  if (wish.ports.length === 0)
    sections = editIni(ensureNetwork(sections), 'Network', { ConfigureWithoutCarrier: 'yes' });
  if (wish.ipv4) sections = withIpv4(sections, wish.ipv4);
  else if (!isItself && source === '' && wish.source !== null) {
    sections = withIpv4(sections, ipv4OfRuntime(network, wish.source));
  }
  return formatIni(withIaid(network, wish, sections));
}

/** [Network] once, right after [Match]: two of them are the same to systemd, and worse to read. */
function joined(sections: readonly IniSection[]): readonly IniSection[] {
  const lines = sections.filter(({ name }) => name === 'Network').flatMap((section) => section.lines);
  const rest = sections.filter(({ name }) => name !== 'Network');
  return lines.length > 0 ? afterMatch(rest, { name: 'Network', lines }) : rest;
}

/** Comments at the beginning of a file are a section without a name before [Match]. */
function afterMatch(sections: readonly IniSection[], section: IniSection): readonly IniSection[] {
  const match = sections.findIndex(({ name }) => name === 'Match');
  const at = match < 0 ? Math.min(1, sections.length) : match + 1;
  return [...sections.slice(0, at), section, ...sections.slice(at)];
}

function addressingOf(sections: readonly IniSection[]): readonly IniSection[] {
  return sections.flatMap(({ name, lines }) => {
    if (ADDRESSING.test(name)) return [{ name, lines }];
    if (name !== 'Network') return [];
    return [{ name, lines: lines.filter((line) => keyOf(line) !== '' && !OF_DEVICE.test(keyOf(line))) }];
  });
}

function withoutAddressing(sections: readonly IniSection[]): readonly IniSection[] {
  return sections.flatMap(({ name, lines }) => {
    if (ADDRESSING.test(name)) return [];
    if (name !== 'Network') return [{ name, lines }];
    const rest = lines.filter((line) => keyOf(line) === '' || OF_DEVICE.test(keyOf(line)));
    return rest.length > 0 ? [{ name, lines: rest }] : [];
  });
}

function withIpv4(
  sections: readonly IniSection[],
  { method, addresses, gateway, dns }: Ipv4Wish,
): readonly IniSection[] {
  const cleaned = sections.flatMap(({ name, lines }) => {
    const isFour = (key: string) =>
      lines.some((line) => keyOf(line) === key && FOUR.test(line.slice(line.indexOf('=') + 1).trim()));
    const isDefault = !lines.some((line) => keyOf(line) === 'Destination');
    if (name === 'Address' && isFour('Address')) return [];
    if (name === 'Route' && isFour('Gateway') && isDefault) return [];
    if (name !== 'Network') return [{ name, lines }];
    const rest = lines.filter((line) => {
      const value = line.slice(line.indexOf('=') + 1).trim();
      return keyOf(line) === 'DNS'
        ? dns.length === 0
        : !(/^(Address|Gateway)$/.test(keyOf(line)) && FOUR.test(value));
    });
    return [{ name, lines: rest }];
  });
  const added = [
    ...addresses.map((address) => `Address=${address}`),
    ...(gateway === null ? [] : [`Gateway=${gateway}`]),
    ...dns.map((server) => `DNS=${server}`),
  ];
  const now = iniValues(cleaned, 'Network', 'DHCP').at(-1);
  const six = now !== undefined && /^(yes|true|both|ipv6|v6)$/.test(now);
  const dhcp = method === 'dhcp' ? (six ? 'yes' : 'ipv4') : six ? 'ipv6' : null;
  const edited = editIni(ensureNetwork(cleaned), 'Network', { DHCP: dhcp });
  return edited.map((section) =>
    section.name === 'Network' ? { ...section, lines: [...section.lines, ...added] } : section,
  );
}

function ensureNetwork(sections: readonly IniSection[]): readonly IniSection[] {
  if (sections.some(({ name }) => name === 'Network')) return sections;
  return afterMatch(sections, { name: 'Network', lines: [] });
}

/** The client identifier holds a number made of the interface's name; with the old one the server gives the old lease. */
function withIaid(
  network: HostNetwork,
  wish: BridgeWish,
  sections: readonly IniSection[],
): readonly IniSection[] {
  const client = wish.source === null ? null : (network.networkd.get(wish.source)?.clientId ?? null);
  const byMac = sections.some((section) =>
    iniValues([section], section.name, 'ClientIdentifier').includes('mac'),
  );
  if (wish.source === wish.name || !client?.startsWith('ff') || byMac) return sections;
  if (iniValues(sections, 'DHCPv4', 'IAID').length > 0 || iniValues(sections, 'Network', 'DHCP').length === 0)
    return sections;
  return editIni(sections, 'DHCPv4', { IAID: String(Number.parseInt(client.slice(2, 10), 16)) });
}

/** In the port's own file; where that serves other interfaces too, in one that is read before it. */
function portEdit(network: HostNetwork, wish: BridgeWish, port: string): FileEdit {
  const unit = networkUnit(network, port);
  const own = unit !== null && isAlone(unit, port);
  const sections = own ? parseIni(unit.text) : [{ name: 'Match', lines: [`Name=${port}`] }];
  const edited = editIni(joined([...withoutAddressing(sections)]), 'Network', {
    Bridge: wish.name,
    LinkLocalAddressing: 'no',
    IPv6AcceptRA: 'no',
  });
  const link = wish.mtu === null ? edited : editIni(edited, 'Link', { MTUBytes: String(wish.mtu) });
  return edit(network, own ? unit.path : `${DIRECTORY}/${fileBase(network, port)}.network`, formatIni(link));
}

export function absentUnits(network: HostNetwork, wish: BridgeWish): Edits {
  const device = bridgeUnit(network, wish.name);
  const own = networkUnit(network, wish.name);
  const addressing = own && isAlone(own, wish.name) ? addressingOf(parseIni(own.text)) : [];
  const gone = [device, own && isAlone(own, wish.name) ? own : null].flatMap((file): FileEdit[] =>
    file ? [{ path: file.path, before: file.text, after: null, mode: '0644' }] : [],
  );
  const ports = wish.ports.flatMap((port, index): FileEdit[] => {
    const unit = networkUnit(network, port);
    if (!unit) return [];
    const bare = editIni(parseIni(unit.text), 'Network', {
      Bridge: null,
      LinkLocalAddressing: null,
      IPv6AcceptRA: null,
    });
    const sections = bare.filter(({ name, lines }) => name !== 'Network' || lines.length > 0);
    const back = index === 0 ? joined([...sections, ...addressing]) : sections;
    return [edit(network, unit.path, formatIni(wish.ipv4 && index === 0 ? withIpv4(back, wish.ipv4) : back))];
  });
  return { files: changed([...ports, ...gone]) };
}

/** Its [Match] names this interface and nothing else, and it is where files are for people to change. */
function isAlone({ path, text }: ConfigurationFile, name: string): boolean {
  const match = parseIni(text).filter((section) => section.name === 'Match');
  const keys = match.flatMap(({ lines }) => lines.map(keyOf).filter((key) => key !== ''));
  const [only, ...more] = iniValues(match, 'Match', 'Name');
  return path.startsWith(DIRECTORY) && more.length === 0 && keys.length === 1 && only === name;
}

/** A file's name without its ending: before every file that would take the interface otherwise. */
function fileBase(network: HostNetwork, name: string): string {
  const usual = `10-${name}`;
  const earlier = unitsInOrder(network, '.network').find(({ text }) =>
    iniValues(parseIni(text), 'Match', 'Name').some((list) =>
      list.split(/\s+/).some((pattern) => matches(pattern, name)),
    ),
  );
  const first = earlier?.path.slice(earlier.path.lastIndexOf('/') + 1) ?? '~';
  return `${usual}.network` <= first ? usual : `00-hostwright-${name}`;
}

function edit(network: HostNetwork, path: string, after: string): FileEdit {
  return { path, before: network.files.get(path)?.text ?? null, after, mode: '0644' };
}

/** Files whose sections and lines would be the same are left as they were written. */
function changed(files: readonly FileEdit[]): readonly FileEdit[] {
  const plain = (text: string | null) => (text === null ? null : formatIni(parseIni(text)));
  return files.filter(({ before, after }) => plain(before) !== plain(after));
}
