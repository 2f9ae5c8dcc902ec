import type { HostNetwork } from '../../facts/network/host-network.ts';
import {
  formatStanza,
  INTERFACES,
  interfaceStanzas,
  PUT_ASIDE,
  parseInterfaces,
  putAside,
  type Stanza,
  withoutPutAside,
} from './interfaces-text.ts';
import { broadcastOf, maskOf } from './ipv4.ts';
import { ipv4OfRuntime } from './runtime-state.ts';
import { ipv4OfStanza } from './stanza-meaning.ts';
import { addressOf, type BridgeWish, type Edits, type Ipv4Wish, prefixOf } from './wish.ts';

type Options = readonly (readonly [name: string, value: string])[];

const METHODS = { static: 'static', dhcp: 'dhcp', none: 'manual' } as const;

const PORT_MTU = /^ip link set \S+ mtu \d+$/;

const ADDRESS = /^(address|netmask|broadcast|gateway|network|dns-nameservers)$/;

/** The bridge's stanzas in one file of their own, the ports' old ones as comments wherever they stand. */
export function presentStanzas(network: HostNetwork, wish: BridgeWish): Edits {
  const texts = new Map([...network.files.values()].map(({ path, text }) => [path, text]));
  const stanzas = interfaceStanzas(network.files);
  const own = stanzas.filter((stanza) => stanza.keyword === 'iface' && stanza.name === wish.name);
  const target = own[0]?.path ?? fileFor(network, stanzas, wish.name);
  const block = bridgeBlock(network, stanzas, wish);
  // What stands there and means the same stays as somebody wrote it.
  if (sameStanzas(stanzas, parseInterfaces(target, block), wish)) return { files: [] };
  for (const path of new Set(stanzas.map((stanza) => stanza.path))) {
    let text = texts.get(path) ?? '';
    for (const port of wish.ports) {
      const manual = parseInterfaces(path, text).filter(
        (stanza) => stanza.name === port && stanza.method === 'manual' && stanza.options.length === 0,
      );
      // An empty manual stanza is ours, or as good as ours, and is written anew with the bridge.
      text = dropStanzas(text, manual);
      text = putAside(text, parseInterfaces(path, text), port);
    }
    const bridge = parseInterfaces(path, text).filter((stanza) => stanza.name === wish.name);
    text = dropName(dropStanzas(text, bridge), wish.name);
    texts.set(path, text);
  }
  const rest = (texts.get(target) ?? '').replace(/\s*$/, '');
  texts.set(target, `${rest === '' ? '' : `${rest}\n\n`}${block}`);
  return { files: edits(network, texts) };
}

/** The first port has the bridge's addresses; what was put aside for it comes back where it says the same. */
export function absentStanzas(network: HostNetwork, wish: BridgeWish): Edits {
  const texts = new Map([...network.files.values()].map(({ path, text }) => [path, text]));
  const stanzas = interfaceStanzas(network.files);
  const bridge = stanzas.filter((stanza) => stanza.keyword === 'iface' && stanza.name === wish.name);
  const [port] = wish.ports;
  for (const path of new Set(stanzas.map((stanza) => stanza.path))) {
    let text = texts.get(path) ?? '';
    const ours = parseInterfaces(path, text).filter(
      (stanza) =>
        stanza.keyword === 'iface' &&
        (stanza.name === wish.name || (wish.ports.includes(stanza.name) && stanza.method === 'manual')),
    );
    text = dropName(dropStanzas(text, ours), wish.name);
    texts.set(path, text);
  }
  if (port !== undefined) giveBack(network, texts, withIpv4(bridge, port, wish.ipv4), port);
  return { files: edits(network, texts) };
}

/** The bridge's stanzas as the card's, with another IPv4 where the task says so. */
function withIpv4(bridge: readonly Stanza[], port: string, ipv4: Ipv4Wish | null): readonly Stanza[] {
  return bridge.map((stanza) => {
    const own = stanza.options.filter(([key]) => !isOfBridge(key));
    if (!ipv4 || stanza.family !== 'inet') return { ...stanza, name: port, options: own };
    const method = METHODS[ipv4.method];
    const rest = own.filter(([key]) => !ADDRESS.test(key));
    return { ...stanza, name: port, method, options: [...addressOptions(ipv4), ...rest] };
  });
}

