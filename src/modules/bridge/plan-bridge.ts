import type { Change } from '../../core/change.ts';
import type { HostNetwork } from '../../facts/network/host-network.ts';
import type { Backend } from './backend.ts';
import { type BackendName, backendOf } from './backend-detection.ts';
import { chooseBackend } from './choose-backend.ts';
import { withCloudSwitch } from './cloud-init.ts';
import { differencesOf } from './differences.ts';
import { isInside } from './ipv4.ts';
import * as problems from './problems.ts';
import { globalAddresses, ipv4OfRuntime, isGuestPort, linkNamed } from './runtime-state.ts';
import { checkHost, checkIpv4, checkName, checkOneLine, checkPort } from './validate.ts';
import { surroundingWarnings } from './warnings.ts';
import type { BridgeWish, BridgeWork, Configured, Ipv4Wish, RuntimeGap } from './wish.ts';

/** What a task says of a bridge, after validation of its types. */
export interface BridgeParams {
  readonly name: string;
  readonly ports?: readonly string[] | undefined;
  readonly ipv4?:
    | {
        readonly method?: 'static' | 'dhcp' | 'none' | undefined;
        readonly address?: string | undefined;
        readonly gateway?: string | undefined;
        readonly dns?: readonly string[] | undefined;
      }
    | undefined;
  readonly take_over: boolean;
  readonly stp?: boolean | undefined;
  readonly forward_delay?: number | undefined;
  readonly mtu?: number | undefined;
  readonly vlan_filtering?: boolean | undefined;
  readonly backend: BackendName | 'auto';
  readonly state: 'present' | 'absent';
  readonly allow_guest_interruption: boolean;
}

const NO_ADDRESS: Ipv4Wish = { method: 'none', addresses: [], gateway: null, dns: [] };

/** Compares a host with what its bridge shall be. Null: nothing to do. Throws what is refused, before anything is touched. */
export function planBridge(params: BridgeParams, network: HostNetwork): Change<BridgeWork> | null {
  checkWords(params);
  checkHost(network);
  return params.state === 'present' ? planPresent(params, network) : planAbsent(params, network);
}

function checkWords({ name, ports, ipv4, stp, forward_delay: delay }: BridgeParams): void {
  checkName('bridge', name);
  for (const port of ports ?? []) checkName('port', port);
  for (const key of ['address', 'gateway'] as const) checkOneLine(`ipv4.${key}`, ipv4?.[key] ?? '');
  for (const server of ipv4?.dns ?? []) checkOneLine('ipv4.dns', server);
  if (stp && delay !== undefined && (delay < 2 || delay > 30)) throw problems.stpDelay(delay);
}

function planPresent(params: BridgeParams, network: HostNetwork): Change<BridgeWork> | null {
  const { name } = params;
  const link = linkNamed(network, name);
  if (link && !link.bridge) throw problems.takenName(name, link.kind);
  const ports = portsOf(params, network);
  for (const port of ports) checkPort(network, port, name);
  const backend = chooseBackend(network, params.backend, [name, ...ports]);
  const source = sourceOf(params, network, backend, ports);
  const base =
    source === null
      ? NO_ADDRESS
      : (unwritten(network, backend, source, name) ?? ipv4Of(network, backend, source));
  const ipv4 = ipv4Wish(params, base) ?? unwritten(network, backend, source, name);
  const after = ipv4 ?? base;
  const warnings = checkIpv4(network, after, name);
  if (source === null && !ipv4 && network.controllerLink !== null && ports.includes(network.controllerLink))
    throw problems.wouldCut(network.controllerLink);
  const [first] = ports;
  const wish: BridgeWish = {
    name,
    ports,
    mac: pinnedMac(network, backend, name, first),
    stp: params.stp ?? null,
    // The kernel's own delay, said out loud: backends would write others, which it refuses while STP is on.
    forwardDelay: params.forward_delay ?? (params.stp && !link ? 15 : null),
    mtu: params.mtu ?? null,
    vlanFiltering: params.vlan_filtering ?? null,
    source,
    ipv4,
    zone: link
      ? null
      : (ports.map((port) => network.zones.get(port)).find((zone) => zone !== undefined) ?? null),
  };
  const edits = withCloudSwitch(network, backend.present(network, wish));
  const gap = gapOf(network, wish, after, backend);
  const work: BridgeWork = {
    backend: backend.name,
    state: 'present',
    wish,
    edits,
    gap,
    before: ipv4OfRuntime(network, name),
    after,
    was: link?.bridge
      ? { stp: link.bridge.stp, forwardDelay: link.bridge.forwardDelay, mtu: link.mtu }
      : null,
    network,
  };
  return toChange(work, [...warnings, ...(edits.warnings ?? []), ...surroundingWarnings(work, backend)]);
}

