import type { Change, Difference } from '../../core/change.ts';
import type { TaskView } from '../../core/module.ts';
import type { HostLinks } from '../../facts/libvirt/host-links.ts';
import type { NetworkState } from '../../facts/libvirt/networks.ts';
import { element, find, textOf, withChild, type XmlElement } from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import { equalXml, overlay } from '../../xml/overlay.ts';
import { parseXml } from '../../xml/parse.ts';
import { generatedMac, nextBridgeName } from './free-names.ts';
import { bridgeOf, checkNetwork } from './network-checks.ts';
import { type LiveUpdate, liveUpdates, sameNetwork } from './network-live.ts';
import { describesNetwork, modelledNetwork, type NetworkModel } from './network-model.ts';
import { canonicalNetwork, forwardMode, networkRules, OWN_BRIDGE } from './network-rules.ts';
import { otherName, unknownNetwork } from './problems.ts';

/** What a task wants of a network. */
export interface NetworkWish extends NetworkModel {
  readonly name: string;
  readonly state: 'present' | 'active' | 'inactive' | 'absent';
  readonly autostart?: boolean | undefined;
  readonly restart: 'never' | 'if_needed';
}

export interface NetworkData {
  readonly before: NetworkState | null;
  /** As it will be; null: gone. */
  readonly after: NetworkState | null;
  /** XML to be defined; null: the definition stays. */
  readonly define: string | null;
  readonly updates: readonly LiveUpdate[];
  readonly restart: boolean;
  readonly start: boolean;
  readonly stop: boolean;
  readonly autostart: boolean | null;
  /** Before and after: a restart may give the network another bridge. */
  readonly bridges: readonly [string | null, string | null];
}

export interface NetworkReads {
  readonly networks: readonly NetworkState[];
  readonly host: HostLinks;
  /** The XML that was given or rendered; null: none. */
  readonly document: string | null;
}

/** Null: the network is as it shall be. */
export function planNetwork(
  wish: NetworkWish,
  reads: NetworkReads,
  view: TaskView,
): Change<NetworkData> | null {
  const before = reads.networks.find(({ name }) => name === wish.name) ?? null;
  if (wish.state === 'absent') return before && planRemoval(before, reads.host);
  const definition = wantedDefinition(wish, reads, before, view);
  const old = before?.config ?? null;
  const changed = old === null || !equalXml(canonicalNetwork(old), definition);
  const willBeActive = wish.state === 'active' || (wish.state === 'present' && (before?.active ?? false));
  const start = willBeActive && !before?.active;
  if (changed || start) {
    const others = reads.networks.filter((one) => one !== before);
    checkNetwork(wish.name, definition, others, reads.host, bridgeOf(before?.live ?? null));
  }
  const stop = wish.state === 'inactive' && (before?.active ?? false);
  const stale = willBeActive && before?.live && !sameNetwork(before.live, definition) ? before.live : null;
  const updates = stale && liveUpdates(stale, definition);
  const restart = stale !== null && updates === null && wish.restart === 'if_needed';
  const autostart =
    wish.autostart === undefined || wish.autostart === before?.autostart ? null : wish.autostart;
  const pending = stale !== null && updates === null && !restart;
  const differences = [
    ...(changed ? [definitionDifference(wish.name, old, definition)] : []),
    ...(stale && !pending ? [runningDifference(wish.name, stale, definition)] : []),
    ...(start || stop ? [stateDifference(wish.name, before)] : []),
    ...(autostart === null
      ? []
      : [{ label: `autostart of network/${wish.name}`, ...words(!autostart, autostart) }]),
  ];
  // Autostart of a network that is new says nothing of what was before.
  const shown =
    before === null ? differences.filter(({ label }) => !/^autostart/.test(label) || autostart) : differences;
  if (shown.length === 0) return null;
  const running = start || restart || updates ? definition : (before?.live ?? null);
  return {
    differences: shown,
    data: {
      before,
      after: {
        uuid: before?.uuid ?? '',
        name: wish.name,
        active: willBeActive,
        persistent: true,
        autostart: autostart ?? before?.autostart ?? false,
        live: willBeActive ? running : null,
        config: definition,
      },
      define: changed ? formatXml(definition) : null,
      updates: updates ?? [],
      restart,
      start,
      stop,
      autostart: autostart || before?.autostart ? autostart : null,
      bridges: [bridgeOf(before?.live ?? null) ?? null, bridgeOf(definition) ?? null],
    },
    ...(pending ? { warnings: [pendingWarning(wish.name)] } : {}),
  };
}