function giveBack(
  network: HostNetwork,
  texts: Map<string, string>,
  bridge: readonly Stanza[],
  port: string,
): void {
  const inet = bridge.find(({ family }) => family === 'inet');
  const wanted = JSON.stringify(inet ? ipv4OfStanza(inet) : null);
  for (const [path, text] of texts) {
    if (!path.startsWith('/etc/network/') || !text.includes(PUT_ASIDE)) continue;
    const back = text.replaceAll(PUT_ASIDE, '');
    const old = parseInterfaces(path, back).find(
      (stanza) => stanza.name === port && stanza.family === 'inet',
    );
    if (!old) continue;
    if (JSON.stringify(ipv4OfStanza(old)) === wanted) {
      texts.set(path, comesUp(texts, path, back, port) ? back : upAtBoot(back, old));
      return;
    }
    texts.set(path, withoutPutAside(text, [port]));
  }
  const path = fileFor(network, interfaceStanzas(network.files), port);
  const stanzas = bridge.map((stanza) => formatStanza(port, stanza.family, stanza.method, stanza.options));
  const rest = (texts.get(path) ?? '').replace(/\s*$/, '');
  texts.set(path, `${rest === '' ? '' : `${rest}\n\n`}${[`auto ${port}`, ...stanzas].join('\n')}\n`);
}

/** Some file says that the interface comes up by itself. */
function comesUp(texts: ReadonlyMap<string, string>, path: string, text: string, port: string): boolean {
  return [...texts].some(([other, now]) =>
    parseInterfaces(other, other === path ? text : now).some(
      ({ keyword, names }) => (keyword === 'auto' || keyword.startsWith('allow-')) && names.includes(port),
    ),
  );
}

/** Its name had left a line that others stand on too. */
function upAtBoot(text: string, { from, name }: Stanza): string {
  return text.split('\n').toSpliced(from, 0, `auto ${name}`).join('\n');
}

function isOfBridge(key: string): boolean {
  return key.startsWith('bridge-') || key === 'hwaddress';
}

/** Below interfaces.d where that is read, under a name that every way of sourcing takes; else interfaces itself. */
function fileFor(network: HostNetwork, stanzas: readonly Stanza[], name: string): string {
  const sourced = stanzas.some(({ keyword, names }) =>
    names.some((pattern) =>
      keyword === 'source'
        ? pattern === '/etc/network/interfaces.d/*' || pattern === 'interfaces.d/*'
        : keyword === 'source-directory' && /^(\/etc\/network\/)?interfaces\.d\/?$/.test(pattern),
    ),
  );
  const below = `/etc/network/interfaces.d/${name.replaceAll('.', '-')}`;
  const old = stanzas.find((stanza) => stanza.name === name && network.files.has(stanza.path));
  return old?.path ?? (sourced ? below : INTERFACES);
}

