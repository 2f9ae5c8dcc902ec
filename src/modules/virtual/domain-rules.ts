import {
  attributesOf,
  childrenOf,
  find,
  mapElements,
  textOf,
  withAttributes,
  type XmlElement,
} from '../../xml/element.ts';
import type { OverlayRules } from '../../xml/overlay.ts';

/** Bytes of libvirt's units of memory. Source: formatdomain.html, "Memory Allocation". */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1e3,
  k: 1024,
  KiB: 1024,
  MB: 1e6,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1e9,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1e12,
  T: 1024 ** 4,
  TiB: 1024 ** 4,
};

/** Sizes in KiB and MAC addresses in small letters, as libvirt prints them. */
export function canonicalDomain(domain: XmlElement): XmlElement {
  const made = mapElements(domain, (one) => {
    if (one.name === 'memory' || one.name === 'currentMemory' || one.name === 'maxMemory')
      return inKibibytes(one);
    if (one.name === 'mac') return withAttributes(one, { address: one.attributes.address?.toLowerCase() });
    return one;
  });
  return made ?? domain;
}

function inKibibytes(one: XmlElement): XmlElement {
  const bytes = Number(textOf(one)) * (UNITS[one.attributes.unit ?? 'KiB'] ?? Number.NaN);
  if (!Number.isFinite(bytes)) return one;
  const attributes = attributesOf(Object.entries({ ...one.attributes, unit: 'KiB' }));
  return { ...one, attributes, children: [String(Math.ceil(bytes / 1024))] };
}

/**
 * What may be removed by not being described, by the path of its parent. Everything else libvirt may have added, and stays; so does the
 * state of a cable, which is operation and not description.
 */
const REMOVABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  domain: names(
    'title description maxMemory memoryBacking iothreads iothreadids cputune memtune blkiotune numatune sysinfo idmap qemu:commandline',
  ),
  'domain/os': names('kernel initrd cmdline bootmenu smbios'),
  'domain/features': names('acpi apic pae hap hyperv'),
  'domain/devices': names(
    'disk interface hostdev filesystem graphics serial parallel channel sound redirdev tpm rng shmem smartcard vsock',
  ),
  'domain/devices/disk': names(
    'source shareable serial wwn iotune encryption auth boot transient product vendor',
  ),
  'domain/devices/interface': names(
    'bandwidth filterref vlan mtu boot rom virtualport driver tune port guest ip route coalesce backend',
  ),
};

function names(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Elements whose attributes are described whole: another kind of source has other attributes. */
const WHOLE_ATTRIBUTES = names(
  'domain/devices/disk/source domain/devices/interface/source domain/devices/interface/link domain/vcpu',
);

const KEYS: Readonly<Record<string, (one: XmlElement) => string | undefined>> = {
  'domain/devices/interface': (one) => find(one, 'mac')?.attributes.address,
  'domain/devices/disk': (one) => find(one, 'target')?.attributes.dev,
  'domain/devices/controller': ({ attributes: { type, index } }) => index && `${type} ${index}`,
  'domain/devices/filesystem': (one) => find(one, 'target')?.attributes.dir,
  'domain/devices/channel': (one) => find(one, 'target')?.attributes.name,
  'domain/devices/graphics': ({ attributes }) => attributes.type,
  'domain/devices/serial': (one) => find(one, 'target')?.attributes.port,
  'domain/devices/input': ({ attributes: { type, bus } }) => bus && `${type} ${bus}`,
  'domain/devices/hostdev': (one) => JSON.stringify(find(one, 'source', 'address')?.attributes),
  'domain/cpu/feature': ({ attributes }) => attributes.name,
};

/**
 * A description of a domain is compared with what libvirt made of an earlier one. Libvirt adds controllers, addresses, input devices,
 * defaults and more, which is no difference; a device that a person must have added and that is not described any more is one.
 */
export const domainRules: OverlayRules = {
  key: (one, path) => KEYS[path]?.(one),
  keeps: (one, path, wanted) => {
    const parent = path.slice(0, path.lastIndexOf('/'));
    // A console of its own makes libvirt add the serial port behind it.
    if (path === 'domain/devices/serial' && childrenOf(wanted, 'console').length > 0) return true;
    return !REMOVABLE[parent]?.has(one.name);
  },
  keepsAttribute: (name, path) =>
    !WHOLE_ATTRIBUTES.has(path) || (path === 'domain/vcpu' && name === 'placement') || name === 'mode',
  same: (actual, wanted, name, path) => {
    if (actual === wanted) return true;
    if (path === 'domain/os/type' && name === 'machine') return isMachine(actual, wanted);
    if (/\/(address|source\/address)$/.test(path) && name !== 'type')
      return Number(actual) === Number(wanted);
    if (name !== '') return false;
    return path === 'domain/uuid'
      ? actual.trim().toLowerCase() === wanted.trim().toLowerCase()
      : actual.trim() === wanted.trim();
  },
  replaces: (actual, wanted, path) => {
    const differs = (name: string) =>
      wanted.attributes[name] !== undefined && wanted.attributes[name] !== actual.attributes[name];
    switch (path) {
      case 'domain/devices/disk': {
        const bus = find(wanted, 'target')?.attributes.bus;
        return differs('device') || (bus !== undefined && bus !== find(actual, 'target')?.attributes.bus);
      }
      case 'domain/devices/controller':
      case 'domain/devices/video/model':
        return differs('model') || differs('type');
      case 'domain/devices/graphics':
        return differs('listen');
      case 'domain/cpu':
        return (
          differs('mode') ||
          (find(wanted, 'model') && textOf(find(wanted, 'model'))) !==
            (find(wanted, 'model') && textOf(find(actual, 'model')))
        );
      case 'domain/clock':
        return differs('offset');
      case 'domain/devices/interface/address':
      case 'domain/devices/disk/address':
        return differs('type');
      default:
        return false;
    }
  },
  ordered: new Set(['domain/os/boot']),
};

/** `pc` stands for the newest of its kind: pc-i440fx-7.2, and q35 for pc-q35-7.2. */
export function isMachine(actual: string, wanted: string): boolean {
  if (actual === wanted) return true;
  if (wanted === 'pc') return actual.startsWith('pc-i440fx-');
  return actual.startsWith(`pc-${wanted}-`) || actual.startsWith(`${wanted}-`);
}
