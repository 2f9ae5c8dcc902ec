import type { Script } from '../../core/script.ts';
import type { HostNetwork } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import type { Backend } from './backend.ts';
import { absentYaml, presentYaml } from './netplan-edits.ts';
import { asTree, netplanDefinition, netplanFiles, netplanRenderers, netplanTree } from './netplan-text.ts';
import { liveSettings, settle } from './networkd.ts';
import { announce, clearPorts, removeBridge, steps } from './runtime-scripts.ts';
import type { BridgeWork, Configured } from './wish.ts';

/** netplan with either renderer. Never `netplan try`, which reverts nothing once its terminal is gone. */
export const netplan: Backend = {
  name: 'netplan',
  seconds: 60,
  configured,
  present: presentYaml,
  absent: absentYaml,
  paths: () => ['/etc/netplan', '/etc/NetworkManager/system-connections'],
  leave: validate,
  enter,
  tearDown: () => sh`:`,
  restore: (work) =>
    steps([
      // What generate wrote of the new files would stay, and netplan apply would not take the bridge away.
      sh`rm -f /run/systemd/network/*netplan* /run/NetworkManager/system-connections/netplan-*`,
      ...(work.state === 'present' && work.gap.bridge ? [removeBridge(work)] : []),
      sh`netplan apply </dev/null`,
      ...(work.state === 'present' && work.gap.bridge
        ? [
            sh`
              ip link del ${work.wish.name} 2>/dev/null
              for p in ${work.wish.ports}; do ip link set "$p" up 2>/dev/null; networkctl reconfigure "$p" 2>/dev/null || :; done
            `,
          ]
        : []),
    ]),
  restoreAtBoot: () =>
    sh`
      rm -f /run/systemd/network/*netplan* /run/NetworkManager/system-connections/netplan-*
      netplan generate
    `,
  reread: () => sh`netplan generate`,
};

function configured(network: HostNetwork, name: string): Configured | null {
  const found = netplanDefinition(network.files, name);
  const bridge = masterOf(network, name);
  if (!found) return bridge === null ? null : { ...NOTHING, master: bridge };
  const { values, kind } = found;
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  // An address may carry options: then it is the one key of a map.
  const addresses = list(values.addresses).map((entry) =>
    typeof entry === 'string' ? entry : (Object.keys(asTree(entry))[0] ?? ''),
  );
  const four = addresses.filter((address) => !address.includes(':'));
  const six = addresses.filter((address) => address.includes(':'));
  const dhcp = isYes(values.dhcp4);
  const routes = list(values.routes).map(asTree);
  const route = routes.find(
    ({ to, via, table }) =>
      table === undefined && /^(default|0\.0\.0\.0\/0)$/.test(String(to)) && !String(via).includes(':'),
  );
  const gateway = values.gateway4 ?? route?.via;
  return {
    files: found.paths,
    ipv4: {
      method: dhcp ? 'dhcp' : four.length > 0 ? 'static' : 'none',
      addresses: dhcp ? [] : four,
      gateway: dhcp || gateway === undefined ? null : String(gateway),
      dns: list(asTree(values.nameservers).addresses).map(String),
    },
    ipv6: {
      method:
        six.length > 0
          ? 'static'
          : isYes(values['accept-ra']) || values['accept-ra'] === undefined
            ? 'auto'
            : 'none',
      addresses: six,
    },
    master: bridge,
    ports: kind === 'bridges' ? list(values.interfaces).map(String) : null,
    mac: kind === 'bridges' && typeof values.macaddress === 'string' ? values.macaddress : null,
    atBoot: true,
  };
}

const NOTHING: Configured = {
  files: [],
  ipv4: { method: 'none', addresses: [], gateway: null, dns: [] },
  ipv6: { method: 'none', addresses: [] },
  master: null,
  ports: null,
  atBoot: true,
};

/** The bridge that names an interface among its own. */
function masterOf(network: HostNetwork, name: string): string | null {
  for (const { text } of netplanFiles(network.files)) {
    for (const [bridge, raw] of Object.entries(asTree(netplanTree(text).bridges))) {
      const { interfaces } = asTree(raw);
      if (Array.isArray(interfaces) && interfaces.includes(name)) return bridge;
    }
  }
  return null;
}

function isYes(value: unknown): boolean {
  return value === true || /^(yes|on|true|y)$/i.test(String(value));
}

/** Lets netplan judge the new files in a directory of their own before anything is touched. */
function validate({ edits }: BridgeWork): Script {
  const yaml = edits.files.filter(({ path }) => path.startsWith('/etc/netplan/'));
  return sh`
    (
    trial=$(mktemp -d) || exit 1
    trap 'rm -rf -- "$trial"' EXIT
    mkdir -p "$trial/etc/netplan"
    cp -p /etc/netplan/*.yaml "$trial/etc/netplan/" 2>/dev/null
    ${steps(
      yaml.map(({ path, after }) =>
        after === null ? sh`rm -f "$trial"${path}` : sh`umask 077; printf %s ${after} > "$trial"${path}`,
      ),
    )}
    netplan generate --root-dir "$trial" >&2
    ) || exit 1
  `;
}

function enter(work: BridgeWork): Script {
  const { state, wish, network } = work;
  const byNetworkManager = netplanRenderers(network.files).has('NetworkManager');
  const [port] = wish.ports;
  // With NetworkManager, apply waits until it is done; networkd only begins.
  const wait = (name: string) => (byNetworkManager ? [] : [settle(name)]);
  if (state === 'absent') {
    return steps([
      sh`
        for p in ${wish.ports}; do ip link set "$p" nomaster 2>/dev/null || :; done
        ip link del ${wish.name} 2>/dev/null
        netplan apply </dev/null >&2 || exit 1
        ip link del ${wish.name} 2>/dev/null
        for p in ${wish.ports}; do ip link set "$p" up 2>/dev/null; networkctl reconfigure "$p" 2>/dev/null || :; done
      `,
      ...(port === undefined ? [] : [...wait(port), announce(port)]),
    ]);
  }
  return steps([
    sh`netplan apply </dev/null >&2`,
    ...liveSettings(work),
    ...wait(wish.name),
    clearPorts(wish.ports),
    announce(wish.name),
  ]);
}
