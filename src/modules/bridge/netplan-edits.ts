import { type Document, isMap, parseDocument, Scalar } from 'yaml';
import type { HostNetwork } from '../../facts/network/host-network.ts';
import {
  asTree,
  type NetplanDefinition,
  netplanDefinition,
  netplanFiles,
  netplanRenderers,
  netplanTree,
} from './netplan-text.ts';
import { mixedRenderers, unreadableFile } from './problems.ts';
import { ipv4OfRuntime } from './runtime-state.ts';
import type { BridgeWish, Edits, FileEdit, Ipv4Wish } from './wish.ts';

/** Keys that are about addresses, and go with them from one interface to another. */
const ADDRESSING = new Set([
  ...['addresses', 'gateway4', 'gateway6', 'nameservers', 'routes', 'routing-policy', 'dhcp4', 'dhcp6'],
  ...['dhcp4-overrides', 'dhcp6-overrides', 'dhcp-identifier', 'accept-ra', 'ipv6-privacy', 'link-local'],
  ...['ipv6-address-generation', 'ipv6-address-token', 'optional-addresses', 'ignore-carrier'],
]);

/** What a port says of addresses: that it has none. */
const SILENT = new Set(['dhcp4', 'dhcp6', 'link-local']);

/** Where no file names the bridge or a port of it yet. */
const OWN_FILE = '/etc/netplan/90-hostwright.yaml';

type Values = Readonly<Record<string, unknown>>;

export function presentYaml(network: HostNetwork, wish: BridgeWish): Edits {
  oneRenderer(network);
  const bridge = netplanDefinition(network.files, wish.name);
  const ports = wish.ports.map((port) => [port, netplanDefinition(network.files, port)] as const);
  const source = wish.source === null ? null : netplanDefinition(network.files, wish.source);
  const target = bridge?.paths.at(-1) ?? ports.find(([, found]) => found)?.[1]?.paths.at(-1) ?? OWN_FILE;
  const texts = openFiles(network);
  const document = texts.open(target);
  setIn(document, ['network', 'version'], 2);
  // What netplan takes where nothing is said, said out loud: another file that comes later cannot change whose the bridge is unnoticed.
  if (!saysRenderer(network)) setIn(document, ['network', 'renderer'], 'networkd');
  const values = bridgeValues(network, wish, bridge, source);
  // What earlier files say of the bridge would be added to; there is one place for it from now on.
  for (const path of bridge?.paths ?? [])
    if (path !== target) texts.open(path).deleteIn(['network', 'bridges', wish.name]);
  for (const [key, value] of Object.entries(values))
    setIn(document, ['network', 'bridges', wish.name, key], value);
  for (const key of Object.keys(asTree(netplanTree(textOf(network, target)).bridges?.[wish.name as never])))
    if (!Object.hasOwn(values, key)) document.deleteIn(['network', 'bridges', wish.name, key]);
  for (const [port, found] of ports) silencePort(texts, target, port, found, wish.mtu);
  return { files: texts.edits() };
}

function saysRenderer(network: HostNetwork): boolean {
  return netplanFiles(network.files).some(({ text }) => netplanTree(text).renderer !== undefined);
}

/** Where netplan has several renderers, a bridge may be of one and its port of the other, and neither works. */
function oneRenderer(network: HostNetwork): void {
  const renderers = netplanRenderers(network.files);
  if (renderers.size > 1) throw mixedRenderers([...renderers]);
}

function bridgeValues(
  network: HostNetwork,
  wish: BridgeWish,
  bridge: NetplanDefinition | null,
  source: NetplanDefinition | null,
): Values {
  const own = Object.fromEntries(
    Object.entries(bridge?.values ?? {}).filter(([key]) => !ADDRESSING.has(key)),
  );
  const taken = Object.fromEntries(
    Object.entries(source?.values ?? {}).filter(([key]) => ADDRESSING.has(key)),
  );
  const ipv4 = wish.ipv4 ?? (!source && wish.source !== null ? ipv4OfRuntime(network, wish.source) : null);
  const { gateway4, gateway6, ...addressing } = ipv4 ? withIpv4(taken, ipv4) : taken;
  const gateways = [
    ...(gateway4 === undefined ? [] : [{ to: everywhere(network), via: gateway4 }]),
    ...(gateway6 === undefined ? [] : [{ to: '::/0', via: gateway6 }]),
  ];
  const routes = [...gateways, ...(Array.isArray(addressing.routes) ? addressing.routes : [])];
  const parameters: Values = {
    ...asTree(own.parameters),
    ...(wish.stp !== null ? { stp: wish.stp } : bridge ? {} : { stp: false }),
    ...(wish.forwardDelay === null ? {} : { 'forward-delay': wish.forwardDelay }),
  };
  return {
    ...own,
    interfaces: wish.ports.map((port) => netplanDefinition(network.files, port)?.id ?? port),
    ...(wish.mac === '' ? {} : { macaddress: wish.mac }),
    ...(wish.mtu === null ? {} : { mtu: wish.mtu }),
    ...addressing,
    ...(routes.length > 0 ? { routes } : {}),
    ...(Object.keys(addressing).length === 0 ? { dhcp4: false } : {}),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
  };
}

/** `default` is understood since netplan 0.103, the other always. */
function everywhere(network: HostNetwork): string {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(network.tools.get('netplan') ?? '') ?? [];
  return Number(major) > 0 || Number(minor) >= 103 ? 'default' : '0.0.0.0/0';
}

