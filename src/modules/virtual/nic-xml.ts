import {
  childrenOf,
  element,
  find,
  mapElements,
  withAttributes,
  withChild,
  type XmlElement,
} from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';

export interface NicSource {
  readonly kind: 'network' | 'bridge';
  readonly name: string;
}

export interface NicSettings {
  readonly source?: NicSource | undefined;
  readonly model?: string | undefined;
  readonly link?: 'up' | 'down' | undefined;
}

/** A new card. */
export function newNic(mac: string, source: NicSource, { model, link }: NicSettings): XmlElement {
  return element(
    'interface',
    { type: source.kind },
    element('mac', { address: mac }),
    element('source', { [source.kind]: source.name }),
    element('model', { type: model ?? 'virtio' }),
    link === undefined ? null : element('link', { state: link }),
  );
}

/** A card with other settings; MAC address, place, alias and all else stay. */
export function changedNic(nic: XmlElement, { source, model, link }: NicSettings): XmlElement {
  let changed = withoutLiveSource(nic);
  if (source && !isOn(nic, source)) {
    changed = withAttributes(changed, { type: source.kind });
    changed = withChild(changed, 'source', element('source', { [source.kind]: source.name }));
    // It configures the switch behind the old source.
    changed = withChild(changed, 'virtualport', null);
  }
  if (model !== undefined) {
    changed = withChild(
      changed,
      'model',
      withAttributes(find(nic, 'model') ?? element('model'), { type: model }),
    );
  }
  return link === undefined ? changed : withChild(changed, 'link', element('link', { state: link }));
}

export function isOn(nic: XmlElement, { kind, name }: NicSource): boolean {
  return nic.attributes.type === kind && find(nic, 'source')?.attributes[kind] === name;
}

/** A card of a running domain as it can be attached again: without what libvirt gave it for its lifetime. */
export function attachable(nic: XmlElement): XmlElement {
  const target = find(nic, 'target')?.attributes.dev;
  const without = withChild(withoutLiveSource(nic), 'alias', null);
  // Libvirt numbers vnets anew; a name of one's own stays.
  return target === undefined || /^vnet\d+$/.test(target) ? withChild(without, 'target', null) : without;
}

/** Which port of which bridge it is, is for libvirt to know. */
function withoutLiveSource(nic: XmlElement): XmlElement {
  const source = find(nic, 'source');
  if (!source || nic.attributes.type !== 'network') return nic;
  return withChild(nic, 'source', withAttributes(source, { portid: undefined, bridge: undefined }));
}

/** A domain where a card is another (null: none), or has a further one. For check runs. */
export function withNic(domain: XmlElement, mac: string, nic: XmlElement | null): XmlElement {
  let found = false;
  const changed = mapElements(domain, (one) => {
    if (one.name !== 'interface' || find(one, 'mac')?.attributes.address?.toLowerCase() !== mac) return one;
    found = true;
    return nic;
  });
  if (found || nic === null) return changed ?? domain;
  const devices = find(domain, 'devices') ?? element('devices');
  const children = childrenOf(devices);
  const at = children.findLastIndex(({ name }) => name === 'interface');
  return withChild(domain, 'devices', {
    ...devices,
    children: children.toSpliced(at < 0 ? children.length : at + 1, 0, nic),
  });
}

export function nicText(nic: XmlElement | null): string | null {
  return nic && formatXml(nic);
}
