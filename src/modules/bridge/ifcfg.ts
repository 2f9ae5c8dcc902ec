import type { HostNetwork } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import type { Backend } from './backend.ts';
import { editIfcfg, IFCFG_DIRECTORY, type IfcfgValues, ifcfgPath, parseIfcfg } from './ifcfg-text.ts';
import { prefixOfMask } from './ipv4.ts';
import { wrongCaseType, wrongDevice } from './problems.ts';
import {
  announce,
  clearPorts,
  isOnlyAddressed,
  join,
  readdress,
  removeBridge,
  settings,
  steps,
} from './runtime-scripts.ts';
import { ipv4OfRuntime } from './runtime-state.ts';
import type { BridgeWish, BridgeWork, Configured, FileEdit, Ipv4Wish } from './wish.ts';
import { addressOf, prefixOf } from './wish.ts';

/** What of a file is about addresses, routes and name servers, and so goes with them from one interface to another. */
const ADDRESSING =
  /^(BOOTPROTO|IPADDR\d*|PREFIX\d*|NETMASK\d*|GATEWAY\d*|GATEWAYDEV|BROADCAST\d*|NETWORK\d*|DNS\d+|DOMAIN|SEARCH|DEFROUTE|PEERDNS|PEERROUTES|PEERNTP|IPV4_\w+|IPV6\w*|DHCP\w*|ARPCHECK|ARPUPDATE|METRIC|ZONE|NOZEROCONF|PERSISTENT_DHCLIENT)$/;

const IPV4 = /^(BOOTPROTO|IPADDR\d*|PREFIX\d*|NETMASK\d*|GATEWAY\d*|BROADCAST\d*|NETWORK\d*|DNS\d+)$/;

/** Routes and rules of an interface stand in files of their own. */
const COMPANIONS = ['route', 'route6', 'rule', 'rule6'];

/**
 * Red Hat's network scripts: CentOS 6 (SysV) and 7, and later releases that still have them. A file is sourced by root's shell, so every
 * value is quoted, and nothing stands behind one.
 */
export const ifcfg: Backend = {
  name: 'ifcfg',
  seconds: 60,
  configured,
  present,
  absent,
  paths: () => [IFCFG_DIRECTORY, '/etc/sysconfig/network', '/etc/resolv.conf'],
  leave: (work) => (isOnlyAddressed(work) ? null : leavePorts(work)),
  enter,
  tearDown: (work) =>
    isOnlyAddressed(work)
      ? removeBridge(work)
      : steps([
          sh`
            for i in ${work.state === 'present' ? [work.wish.name, ...work.wish.ports] : work.wish.ports}; do
              ifdown "$i" </dev/null >/dev/null 2>&1 || :
            done
          `,
          removeBridge(work),
        ]),
  restore: (work) => {
    if (isOnlyAddressed(work))
      return readdress(work.wish.name, work.after, work.before, work.network.dns.nameservers, {
        onLink: false,
      });
    const up = work.state === 'present' ? work.wish.ports : [...work.wish.ports, work.wish.name];
    return steps([sh`for i in ${up}; do ifup "$i" </dev/null; done`, clearPortsOf(work)]);
  },
  restoreAtBoot: () => null,
  reread: () => null,
};

function configured(network: HostNetwork, name: string): Configured | null {
  const file = network.files.get(ifcfgPath(name));
  if (!file) return null;
  const values = parseIfcfg(file.text);
  const isBridge = values.get('TYPE') === 'Bridge';
  return {
    files: [file.path],
    ipv4: ipv4Of(values),
    ipv6: ipv6Of(values),
    master: values.get('BRIDGE') || null,
    ports: isBridge ? portsOf(network, name) : null,
    mac: isBridge ? values.get('MACADDR') || null : null,
    atBoot: !/^no$/i.test(values.get('ONBOOT') ?? 'no'),
  };
}

function portsOf(network: HostNetwork, bridge: string): readonly string[] {
  return [...network.files.values()].flatMap(({ path, text }) => {
    const [, name] = new RegExp(`^${IFCFG_DIRECTORY}/ifcfg-([^~]+?)$`).exec(path) ?? [];
    const values = parseIfcfg(text);
    return name !== undefined && isLoaded(name) && values.get('BRIDGE') === bridge
      ? [values.get('DEVICE') || name]
      : [];
  });
}