function withIpv4(values: Values, { method, addresses, gateway, dns }: Ipv4Wish): Values {
  const six = (Array.isArray(values.addresses) ? values.addresses : []).filter((entry) =>
    String(typeof entry === 'string' ? entry : Object.keys(asTree(entry))[0]).includes(':'),
  );
  const routes = (Array.isArray(values.routes) ? values.routes : []).filter((entry) => {
    const { to, table } = asTree(entry);
    return table !== undefined || !/^(default|0\.0\.0\.0\/0)$/.test(String(to));
  });
  const { addresses: _, routes: __, gateway4: ___, dhcp4: ____, nameservers, ...rest } = values;
  const all = [...addresses, ...six];
  const names = dns.length > 0 ? { ...asTree(nameservers), addresses: [...dns] } : nameservers;
  return {
    ...rest,
    dhcp4: method === 'dhcp',
    ...(all.length > 0 ? { addresses: all } : {}),
    ...(routes.length > 0 ? { routes } : {}),
    ...(gateway === null ? {} : { gateway4: gateway }),
    ...(names === undefined ? {} : { nameservers: names }),
  };
}

/** Takes addressing from a port in every file that gives it some: netplan adds the lists of all files together. */
function silencePort(
  texts: OpenFiles,
  target: string,
  port: string,
  found: NetplanDefinition | null,
  mtu: number | null,
): void {
  const kind = found?.kind ?? 'ethernets';
  const id = found?.id ?? port;
  for (const path of found?.paths ?? []) {
    const document = texts.open(path);
    const isLast = path === found?.paths.at(-1);
    for (const key of ADDRESSING)
      if (!isLast || !SILENT.has(key)) document.deleteIn(['network', kind, id, key]);
  }
  const document = texts.open(found?.paths.at(-1) ?? target);
  setIn(document, ['network', kind, id, 'dhcp4'], false);
  setIn(document, ['network', kind, id, 'dhcp6'], false);
  setIn(document, ['network', kind, id, 'link-local'], []);
  if (mtu !== null) setIn(document, ['network', kind, id, 'mtu'], mtu);
}

export function absentYaml(network: HostNetwork, wish: BridgeWish): Edits {
  const bridge = netplanDefinition(network.files, wish.name);
  const texts = openFiles(network);
  for (const path of bridge?.paths ?? []) {
    const document = texts.open(path);
    document.deleteIn(['network', 'bridges', wish.name]);
    if (Object.keys(asTree(asTree(asTree(document.toJS()).network).bridges)).length === 0)
      document.deleteIn(['network', 'bridges']);
  }
  const taken = Object.fromEntries(
    Object.entries(bridge?.values ?? {}).filter(([key]) => ADDRESSING.has(key)),
  );
  const { gateway4, ...addressing } = wish.ipv4 ? withIpv4(taken, wish.ipv4) : taken;
  const routes = Array.isArray(addressing.routes) ? addressing.routes : [];
  const all: Values =
    gateway4 === undefined
      ? addressing
      : { ...addressing, routes: [{ to: everywhere(network), via: gateway4 }, ...routes] };
  wish.ports.forEach((port, index) => {
    const found = netplanDefinition(network.files, port);
    const path = found?.paths.at(-1) ?? bridge?.paths.at(-1);
    if (path === undefined) return;
    const document = texts.open(path);
    const place = ['network', found?.kind ?? 'ethernets', found?.id ?? port];
    for (const key of ['dhcp4', 'dhcp6', 'link-local']) document.deleteIn([...place, key]);
    if (index === 0) for (const [key, value] of Object.entries(all)) setIn(document, [...place, key], value);
  });
  return { files: texts.edits() };
}

interface OpenFiles {
  readonly open: (path: string) => Document;
  readonly edits: () => readonly FileEdit[];
}

/** Files as documents, so that comments and order stay; written back are those that mean something else now. */
function openFiles(network: HostNetwork): OpenFiles {
  const open = new Map<string, Document>();
  return {
    open: (path) => {
      const old = open.get(path);
      if (old) return old;
      const document = parseDocument(textOf(network, path) || 'network:\n  version: 2\n', { version: '1.2' });
      const [error] = document.errors;
      if (error || !isMap(document.contents)) throw unreadableFile(path, error?.message ?? 'it is no map');
      open.set(path, document as Document);
      return document as Document;
    },
    edits: () =>
      [...open].flatMap(([path, document]): FileEdit[] => {
        const before = network.files.get(path)?.text ?? null;
        const now = asTree(asTree(document.toJS()).network);
        if (before !== null && inOrder(netplanTree(before)) === inOrder(now)) return [];
        const isEmpty = Object.keys(now).every((key) => key === 'version' || key === 'renderer');
        if (path === OWN_FILE && isEmpty)
          return before === null ? [] : [{ path, before, after: null, mode: '0600' }];
        return [{ path, before, after: document.toString({ lineWidth: 0 }), mode: '0600' }];
      }),
  };
}

/** The same text for the same meaning: the order of keys has none. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Leaves alone what has the same value already, however it is written. */
function setIn(document: Document, path: readonly string[], value: unknown): void {
  const now = asTree(document.toJS());
  const old = path.reduce<unknown>((tree, key) => asTree(tree)[key], now);
  if (JSON.stringify(old) === JSON.stringify(value)) return;
  const node = document.createNode(value);
  // Readers of YAML 1.1 take 52:54:00:12:34:56 for a number.
  if (path.at(-1) === 'macaddress' && node instanceof Scalar) node.type = 'QUOTE_DOUBLE';
  document.setIn(path, node);
}

function textOf(network: HostNetwork, path: string): string {
  return netplanFiles(network.files).find((file) => file.path === path)?.text ?? '';
}