/** What the files pin already; else what the bridge has; for a new one the first port's own. Without ports there is nothing to keep: ''. */
function pinnedMac(network: HostNetwork, backend: Backend, name: string, port: string | undefined): string {
  const pinned = backend.configured(network, name)?.mac?.toLowerCase();
  if (pinned && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(pinned)) return pinned;
  if (port === undefined) return '';
  return linkNamed(network, name)?.mac || (linkNamed(network, port)?.mac ?? '');
}

/** What the task names; else what the bridge has already; else the interface with the default route. */
function portsOf({ name, ports, backend }: BridgeParams, network: HostNetwork): readonly string[] {
  if (ports) return [...new Set(ports)];
  const link = linkNamed(network, name);
  const now = (link?.bridge?.ports ?? []).filter((port) => !isGuestPort(network, port));
  if (now.length > 0) return now;
  const isKnown = link !== undefined || backendOf(network, name) !== null;
  const configured = isKnown
    ? chooseBackend(network, backend, [name]).configured(network, name)?.ports
    : null;
  if (configured && configured.length > 0) return configured;
  const way = network.routes.find(({ to, link: on }) => to === 'default' && on !== null && on !== name);
  if (!way?.link) throw problems.noPort(name);
  return [way.link];
}

/** Whose addresses the bridge has from now on. */
function sourceOf(
  { name, take_over: takeOver }: BridgeParams,
  network: HostNetwork,
  backend: Backend,
  ports: readonly string[],
): string | null {
  const own = backend.configured(network, name);
  const has = (configured: Configured | null) => configured !== null && configured.ipv4.method !== 'none';
  const speaks = (port: string) =>
    has(backend.configured(network, port)) || globalAddresses(network, port).length > 0;
  if (takeOver) {
    const outside = ports.filter((port) => linkNamed(network, port)?.master !== name);
    const joining = [...outside].sort(
      (a, b) => Number(b === network.controllerLink) - Number(a === network.controllerLink),
    );
    const port = joining.find((one) => globalAddresses(network, one).length > 0) ?? joining.find(speaks);
    if (port !== undefined && !has(own)) return port;
    // Made by hand at runtime: the addresses moved, the files still give them to the port.
    const left = ports.find((one) => has(backend.configured(network, one)));
    if (!own && left !== undefined) return left;
  }
  return own || globalAddresses(network, name).length > 0 ? name : null;
}

function ipv4Of(network: HostNetwork, backend: Backend, name: string): Ipv4Wish {
  return backend.configured(network, name)?.ipv4 ?? ipv4OfRuntime(network, name);
}

/** IPv4 that a card has and its file does not give it: set by hand, or written so that it means nothing. Null where the file says it. */
function unwritten(
  network: HostNetwork,
  backend: Backend,
  source: string | null,
  bridge: string,
): Ipv4Wish | null {
  if (source === null || source === bridge) return null;
  if (backend.configured(network, source)?.ipv4.method !== 'none') return null;
  const runtime = ipv4OfRuntime(network, source);
  return runtime.method === 'none' ? null : runtime;
}

/** What the task says, completed by what there is; null where it says nothing. */
function ipv4Wish({ ipv4, take_over: takeOver }: BridgeParams, base: Ipv4Wish): Ipv4Wish | null {
  if (!ipv4 || Object.values(ipv4).every((value) => value === undefined)) return null;
  const method = ipv4.method ?? (ipv4.address !== undefined ? 'static' : base.method);
  // A DHCP server names its own.
  if (method !== 'static') return { method, addresses: [], gateway: null, dns: ipv4.dns ?? [] };
  const dns = ipv4.dns ?? (takeOver ? base.dns : []);
  const addresses = ipv4.address === undefined ? base.addresses : [ipv4.address];
  const reachable = addresses.some((address) => base.gateway !== null && isInside(base.gateway, address));
  return { method, addresses, gateway: ipv4.gateway ?? (takeOver && reachable ? base.gateway : null), dns };
}