export function pendingWarning(name: string): string {
  return `the network ${name} runs with its old definition; the new one is pending until it is restarted (restart: if_needed does that, and puts the guests' taps back)`;
}

/** The definition as it shall be, canonical, with uuid, bridge and MAC of what is there. */
function wantedDefinition(
  wish: NetworkWish,
  { networks, host, document }: NetworkReads,
  before: NetworkState | null,
  view: TaskView,
): XmlElement {
  const base = before ? canonicalNetwork(before.config ?? (before.live as XmlElement)) : null;
  let wanted: XmlElement;
  if (document !== null) wanted = parseDocument(document, wish.name);
  else if (describesNetwork(wish)) wanted = modelledNetwork(wish.name, wish, base);
  else if (base) wanted = base;
  else throw unknownNetwork(wish.name, view.pendingChanges ? [] : networks.map(({ name }) => name));
  const canonical = withIdentity(canonicalNetwork(wanted), base, wish.name, networks, host);
  return canonicalNetwork(base ? overlay(base, canonical, networkRules) : canonical);
}

function parseDocument(document: string, name: string): XmlElement {
  const parsed = parseXml(document, `the XML of the network ${name}`, 'network');
  const found = textOf(find(parsed, 'name'));
  if (found !== name) throw otherName('network', found, name);
  return parsed;
}

/** A uuid that is there stays whatever the XML says: libvirt refuses a second network of that name. */
function withIdentity(
  wanted: XmlElement,
  base: XmlElement | null,
  name: string,
  networks: readonly NetworkState[],
  host: HostLinks,
): XmlElement {
  const uuid = find(base ?? undefined, 'uuid');
  let network = uuid ? withChild(wanted, 'uuid', uuid) : wanted;
  if (!OWN_BRIDGE.has(forwardMode(network))) return network;
  const described = networks.flatMap(({ config, live }) => [config, live]).filter((one) => one !== null);
  const bridge = find(network, 'bridge');
  if (bridge?.attributes.name === undefined && bridgeOf(base) === undefined) {
    const taken = [...described.map((one) => bridgeOf(one) ?? ''), ...host.links.map((link) => link.name)];
    const { stp = 'on', delay = '0', ...more } = bridge?.attributes ?? {};
    const made = element(
      'bridge',
      { name: nextBridgeName(taken), stp, delay, ...more },
      ...(bridge?.children ?? []),
    );
    network = withChild(network, 'bridge', made);
  }
  if (!find(network, 'mac') && !find(base ?? undefined, 'mac')) {
    const taken = described.map((one) => find(one, 'mac')?.attributes.address ?? '');
    network = withChild(
      network,
      'mac',
      element('mac', { address: generatedMac(`${host.machineId} ${name}`, taken) }),
    );
  }
  return network;
}

function planRemoval(before: NetworkState, { links }: HostLinks): Change<NetworkData> {
  const bridge = bridgeOf(before.live) ?? null;
  const taps = links.filter(({ master, name }) => bridge && master === bridge && !name.endsWith('-nic'));
  const names = taps.map(({ name }) => name).join(', ');
  return {
    differences: [definitionDifference(before.name, before.config ?? before.live, null)],
    data: {
      before,
      after: null,
      define: null,
      updates: [],
      restart: false,
      start: false,
      stop: before.active,
      autostart: null,
      bridges: [bridge, null],
    },
    ...(taps.length > 0
      ? { warnings: [`guests lose their connection to the network ${before.name}: ${names}`] }
      : {}),
  };
}

function definitionDifference(name: string, before: XmlElement | null, after: XmlElement | null): Difference {
  const text = (one: XmlElement | null) => one && formatXml(canonicalNetwork(one));
  return { label: `XML of network/${name}`, before: text(before), after: text(after) };
}

function runningDifference(name: string, live: XmlElement, definition: XmlElement): Difference {
  return { ...definitionDifference(name, live, definition), label: `running XML of network/${name}` };
}

function stateDifference(name: string, before: NetworkState | null): Difference {
  const sides = before?.active ? ['active', 'inactive'] : ['inactive', 'active'];
  return {
    label: `state of network/${name}`,
    before: before ? (sides[0] as string) : null,
    after: sides[1] as string,
  };
}

function words(before: boolean, after: boolean) {
  return { before: before ? 'on' : 'off', after: after ? 'on' : 'off' };
}