/** Names at which the network scripts look away. */
function isLoaded(name: string): boolean {
  return !/(~|\.bak|\.old|\.orig|\.rpmnew|\.rpmorig|\.rpmsave)$/.test(name);
}

function ipv4Of(values: IfcfgValues): Ipv4Wish {
  const numbered = (key: string, index: string) => values.get(`${key}${index}`);
  const addresses = ['', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].flatMap((index) => {
    const address = numbered('IPADDR', index);
    if (!address) return [];
    const prefix = numbered('PREFIX', index) ?? prefixOfMask(numbered('NETMASK', index) ?? '');
    return [prefix === null ? address : `${address}/${prefix}`];
  });
  const dns = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((index) => values.get(`DNS${index}`) || []);
  const dhcp = /^(dhcp|bootp)$/i.test(values.get('BOOTPROTO') ?? '');
  return {
    method: dhcp ? 'dhcp' : addresses.length > 0 ? 'static' : 'none',
    addresses: dhcp ? [] : addresses,
    gateway: dhcp ? null : values.get('GATEWAY') || values.get('GATEWAY0') || null,
    dns,
  };
}

function ipv6Of(values: IfcfgValues): Configured['ipv6'] {
  const on = (key: string) => /^(yes|on|true|1)$/i.test(values.get(key) ?? '');
  const addresses = [
    values.get('IPV6ADDR') ?? '',
    ...(values.get('IPV6ADDR_SECONDARIES') ?? '').split(/\s+/),
  ];
  const own = addresses.filter((address) => address !== '');
  return { method: own.length > 0 ? 'static' : on('IPV6_AUTOCONF') ? 'auto' : 'none', addresses: own };
}

function present(network: HostNetwork, wish: BridgeWish) {
  const path = ifcfgPath(wish.name);
  const old = network.files.get(path);
  const now: IfcfgValues = parseIfcfg(old?.text ?? '');
  const type = now.get('TYPE');
  if (type !== undefined && type !== 'Bridge' && /^bridge$/i.test(type)) throw wrongCaseType(path, type);
  const device = now.get('DEVICE');
  if (device !== undefined && device !== wish.name) throw wrongDevice(path, device);
  const bridge = editIfcfg(old?.text ?? '', {
    DEVICE: wish.name,
    NAME: old ? (now.get('NAME') ?? null) : wish.name,
    TYPE: 'Bridge',
    ONBOOT: 'yes',
    NM_CONTROLLED: 'no',
    ...addressing(network, wish),
    STP: onOff(wish.stp ?? /^(yes|on)$/i.test(now.get('STP') ?? 'off')),
    DELAY: String(wish.forwardDelay ?? Number(now.get('DELAY') || 0)),
    MACADDR: wish.mac,
    ...(wish.mtu === null ? {} : { MTU: String(wish.mtu) }),
    ...(wish.vlanFiltering === null ? {} : { BRIDGING_OPTS: `vlan_filtering=${wish.vlanFiltering ? 1 : 0}` }),
    ...(wish.zone === null ? {} : { ZONE: wish.zone }),
  });
  const ports = wish.ports.map((port) => portFile(network, wish, port));
  return {
    files: changed([
      edit(network, path, bridge),
      ...ports,
      ...moveCompanions(network, wish.source, wish.name),
    ]),
  };
}

function portFile(network: HostNetwork, wish: BridgeWish, port: string): FileEdit {
  const path = ifcfgPath(port);
  const text = network.files.get(path)?.text ?? '';
  const values = parseIfcfg(text);
  const gone = Object.fromEntries(
    [...values.keys()].filter((key) => ADDRESSING.test(key)).map((key) => [key, null]),
  );
  return edit(
    network,
    path,
    editIfcfg(text, {
      ...gone,
      DEVICE: port,
      TYPE: values.get('TYPE') ?? 'Ethernet',
      BOOTPROTO: 'none',
      ONBOOT: 'yes',
      NM_CONTROLLED: 'no',
      BRIDGE: wish.name,
      ...(wish.mtu === null ? {} : { MTU: String(wish.mtu) }),
    }),
  );
}

