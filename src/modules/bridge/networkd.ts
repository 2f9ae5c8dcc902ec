import type { HostNetwork } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import type { Backend } from './backend.ts';
import { iniValues, parseIni } from './ini-text.ts';
import { absentUnits, bridgeUnit, networkUnit, presentUnits } from './networkd-edits.ts';
import { announce, clearPorts, inTurn, removeBridge, steps } from './runtime-scripts.ts';
import type { BridgeWork, Configured } from './wish.ts';

/** systemd-networkd by its own files. They are readable by everyone: the daemon is not root, and a link whose file it cannot read loses its address. */
export const networkd: Backend = {
  name: 'networkd',
  seconds: 45,
  configured,
  present: presentUnits,
  absent: absentUnits,
  paths: () => ['/etc/systemd/network'],
  leave: () => null,
  enter,
  tearDown: () => sh`:`,
  restore: (work) =>
    work.state === 'absent'
      ? steps([reload(work), settle(work.wish.name)])
      : steps([
          ...(work.gap.bridge ? [removeBridge(work)] : []),
          reload(work),
          sh`for p in ${work.wish.ports}; do ip link set "$p" up 2>/dev/null; networkctl reconfigure "$p" || :; done`,
          ...(work.gap.bridge ? [] : [sh`networkctl reconfigure ${work.wish.name} || :`]),
        ]),
  restoreAtBoot: () => null,
  reread: () => sh`networkctl reload 2>/dev/null || :`,
};

function configured(network: HostNetwork, name: string): Configured | null {
  const unit = networkUnit(network, name);
  const device = bridgeUnit(network, name);
  if (!unit && !device) return null;
  const sections = parseIni(unit?.text ?? '');
  const values = (section: string, key: string) => iniValues(sections, section, key);
  const dhcp = values('Network', 'DHCP').at(-1) ?? 'no';
  const addresses = [...values('Network', 'Address'), ...values('Address', 'Address')];
  const gateways = [...values('Network', 'Gateway'), ...values('Route', 'Gateway')];
  const four = addresses.filter((address) => !address.includes(':'));
  const six = addresses.filter((address) => address.includes(':'));
  const byDhcp = /^(yes|true|on|1|ipv4|v4|both)$/.test(dhcp);
  return {
    files: [unit, device].flatMap((file) => (file ? [file.path] : [])),
    ipv4: {
      method: byDhcp ? 'dhcp' : four.length > 0 ? 'static' : 'none',
      addresses: byDhcp ? [] : four,
      gateway: byDhcp ? null : (gateways.find((gateway) => /^[\d.]+$/.test(gateway)) ?? null),
      dns: values('Network', 'DNS').flatMap((list) => list.split(/\s+/)),
    },
    ipv6: {
      method:
        six.length > 0
          ? 'static'
          : /^(no|false|0)$/.test(values('Network', 'IPv6AcceptRA').at(-1) ?? '')
            ? 'none'
            : 'auto',
      addresses: six,
    },
    master: values('Network', 'Bridge').at(-1) ?? null,
    ports: device ? portsOf(network, name) : null,
    mac: device ? (iniValues(parseIni(device.text), 'NetDev', 'MACAddress').at(-1) ?? null) : null,
    atBoot: true,
  };
}

function portsOf(network: HostNetwork, bridge: string): readonly string[] {
  return network.links.flatMap(({ name }) => {
    const unit = networkUnit(network, name);
    return unit && iniValues(parseIni(unit.text), 'Network', 'Bridge').at(-1) === bridge ? [name] : [];
  });
}

/** Since systemd 244 files are read again without a restart, which older ones need; both keep what is configured already. */
function reload({ network }: BridgeWork) {
  return Number(network.tools.get('networkctl') || '0') >= 244
    ? sh`networkctl reload`
    : sh`systemctl restart systemd-networkd`;
}

function enter(work: BridgeWork) {
  const { state, wish } = work;
  const [port] = wish.ports;
  if (state === 'absent') {
    return steps([
      reload(work),
      sh`
        for p in ${wish.ports}; do ip link set "$p" nomaster 2>/dev/null || :; done
        ip link del ${wish.name} 2>/dev/null
        for p in ${wish.ports}; do networkctl reconfigure "$p" || exit 1; done
      `,
      ...(port === undefined ? [] : [settle(port), announce(port)]),
    ]);
  }
  return steps([
    reload(work),
    sh`
      tries=100
      until [ -e ${`/sys/class/net/${wish.name}`} ] || [ "$tries" -eq 0 ]; do sleep 0.1; tries=$((tries - 1)); done
      for i in ${[...wish.ports, wish.name]}; do networkctl reconfigure "$i" || exit 1; done
    `,
    ...liveSettings(work),
    settle(wish.name),
    clearPorts(wish.ports),
    announce(wish.name),
  ]);
}

/** networkd sets these when it makes a bridge, and leaves one alone that is there. */
export function liveSettings({ wish, gap }: BridgeWork) {
  if (gap.bridge || !gap.settings) return [];
  const attribute = (file: string, value: number) =>
    sh`printf %s ${value} > ${`/sys/class/net/${wish.name}/bridge/${file}`}`;
  const delay =
    wish.forwardDelay === null ? [] : [attribute('forward_delay', Math.round(wish.forwardDelay * 100))];
  const tree = wish.stp === null ? [] : [attribute('stp_state', wish.stp ? 1 : 0)];
  return [
    ...inTurn(wish.stp ?? true, delay, tree).flat(),
    ...(wish.vlanFiltering === null ? [] : [attribute('vlan_filtering', wish.vlanFiltering ? 1 : 0)]),
  ];
}

/** Until the interface has an address, at most half a minute; one that shall have none is not waited for. */
export function settle(name: string) {
  return sh`
    tries=150
    while [ "$tries" -gt 0 ]; do
      case $(ip -o -4 addr show dev ${name} scope global 2>/dev/null) in ?*) break;; esac
      case $(networkctl list --no-legend --no-pager ${name} 2>/dev/null) in *' configured'*) break;; esac
      sleep 0.2
      tries=$((tries - 1))
    done
    :
  `;
}
