import type { ConfigurationFile, HostNetwork } from '../../facts/network/host-network.ts';
import {
  editIfcfg,
  IFCFG_DIRECTORY,
  type IfcfgValues,
  ifcfgFilesOf,
  ifcfgPath,
  parseIfcfg,
} from './ifcfg-text.ts';
import { wrongCaseType, wrongDevice } from './problems.ts';
import { ipv4OfRuntime } from './runtime-state.ts';
import { addressOf, type BridgeWish, type Edits, type FileEdit, type Ipv4Wish, prefixOf } from './wish.ts';

/** What of a file is about addresses, routes and name servers, and so goes with them from one interface to another. */
const ADDRESSING =
  /^(BOOTPROTO|IPADDR\d*|PREFIX\d*|NETMASK\d*|GATEWAY\d*|GATEWAYDEV|BROADCAST\d*|NETWORK\d*|DNS\d+|DOMAIN|SEARCH|DEFROUTE|PEERDNS|PEERROUTES|PEERNTP|IPV4_\w+|IPV6\w*|DHCP\w*|ARPCHECK|ARPUPDATE|METRIC|ZONE|NOZEROCONF|PERSISTENT_DHCLIENT)$/;

const IPV4 = /^(BOOTPROTO|IPADDR\d*|PREFIX\d*|NETMASK\d*|GATEWAY\d*|BROADCAST\d*|NETWORK\d*|DNS\d+)$/;

/** Routes and rules of an interface stand in files of their own. */
const COMPANIONS = ['route', 'route6', 'rule', 'rule6'];

type Values = Readonly<Record<string, string | null>>;

export function presentIfcfg(network: HostNetwork, wish: BridgeWish): Edits {
  const old = ifcfgFilesOf(network, wish.name)[0];
  const path = old?.path ?? ifcfgPath(wish.name);
  const now: IfcfgValues = parseIfcfg(old?.text ?? '');
  const type = now.get('TYPE');
  if (type !== undefined && type !== 'Bridge' && /^bridge$/i.test(type)) throw wrongCaseType(path, type);
  const device = now.get('DEVICE');
  if (device !== undefined && device !== wish.name) throw wrongDevice(path, device);
  const bridge = editIfcfg(old?.text ?? '', {
    DEVICE: wish.name,
    // A file that was there need not have one; where it has, it names the same as the file.
    NAME: old && !now.has('NAME') ? null : wish.name,
    TYPE: 'Bridge',
    ONBOOT: 'yes',
    NM_CONTROLLED: 'no',
    ...addressing(network, wish),
    STP: onOff(wish.stp ?? /^(yes|on)$/i.test(now.get('STP') ?? 'off')),
    DELAY: delayOf(wish, now),
    ...(wish.mac === '' ? {} : { MACADDR: wish.mac }),
    ...(wish.mtu === null ? {} : { MTU: String(wish.mtu) }),
    ...(wish.vlanFiltering === null ? {} : { BRIDGING_OPTS: bridgingOptions(now, wish.vlanFiltering) }),
    ...(wish.zone === null ? {} : { ZONE: wish.zone }),
  });
  const ports = wish.ports.flatMap((port) => portFiles(network, wish, port));
  return {
    files: changed([
      edit(network, path, bridge),
      ...ports.map((one) => one.edit),
      ...moveCompanions(network, wish.source, wish.name),
    ]),
    warnings: ports.flatMap(({ warning }) => warning ?? []),
  };
}

/** As it is written, where it means the same. */
function delayOf({ forwardDelay }: BridgeWish, now: IfcfgValues): string {
  const old = now.get('DELAY') || '0';
  return forwardDelay === null || Number(old) === forwardDelay ? old : String(forwardDelay);
}

function bridgingOptions(now: IfcfgValues, vlanFiltering: boolean): string {
  const others = (now.get('BRIDGING_OPTS') ?? '')
    .split(/\s+/)
    .filter((word) => !/^(vlan_filtering=|$)/.test(word));
  return [...others, `vlan_filtering=${vlanFiltering ? 1 : 0}`].join(' ');
}

/** The file that `ifup` goes by makes it a port. Another one that is loaded as well would give it an address at boot, and is turned off. */
function portFiles(
  network: HostNetwork,
  wish: BridgeWish,
  port: string,
): readonly { readonly edit: FileEdit; readonly warning?: string }[] {
  const [file, ...others] = ifcfgFilesOf(network, port);
  const text = file?.text ?? '';
  const values = parseIfcfg(text);
  const gone = Object.fromEntries(
    [...values.keys()].filter((key) => ADDRESSING.test(key)).map((key) => [key, null]),
  );
  const own = editIfcfg(text, {
    ...gone,
    DEVICE: port,
    TYPE: values.get('TYPE') ?? 'Ethernet',
    BOOTPROTO: 'none',
    ONBOOT: 'yes',
    NM_CONTROLLED: 'no',
    BRIDGE: wish.name,
    ...(wish.mtu === null ? {} : { MTU: String(wish.mtu) }),
  });
  return [
    { edit: edit(network, file?.path ?? ifcfgPath(port), own) },
    ...others.map(({ path, text: other }) => ({
      edit: edit(network, path, editIfcfg(other, { ONBOOT: 'no' })),
      warning: `${path} configures ${port} a second time, and the network scripts load it whatever its ending: it does not come up any more.`,
    })),
  ];
}

