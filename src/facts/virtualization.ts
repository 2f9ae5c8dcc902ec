import { type FileLines, firstLine } from './system-files.ts';

/** Virtual machines by what their firmware says: vendor and product. */
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/VMware/, 'VMware'],
  [/VirtualBox|innotek/, 'virtualbox'],
  [/Microsoft Corporation Virtual Machine/, 'VirtualPC'],
  [/Xen|HVM domU/, 'xen'],
  [/Parallels/, 'parallels'],
  [
    /QEMU|KVM|Bochs|RHEV|oVirt|Red Hat|OpenStack|Amazon EC2|Google|DigitalOcean|Hetzner|Nutanix|Alibaba/,
    'kvm',
  ],
];

/** Guest of what, host for what; Ansible's words. Containers come first: inside of one, the firmware is that of the host. */
export function virtualizationFacts(files: FileLines, places: readonly string[]) {
  const guest = containerOf(files, places) ?? machineOf(files, places);
  if (guest) return { virtualization_type: guest, virtualization_role: 'guest' };
  if (places.includes('/dev/kvm')) return { virtualization_type: 'kvm', virtualization_role: 'host' };
  return { virtualization_type: 'NA', virtualization_role: 'NA' };
}

function containerOf(files: FileLines, places: readonly string[]): string | undefined {
  const named = firstLine(files, '/run/systemd/container');
  if (named) return named;
  if (places.includes('/.dockerenv')) return 'docker';
  if (places.includes('/run/.containerenv')) return 'podman';
  // /proc/bc is there on the host of OpenVZ alone.
  return places.includes('/proc/vz') && !places.includes('/proc/bc') ? 'openvz' : undefined;
}

function machineOf(files: FileLines, places: readonly string[]): string | undefined {
  const hypervisor = firstLine(files, '/sys/hypervisor/type');
  if (hypervisor === 'xen' || places.includes('/proc/xen')) return 'xen';
  const vendor = firstLine(files, '/sys/class/dmi/id/sys_vendor');
  const product = firstLine(files, '/sys/class/dmi/id/product_name');
  const bios = firstLine(files, '/sys/class/dmi/id/bios_vendor');
  const known = MACHINES.find(([pattern]) => pattern.test(`${vendor} ${product}`));
  if (
    known &&
    (known[1] !== 'kvm' || /QEMU|KVM|Bochs/.test(`${vendor} ${product}`) || places.includes('hypervisor'))
  ) {
    return known[1];
  }
  if (/SeaBIOS/.test(bios)) return 'kvm';
  // The processor says that something is below it, the firmware does not say what.
  return places.includes('hypervisor') ? 'kvm' : undefined;
}