function bridgeBlock(network: HostNetwork, stanzas: readonly Stanza[], wish: BridgeWish): string {
  const of = (name: string | null, family: string) =>
    stanzas.find((stanza) => stanza.keyword === 'iface' && stanza.name === name && stanza.family === family);
  const source = of(wish.source, 'inet');
  const now = of(wish.name, 'inet');
  const ipv4 =
    wish.ipv4 ?? (source ? ipv4OfStanza(source) : wish.source ? ipv4OfRuntime(network, wish.source) : null);
  const method = METHODS[ipv4?.method ?? 'none'];
  const carried: Options = (source?.options ?? [])
    .filter(
      ([key, value]) => !ADDRESS.test(key) && !isOfBridge(key) && key !== 'mtu' && !PORT_MTU.test(value),
    )
    .map(([key, value]) => [
      key,
      value.replaceAll(/(\bdev\s+)(\S+)/g, (all, word, name) =>
        name === wish.source ? `${word}${wish.name}` : all,
      ),
    ]);
  const mtu = wish.mtu ?? source?.options.find(([key]) => key === 'mtu')?.[1];
  const old = (key: string) => now?.options.find(([name]) => name === key)?.[1];
  const stp = wish.stp ?? /^(on|yes)$/.test(old('bridge-stp') ?? 'off');
  const options: Options = [
    ...(ipv4 ? addressOptions(ipv4) : []),
    ...carried,
    ...(wish.mac === '' ? [] : [['hwaddress', wish.mac] as const]),
    ...(mtu === undefined ? [] : [['mtu', String(mtu)] as const]),
    // Ports have no stanza that is run, and a bridge has no larger frames than they have.
    ...(mtu === undefined
      ? []
      : wish.ports.map((port) => ['pre-up', `ip link set ${port} mtu ${mtu}`] as const)),
    ['bridge_ports', wish.ports.length > 0 ? wish.ports.join(' ') : 'none'],
    ['bridge_stp', stp ? 'on' : 'off'],
    ['bridge_fd', String(wish.forwardDelay ?? old('bridge-fd') ?? 0)],
    ['bridge_waitport', old('bridge-waitport') ?? '0'],
    ...(wish.vlanFiltering ? [['bridge_vlan_aware', 'yes'] as const] : []),
  ];
  const inet6 = of(wish.source, 'inet6');
  return [
    `auto ${wish.name}`,
    formatStanza(wish.name, 'inet', method, options),
    ...(inet6 ? ['', formatStanza(wish.name, 'inet6', inet6.method, inet6.options)] : []),
    ...wish.ports.flatMap((port) => ['', `iface ${port} inet manual`]),
    '',
  ].join('\n');
}

function addressOptions({ addresses, gateway, dns }: Ipv4Wish): Options {
  const [first] = addresses;
  if (first === undefined) return [];
  const prefix = Number(prefixOf(first));
  return [
    ['address', addressOf(first)],
    ['netmask', maskOf(prefix)],
    ...(prefix < 31 ? [['broadcast', broadcastOf(first)] as const] : []),
    ...(gateway === null ? [] : [['gateway', gateway] as const]),
    ...(dns.length > 0 ? [['dns-nameservers', dns.join(' ')] as const] : []),
    // ifupdown takes one address per stanza; further ones are added when it is up.
    ...addresses.slice(1).map((more) => ['up', `ip addr add ${more} dev $IFACE`] as const),
  ];
}

/** The stanzas that stand there for the bridge and its ports mean what the new ones would. */
function sameStanzas(now: readonly Stanza[], wanted: readonly Stanza[], wish: BridgeWish): boolean {
  const names = [wish.name, ...wish.ports];
  const meaning = (stanzas: readonly Stanza[]) =>
    stanzas
      .filter((stanza) => stanza.keyword === 'iface' && names.includes(stanza.name))
      .map(({ name, family, method, options }) => {
        const { addresses, gateway, dns } = ipv4OfStanza({ method, options } as Stanza);
        const rest = options.filter(([key]) => !ADDRESS.test(key)).map(([key, value]) => `${key} ${value}`);
        return JSON.stringify([name, family, method, addresses, gateway, dns, rest.toSorted()]);
      })
      .toSorted();
  const auto = now.some(({ keyword, names: list }) => keyword === 'auto' && list.includes(wish.name));
  return auto && JSON.stringify(meaning(now)) === JSON.stringify(meaning(wanted));
}

function dropStanzas(text: string, stanzas: readonly Stanza[]): string {
  const gone = new Set(
    stanzas.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)),
  );
  return text
    .split('\n')
    .filter((_, at) => !gone.has(at))
    .join('\n');
}

/** Out of `auto` and `allow-…` lines; one that names nothing else goes. */
function dropName(text: string, name: string): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const [keyword = '', ...names] = line.trim().split(/\s+/);
      if (!/^(auto|allow-)/.test(keyword) || !names.includes(name)) return [line];
      const others = names.filter((one) => one !== name);
      return others.length > 0 ? [`${keyword} ${others.join(' ')}`] : [];
    })
    .join('\n');
}

function edits(network: HostNetwork, texts: ReadonlyMap<string, string>): Edits['files'] {
  return [...texts].flatMap(([path, after]) => {
    const before = network.files.get(path)?.text ?? null;
    if (before === after) return [];
    const gone = path !== INTERFACES && after.trim() === '';
    return [{ path, before, after: gone ? null : after, mode: '0644' }];
  });
}
