import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DomainState } from '../../src/facts/libvirt/domains.ts';
import type { NetworkState } from '../../src/facts/libvirt/networks.ts';
import { planDomain } from '../../src/modules/virtual/domain-plan.ts';
import { planNetwork } from '../../src/modules/virtual/network-plan.ts';
import { attributesOf, mapElements, type XmlElement } from '../../src/xml/element.ts';
import { formatXml } from '../../src/xml/format.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { defaultNetwork, UUID, WEB, webCard, webDomain } from '../cases/modules/libvirt-answers.ts';

const view = { checkMode: false, pendingChanges: false };
const second = webCard('config', "bridge='br0'", { mac: '52:54:00:35:ae:26', slot: 5, model: 'e1000' });
const disk = "<disk type='file' device='disk'><source file='/a.img'/><target dev='vda' bus='virtio'/></disk>";
const config = parseXml(webDomain('config', { more: `${second}${disk}` }), 'the XML', 'domain');
const domain: DomainState = {
  uuid: WEB,
  name: 'web',
  state: 'shut off',
  persistent: true,
  autostart: false,
  managedSave: false,
  hasSnapshots: false,
  live: null,
  config,
};

/** What libvirt adds by itself to what a person wrote. */
const ADDED = new Set([
  'uuid',
  'currentMemory',
  'boot',
  'emulator',
  'controller',
  'input',
  'memballoon',
  'address',
]);
const ADDED_ATTRIBUTES = new Set(['placement', 'arch', 'autoport', 'index', 'device']);

/** The same document as a person may write it: devices in another order, less of what libvirt adds, other spellings. */
function asWritten(one: XmlElement, choose: () => number): XmlElement {
  const made = mapElements(one, (element) => {
    if (ADDED.has(element.name) && choose() < 0.5) return null;
    const pairs = Object.entries(element.attributes)
      .filter(([name]) => !ADDED_ATTRIBUTES.has(name) || choose() < 0.5)
      .map(([name, value]): [string, string] => [name, name === 'address' ? value.toUpperCase() : value]);
    const isMemory = element.name === 'memory' && choose() < 0.5;
    const children = isMemory ? ['32'] : element.children;
    return {
      ...element,
      attributes: attributesOf(isMemory ? [['unit', 'MiB']] : pairs),
      children: element.name === 'devices' ? shuffled(children, choose) : children,
    };
  });
  return made as XmlElement;
}

function shuffled<T>(items: readonly T[], choose: () => number): T[] {
  return items
    .map((item) => ({ item, at: choose() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

const choices = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));

it('a domain is what it is, however little of what libvirt added is written down', () => {
  fc.assert(
    fc.property(choices, (stream) => {
      const text = formatXml(asWritten(config, () => stream.next().value as number));
      const wish = { name: 'web', state: 'present', shutdown_timeout: 1, on_timeout: 'fail' } as const;
      expect(planDomain(wish, [domain], text, view)?.differences).toBeUndefined();
    }),
  );
});

it('a change of a domain leaves nothing to change, and keeps uuid, MAC addresses and places', () => {
  const identity = (text: string) => text.match(/<uuid>.*|<mac .*|<address type='pci'.*/g) ?? [];
  fc.assert(
    fc.property(choices, fc.integer({ min: 16, max: 512 }), (stream, memory) => {
      const text = formatXml(asWritten(config, () => stream.next().value as number))
        .replace(/<memory unit='\w+'>\d+/, `<memory unit='MiB'>${memory}`)
        .replace(/<currentMemory.*/, '')
        .replace(/model type='e1000'/i, "model type='rtl8139'");
      const wish = { name: 'web', state: 'present', shutdown_timeout: 1, on_timeout: 'fail' } as const;
      const change = planDomain(wish, [domain], text, view);
      const after = change?.data.after as DomainState;
      expect(planDomain(wish, [after], text, view)).toBeNull();
      expect(identity(formatXml(after.config as XmlElement))).toEqual(identity(formatXml(config)));
    }),
  );
});

it('a network is what it is, however it is written down', () => {
  const text = defaultNetwork('config', "<host mac='52:54:00:00:00:07' ip='192.168.122.7'/>");
  const live = parseXml(text.replace('<network>', "<network connections='2'>"), 'the XML', 'network');
  const network: NetworkState = {
    uuid: UUID,
    name: 'default',
    active: true,
    persistent: true,
    autostart: false,
    live,
    config: parseXml(text, 'the XML', 'network'),
  };
  const written = fc
    .tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean())
    .map(([uuid, mac, bridge, prefix]) => {
      let one = text.replace(
        "mac='52:54:00:00:00:07'",
        "mac='52:54:00:00:00:07'".toUpperCase().replace('MAC', 'mac'),
      );
      if (uuid) one = one.replace(/<uuid>.*/, '');
      if (mac) one = one.replace(/<mac .*/, '');
      if (bridge) one = one.replace(/<bridge .*/, '');
      return prefix ? one.replace("netmask='255.255.255.0'", "family='ipv4' prefix='24'") : one;
    });
  fc.assert(
    fc.property(written, (document) => {
      const wish = { name: 'default', state: 'active', restart: 'if_needed' } as const;
      const reads = { networks: [network], host: { links: [], machineId: '' }, document };
      expect(planNetwork(wish, reads, view)?.differences).toBeUndefined();
    }),
  );
});
