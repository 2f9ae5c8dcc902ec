import type { Records } from '../records.ts';
import { parseBridgeList } from './bridge-list.ts';
import type { BridgeState, Link } from './network-value.ts';

const IFF_UP = 1;
/** if_arp.h: what /sys/class/net/NAME/type holds. */
const LOOPBACK = '772';

/** One group of records of the script. */
export function parseLink(group: Records, kinds: ReadonlyMap<string, string>): Link {
  const text = (name: string) => group.text(name) ?? '';
  const name = text('name');
  const master = text('master') || null;
  const kind = text('type') === LOOPBACK ? 'loopback' : text('kind') || (kinds.get(name) ?? 'ether');
  const flags = Object.fromEntries(
    FLAG_NAMES.flatMap((flag) => {
      const value = group.text(`port_${flag}`);
      return value === undefined ? [] : [[flag, value]];
    }),
  );
  const isPort = Object.keys(flags).length > 0;
  return {
    name,
    index: number(text('index')),
    kind: master === 'ovs-system' ? 'ovs' : kind,
    mac: text('mac').toLowerCase(),
    mtu: number(text('mtu')),
    up: (number(text('flags')) & IFF_UP) !== 0,
    state: text('state'),
    master,
    uppers: words(text('uppers')).filter((upper) => upper !== master),
    bridge: kind === 'bridge' ? bridgeState(text) : null,
    port: isPort ? flags : null,
  };
}

const FLAG_NAMES = [
  ...['isolated', 'hairpin_mode', 'learning', 'unicast_flood', 'multicast_flood', 'broadcast_flood'],
  ...['bpdu_guard', 'root_block', 'multicast_fast_leave', 'multicast_to_unicast', 'neigh_suppress'],
  ...['proxyarp', 'path_cost', 'priority', 'state'],
];

function bridgeState(text: (name: string) => string): BridgeState {
  return {
    id: text('bridge_id'),
    isRoot: text('root_id') === '' || text('root_id') === text('bridge_id'),
    stp: number(text('stp')) > 0,
    // In hundredths of a second, whatever the kernel's own clock.
    forwardDelay: number(text('forward_delay')) / 100,
    vlanFiltering: text('vlan_filtering') === '1',
    ports: words(text('ports')),
  };
}

const KINDS = new Set([
  ...['veth', 'tun', 'macvtap', 'macvlan', 'ipvlan', 'dummy', 'bond', 'team', 'vlan', 'vxlan', 'bridge'],
  ...['gre', 'gretap', 'wireguard', 'openvswitch', 'vrf', 'ifb', 'geneve', 'ipoib'],
]);

/** Kinds as `ip -d -o link` tells them: first word of a part of the line of its own. */
export function linkKinds(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name = ''] = /^\d+: ([^\s@:]+)/.exec(line) ?? [];
      const parts = line.split('\\').map((part) => part.trim().split(/\s+/)[0] ?? '');
      const kind = parts.find((part) => KINDS.has(part));
      return name === '' || kind === undefined ? [] : [[name, kind === 'openvswitch' ? 'ovs' : kind]];
    }),
  );
}

/** Bridges and their ports where there is nothing but `brctl show` to know them from. */
export function linkFromBridgeList(text: string): readonly Link[] {
  const unknown = { index: 0, mac: '', mtu: 0, up: true, state: 'unknown', uppers: [], port: null };
  return parseBridgeList(text).flatMap(({ name, id, stp, ports }): Link[] => [
    {
      ...unknown,
      name,
      kind: 'bridge',
      master: null,
      bridge: { id, isRoot: true, stp, forwardDelay: 0, vlanFiltering: false, ports },
    },
    ...ports.map((port): Link => ({ ...unknown, name: port, kind: 'ether', master: name, bridge: null })),
  ]);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Decimal or 0x…; 0 where it is neither. */
function number(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}