function gapOf(network: HostNetwork, wish: BridgeWish, after: Ipv4Wish, backend: Backend): RuntimeGap {
  const link = linkNamed(network, wish.name);
  const now = ipv4OfRuntime(network, wish.name);
  const has = globalAddresses(network, wish.name).filter((address) => !address.includes(':'));
  const addressing =
    after.method === 'static'
      ? !after.addresses.every((address) => has.includes(address)) ||
        (wish.ipv4 !== null && has.some((address) => !after.addresses.includes(address))) ||
        (after.gateway !== null && now.gateway !== after.gateway)
      : after.method === 'dhcp'
        ? // Of a bridge that is there and asks by itself, whether it has been answered is not our business.
          (has.length === 0 && (wish.ipv4 !== null || wish.source !== wish.name || !link)) ||
          now.method === 'static'
        : wish.ipv4 !== null && has.length > 0;
  const differs = <T>(wanted: T | null, is: T | undefined) => wanted !== null && wanted !== is;
  // Without spanning tree ports forward at once whatever the delay, and NetworkManager does not set it; with it the root's delay counts.
  const stp = wish.stp ?? link?.bridge?.stp ?? false;
  const delayCounts = stp ? (link?.bridge?.isRoot ?? true) : backend.name !== 'nmcli';
  return {
    bridge: !link,
    joining: wish.ports.filter((port) => linkNamed(network, port)?.master !== wish.name),
    addressing,
    settings:
      differs(wish.stp, link?.bridge?.stp) ||
      (delayCounts && differs(wish.forwardDelay, link?.bridge?.forwardDelay)) ||
      differs(wish.vlanFiltering, link?.bridge?.vlanFiltering) ||
      differs(wish.mtu, link?.mtu),
    stale: wish.ports.filter((port) => globalAddresses(network, port).length > 0),
  };
}

function planAbsent(params: BridgeParams, network: HostNetwork): Change<BridgeWork> | null {
  const { name } = params;
  const link = linkNamed(network, name);
  if (link && !link.bridge) throw problems.notABridge(name, link.kind);
  const known = network.links.map((one) => one.name);
  const backend = chooseBackend(network, params.backend, [name, ...(params.ports ?? [])]);
  const own = backend.configured(network, name);
  if (!link && !own) return null;
  const inside = (link?.bridge?.ports ?? []).filter((port) => !isGuestPort(network, port));
  const ports = (params.ports ?? [...new Set([...(own?.ports ?? []), ...inside])]).filter((port) =>
    known.includes(port),
  );
  const guests = (link?.bridge?.ports ?? []).filter((port) => !ports.includes(port));
  if (guests.length > 0 && !params.allow_guest_interruption)
    throw problems.guestsOnBridge(name, guestNames(network, guests));
  const base = ipv4Of(network, backend, name);
  const runtimeOnly = own === null;
  const ipv4 = ipv4Wish(params, base) ?? (runtimeOnly ? ipv4OfRuntime(network, name) : null);
  const after = ipv4 ?? base;
  const warnings = checkIpv4(network, after, name);
  const none = { stp: null, forwardDelay: null, mtu: null, vlanFiltering: null, zone: null };
  const wish: BridgeWish = { ...none, name, ports, mac: link?.mac ?? '', source: name, ipv4 };
  const work: BridgeWork = {
    backend: backend.name,
    state: 'absent',
    wish,
    edits: withCloudSwitch(network, backend.absent(network, wish)),
    gap: { bridge: link !== undefined, joining: [], addressing: true, settings: false, stale: [] },
    before: ipv4OfRuntime(network, name),
    after,
    was: null,
    network,
  };
  return toChange(work, warnings);
}

/** The guests behind the ports, where libvirt knows them. */
function guestNames(network: HostNetwork, ports: readonly string[]): readonly string[] {
  return ports.map((port) => {
    const guest = network.guestPorts.find((one) => one.interface === port);
    return guest ? `${guest.domain} at ${port}` : port;
  });
}

function toChange(work: BridgeWork, warnings: readonly string[]): Change<BridgeWork> | null {
  const differences = differencesOf(work);
  if (differences.length === 0) return null;
  return { differences, data: work, warnings: [...new Set(warnings)] };
}