/** The assignments that give the bridge its addresses, in the words of the source's own file. */
function addressing(network: HostNetwork, wish: BridgeWish): Readonly<Record<string, string | null>> {
  const own = parseIfcfg(network.files.get(ifcfgPath(wish.name))?.text ?? '');
  const source = wish.source === null ? undefined : network.files.get(ifcfgPath(wish.source));
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

function ipv4Values({ method, addresses, gateway, dns }: Ipv4Wish): Readonly<Record<string, string | null>> {
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

function absent(network: HostNetwork, wish: BridgeWish) {
  const bridge = network.files.get(ifcfgPath(wish.name));
  const values = parseIfcfg(bridge?.text ?? '');
  const back = Object.fromEntries([...values].filter(([key]) => ADDRESSING.test(key)));
  const files = wish.ports.map((port, index) => {
    const path = ifcfgPath(port);
    const text = network.files.get(path)?.text ?? '';
    const own =
      index === 0 ? { BOOTPROTO: 'none', ...back, ...(wish.ipv4 ? ipv4Values(wish.ipv4) : {}) } : {};
    return edit(network, path, editIfcfg(text, { BRIDGE: null, ...own }));
  });
  const [first = null] = wish.ports;
  const gone = bridge ? [{ path: bridge.path, before: bridge.text, after: null, mode: '0644' }] : [];
  return {
    files: changed([...files, ...gone, ...(first === null ? [] : moveCompanions(network, wish.name, first))]),
  };
}

/** Files of routes and rules go along, with the interface's name in them. */
function moveCompanions(network: HostNetwork, from: string | null, to: string): readonly FileEdit[] {
  if (from === null || from === to) return [];
  return COMPANIONS.flatMap((kind): FileEdit[] => {
    const file = network.files.get(`${IFCFG_DIRECTORY}/${kind}-${from}`);
    if (!file) return [];
    const text = file.text.replaceAll(/(\bdev\s+)(\S+)/g, (all, word, name) =>
      name === from ? `${word}${to}` : all,
    );
    return [
      edit(network, `${IFCFG_DIRECTORY}/${kind}-${to}`, text),
      { path: file.path, before: file.text, after: null, mode: '0644' },
    ];
  });
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

/** Under the old files: what ran for the port ends. Never a restart of the whole network. */
function leavePorts({ state, wish, gap }: BridgeWork) {
  const names =
    state === 'absent' ? [wish.name, ...wish.ports] : wish.ports.filter((port) => gap.joining.includes(port));
  return sh`for i in ${names}; do ifdown "$i" </dev/null >/dev/null 2>&1 || :; done`;
}

/** Ports first, as the scripts want it: the first makes the bridge, and DHCP on a bridge without ports finds no link. */
function enter(work: BridgeWork) {
  const { wish, state, before, after, network, gap } = work;
  if (state === 'absent') {
    return steps([
      sh`for p in ${wish.ports}; do ip link set "$p" nomaster 2>/dev/null || :; done`,
      sh`ip link set ${wish.name} down 2>/dev/null; ip link del ${wish.name} 2>/dev/null || :`,
      sh`for p in ${wish.ports}; do ifup "$p" </dev/null || exit 1; done`,
      ...wish.ports.slice(0, 1).map(announce),
    ]);
  }
  if (isOnlyAddressed(work)) {
    return steps([
      settings(work),
      join(work),
      ...(gap.addressing
        ? [readdress(wish.name, before, after, network.dns.nameservers, { onLink: false })]
        : []),
      clearPorts(wish.ports),
      announce(wish.name),
    ]);
  }
  return steps([
    sh`for i in ${wish.ports}; do ifup "$i" </dev/null || exit 1; done`,
    // The first port made the bridge, and udev may have given it a MAC of its own, which MACADDR alone does not mend everywhere.
    sh`[ ! -e ${`/sys/class/net/${wish.name}`} ] || ip link set ${wish.name} address ${wish.mac}`,
    sh`ifup ${wish.name} </dev/null`,
    clearPorts(wish.ports),
    announce(wish.name),
  ]);
}

function clearPortsOf({ state, wish }: BridgeWork) {
  return state === 'absent' ? clearPorts(wish.ports) : sh`:`;
}
