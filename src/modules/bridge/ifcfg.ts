import type { HostNetwork } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import type { Backend } from './backend.ts';
import { absentIfcfg, presentIfcfg } from './ifcfg-edits.ts';
import {
  IFCFG_DIRECTORY,
  type IfcfgValues,
  ifcfgFiles,
  ifcfgFilesOf,
  ifcfgPath,
  parseIfcfg,
} from './ifcfg-text.ts';
import { prefixOfMask } from './ipv4.ts';
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
import { defaultMetric } from './runtime-state.ts';
import type { BridgeWork, Configured, Ipv4Wish } from './wish.ts';

/**
 * Red Hat's network scripts: CentOS 6 (SysV) and 7, and later releases that still have them. A file is sourced by root's shell, so every
 * value is quoted, and nothing stands behind one.
 */
export const ifcfg: Backend = {
  name: 'ifcfg',
  seconds: 60,
  configured,
  present: presentIfcfg,
  absent: absentIfcfg,
  paths: () => [IFCFG_DIRECTORY, '/etc/sysconfig/network', '/etc/resolv.conf'],
  leave: (work) => (isOnlyAddressed(work) ? null : leavePorts(work)),
  enter,
  tearDown: (work) => {
    const { state, wish } = work;
    if (isOnlyAddressed(work)) return removeBridge(work);
    return steps([
      down(work, state === 'present' ? [wish.name, ...wish.ports] : wish.ports),
      removeBridge(work),
    ]);
  },
  restore: (work) => {
    const { state, wish, before, after, network } = work;
    if (isOnlyAddressed(work))
      return readdress(wish.name, after, { ...before, dns: network.dns.nameservers }, after.dns, {
        onLink: false,
        metric: defaultMetric(network, wish.name),
      });
    return state === 'present'
      ? up(
          work,
          wish.ports.filter((port) => ifcfgFilesOf(network, port).length > 0),
          'any',
        )
      : steps([up(work, [...wish.ports, wish.name], 'any'), clearPorts(wish.ports)]);
  },
  restoreAtBoot: () => null,
  reread: () => null,
};

function configured(network: HostNetwork, name: string): Configured | null {
  const file = ifcfgFilesOf(network, name)[0];
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
  return ifcfgFiles(network).flatMap(({ path, text }) => {
    const values = parseIfcfg(text);
    return values.get('BRIDGE') === bridge ? [values.get('DEVICE') || path.slice(ifcfgPath('').length)] : [];
  });
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

/** Under the old files: what ran for the port ends. */
function leavePorts(work: BridgeWork) {
  const { state, wish, gap, network } = work;
  const names =
    state === 'absent' ? [wish.name, ...wish.ports] : wish.ports.filter((port) => gap.joining.includes(port));
  // The scripts of CentOS 6 and 7 make bridges with brctl; later ones do without.
  const tools = sh`
    command -v brctl >/dev/null 2>&1 || ! grep -qs sbin/brctl ${`${IFCFG_DIRECTORY}/ifup-eth`} ||
      yum install -y -q bridge-utils </dev/null || exit 1
  `;
  return steps([...(state === 'absent' || network.tools.has('brctl') ? [] : [tools]), down(work, names)]);
}

/** Never a restart of the whole network, unless there is nothing else: it takes guests off every bridge. */
function down({ network }: BridgeWork, names: readonly string[]) {
  return network.tools.has('ifup')
    ? sh`for i in ${names}; do ifdown "$i" </dev/null >/dev/null 2>&1 || :; done`
    : sh`:`;
}

/** `all`: each of them must come up. */
function up({ network }: BridgeWork, names: readonly string[], which: 'all' | 'any') {
  if (!network.tools.has('ifup'))
    return sh`
      if [ -d /run/systemd/system ]; then systemctl restart network </dev/null; else service network restart </dev/null; fi
    `;
  return which === 'all'
    ? sh`for i in ${names}; do ifup "$i" </dev/null || exit 1; done`
    : sh`for i in ${names}; do ifup "$i" </dev/null; done`;
}

/** Ports first, as the scripts want it: the first makes the bridge, and DHCP on a bridge without ports finds no link. */
function enter(work: BridgeWork) {
  const { wish, state, before, after, network, gap } = work;
  if (state === 'absent') {
    return steps([
      sh`for p in ${wish.ports}; do ip link set "$p" nomaster 2>/dev/null || :; done`,
      sh`ip link set ${wish.name} down 2>/dev/null; ip link del ${wish.name} 2>/dev/null || :`,
      up(work, wish.ports, 'all'),
      ...wish.ports.slice(0, 1).map(announce),
    ]);
  }
  if (isOnlyAddressed(work)) {
    return steps([
      settings(work),
      join(work),
      ...(gap.addressing
        ? [
            readdress(wish.name, before, after, network.dns.nameservers, {
              onLink: false,
              metric: defaultMetric(network, wish.name),
            }),
          ]
        : []),
      clearPorts(wish.ports),
      announce(wish.name),
    ]);
  }
  return steps([
    up(work, wish.ports, 'all'),
    // The first port made the bridge, and udev may have given it a MAC of its own, which MACADDR alone does not mend everywhere.
    ...(wish.mac === ''
      ? []
      : [sh`[ ! -e ${`/sys/class/net/${wish.name}`} ] || ip link set ${wish.name} address ${wish.mac}`]),
    ...(network.tools.has('ifup') ? [sh`ifup ${wish.name} </dev/null`] : []),
    clearPorts(wish.ports),
    announce(wish.name),
  ]);
}
