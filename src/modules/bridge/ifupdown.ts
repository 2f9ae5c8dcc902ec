import type { HostNetwork } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import type { Backend } from './backend.ts';
import { absentStanzas, presentStanzas } from './ifupdown-edits.ts';
import { interfaceStanzas } from './interfaces-text.ts';
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
import { ipv4OfStanza, portsOf } from './stanza-meaning.ts';
import type { BridgeWork, Configured } from './wish.ts';

/** Debian's ifupdown: /etc/network/interfaces and what it sources. Bridges need the package bridge-utils, which is installed. */
export const ifupdown: Backend = {
  name: 'ifupdown',
  seconds: 60,
  configured,
  present: presentStanzas,
  absent: absentStanzas,
  paths: () => ['/etc/network', '/etc/resolv.conf'],
  leave,
  enter,
  tearDown: (work) =>
    isOnlyAddressed(work)
      ? removeBridge(work)
      : steps([
          // With the new files in place: ifdown says "ignoring unknown interface", and succeeds, for what they do not name.
          sh`
            for i in ${work.state === 'present' ? [work.wish.name, ...work.wish.ports] : work.wish.ports}; do
              ifdown --force "$i" </dev/null >/dev/null 2>&1 || :
            done
          `,
          removeBridge(work),
          sh`for p in ${work.wish.ports}; do ip link set "$p" down 2>/dev/null || :; done`,
        ]),
  restore: (work) => {
    const { state, wish, before, after, network } = work;
    if (isOnlyAddressed(work))
      return readdress(wish.name, after, { ...before, dns: network.dns.nameservers }, after.dns, {
        onLink: true,
        metric: defaultMetric(network, wish.name),
      });
    const up =
      state === 'present' ? wish.ports.filter((port) => network.ifstate.includes(port)) : [wish.name];
    return sh`for i in ${up}; do ifup --force "$i" </dev/null || exit 1; done`;
  },
  restoreAtBoot: () => null,
  // Otherwise ifdown would not know the interface that is up already.
  reread: ({ state, wish }) =>
    state === 'present'
      ? sh`grep -qsx ${`${wish.name}=${wish.name}`} /run/network/ifstate || printf '%s\n' ${`${wish.name}=${wish.name}`} >> /run/network/ifstate`
      : null,
};

function configured(network: HostNetwork, name: string): Configured | null {
  const stanzas = interfaceStanzas(network.files);
  const own = stanzas.filter((stanza) => stanza.keyword === 'iface' && stanza.name === name);
  const bridges = stanzas.filter((stanza) => portsOf(stanza)?.includes(name));
  if (own.length === 0 && bridges.length === 0) return null;
  const inet = own.find(({ family }) => family === 'inet');
  const inet6 = own.find(({ family }) => family === 'inet6');
  const ports = own.map(portsOf).find((list) => list !== null) ?? null;
  const atBoot = stanzas.some(
    ({ keyword, names }) => (keyword === 'auto' || keyword.startsWith('allow-')) && names.includes(name),
  );
  return {
    files: [...new Set(own.map(({ path }) => path))],
    ipv4: inet ? ipv4OfStanza(inet) : { method: 'none', addresses: [], gateway: null, dns: [] },
    ipv6: {
      method: inet6?.method === 'static' ? 'static' : inet6?.method === 'auto' ? 'auto' : 'none',
      addresses: inet6?.options.filter(([key]) => key === 'address').map(([, value]) => value) ?? [],
    },
    master: bridges[0]?.name ?? null,
    mac: inet?.options.find(([key]) => key === 'hwaddress')?.[1]?.replace(/^ether /, '') ?? null,
    ports,
    // A port comes up with its bridge.
    atBoot: atBoot || bridges.length > 0,
  };
}

/** Under the old files: afterwards ifdown would not know the port. */
function leave({ state, wish, gap, network }: BridgeWork) {
  const install = sh`
    command -v brctl >/dev/null 2>&1 || DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends bridge-utils </dev/null || exit 1
  `;
  if (state === 'absent') return sh`ifdown --force ${wish.name} </dev/null || :`;
  const tools = network.tools.has('brctl') ? [] : [install];
  const names = gap.joining.filter((port) => network.ifstate.includes(port));
  if (names.length === 0 && tools.length === 0) return null;
  return steps([...tools, sh`for i in ${names}; do ifdown "$i" </dev/null || :; done`]);
}

function enter(work: BridgeWork) {
  const { state, wish, gap, before, after, network } = work;
  if (state === 'absent') {
    return steps([
      sh`
        for p in ${wish.ports}; do ip link set "$p" nomaster 2>/dev/null || :; done
        ip link set ${wish.name} down 2>/dev/null; ip link del ${wish.name} 2>/dev/null
        for p in ${wish.ports.slice(0, 1)}; do ifup --force "$p" </dev/null || exit 1; done
      `,
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
              onLink: true,
              metric: defaultMetric(network, wish.name),
            }),
          ]
        : []),
      clearPorts(wish.ports),
      announce(wish.name),
    ]);
  }
  return steps([
    clearPorts(wish.ports),
    sh`ifup ${wish.name} </dev/null`,
    ...(wish.mtu === null && wish.vlanFiltering === null
      ? []
      : [settings({ ...work, wish: { ...wish, stp: null, forwardDelay: null } })]),
    clearPorts(wish.ports),
    announce(wish.name),
  ]);
}