/** The assignments that give the bridge its addresses, in the words of the source's own file. */
function addressing(network: HostNetwork, wish: BridgeWish): Values {
  const fileOf = (name: string | null) => (name === null ? undefined : ifcfgFilesOf(network, name)[0]);
  const own = parseIfcfg(fileOf(wish.name)?.text ?? '');
  const source = fileOf(wish.source);
  const values = parseIfcfg(source?.text ?? '');
  const moved = Object.fromEntries([...values].filter(([key]) => ADDRESSING.test(key)));
  const gone = Object.fromEntries(
    [...own.keys()].filter((key) => ADDRESSING.test(key)).map((key) => [key, null]),
  );
  if (wish.ipv4) return { ...gone, ...withoutIpv4(moved), ...ipv4Values(wish.ipv4) };
  if (source) return { ...gone, ...moved, BOOTPROTO: moved.BOOTPROTO ?? 'none' };
  const runtime = wish.source === null ? null : ipv4OfRuntime(network, wish.source);
  return { ...gone, ...ipv4Values(runtime ?? { method: 'none', addresses: [], gateway: null, dns: [] }) };
}

function withoutIpv4(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !IPV4.test(key)));
}

function ipv4Values({ method, addresses, gateway, dns }: Ipv4Wish): Values {
  const numbered = addresses.flatMap((cidr, index) => [
    [`IPADDR${index || ''}`, addressOf(cidr)],
    [`PREFIX${index || ''}`, prefixOf(cidr)],
  ]);
  return {
    BOOTPROTO: method === 'dhcp' ? 'dhcp' : 'none',
    ...Object.fromEntries(numbered),
    ...(gateway === null ? {} : { GATEWAY: gateway }),
    ...Object.fromEntries(dns.map((server, index) => [`DNS${index + 1}`, server])),
  };
}

export function absentIfcfg(network: HostNetwork, wish: BridgeWish): Edits {
  const bridge = ifcfgFilesOf(network, wish.name)[0];
  const values = parseIfcfg(bridge?.text ?? '');
  const back = Object.fromEntries([...values].filter(([key]) => ADDRESSING.test(key)));
  const files = wish.ports.map((port, index) => {
    const file = ifcfgFilesOf(network, port)[0];
    const own =
      index === 0 ? { BOOTPROTO: 'none', ...back, ...(wish.ipv4 ? ipv4Values(wish.ipv4) : {}) } : {};
    return edit(
      network,
      file?.path ?? ifcfgPath(port),
      editIfcfg(file?.text ?? '', { BRIDGE: null, ...own }),
    );
  });
  const [first = null] = wish.ports;
  return {
    files: changed([
      ...files,
      ...(bridge ? [removal(bridge)] : []),
      ...(first === null ? [] : moveCompanions(network, wish.name, first)),
    ]),
  };
}

/** Files of routes, rules and aliases (`ifcfg-eth0:1`) go along, with the interface's name in them. */
function moveCompanions(network: HostNetwork, from: string | null, to: string): readonly FileEdit[] {
  if (from === null || from === to) return [];
  const companions = COMPANIONS.flatMap((kind): FileEdit[] => {
    const file = network.files.get(`${IFCFG_DIRECTORY}/${kind}-${from}`);
    if (!file) return [];
    const text = file.text.replaceAll(/(\bdev\s+)(\S+)/g, (all, word, name) =>
      name === from ? `${word}${to}` : all,
    );
    return [edit(network, `${IFCFG_DIRECTORY}/${kind}-${to}`, text), removal(file)];
  });
  const aliases = [...network.files.values()].flatMap((file): FileEdit[] => {
    const alias = file.path.startsWith(ifcfgPath(`${from}:`)) ? file.path.slice(ifcfgPath(from).length) : '';
    if (alias === '' || alias.endsWith('~')) return [];
    const text = editIfcfg(file.text, { DEVICE: `${to}${alias}` });
    return [edit(network, ifcfgPath(`${to}${alias}`), text), removal(file)];
  });
  return [...companions, ...aliases];
}

function removal({ path, text }: ConfigurationFile): FileEdit {
  return { path, before: text, after: null, mode: '0644' };
}

function edit(network: HostNetwork, path: string, after: string): FileEdit {
  return { path, before: network.files.get(path)?.text ?? null, after, mode: '0644' };
}

function changed(files: readonly FileEdit[]): readonly FileEdit[] {
  return files.filter(({ before, after }) => before !== after);
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
