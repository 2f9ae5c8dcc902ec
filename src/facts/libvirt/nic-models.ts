import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { VIRSH } from './virsh.ts';

/** What QEMU calls the devices that libvirt knows by another name. Source: qemu_command.c, virDomainNetModel. */
const NAMES: Readonly<Record<string, string>> = {
  'virtio-net-pci': 'virtio',
  'virtio-net-ccw': 'virtio',
  'virtio-net-device': 'virtio',
  'virtio-net-pci-transitional': 'virtio-transitional',
  'virtio-net-pci-non-transitional': 'virtio-non-transitional',
};

/** Models of network cards that an emulator offers, by libvirt's names, sorted; empty where it does not say. */
export function nicModels(emulator: string): HostRead<readonly string[]> {
  return {
    kind: 'host',
    name: `models of network cards of ${emulator}`,
    subject: `nic-models:${emulator}`,
    script: sh`LC_ALL=C ${emulator} -device help 2>&1 </dev/null; :`,
    parse: parseModels,
  };
}

/** The same of the emulator that libvirt takes for new domains. */
export function hostNicModels(): HostRead<readonly string[]> {
  return {
    kind: 'host',
    name: 'models of network cards of the host',
    subject: 'nic-models:',
    script: sh`
      ${VIRSH}
      emulator=$(v domcapabilities 2>/dev/null | sed -n 's/^ *<path>\(.*\)<\/path>$/\1/p' | head -n 1)
      if [ -n "$emulator" ]; then "$emulator" -device help 2>&1 </dev/null; fi
      :`,
    parse: parseModels,
  };
}

function parseModels(output: ReadOutput): readonly string[] {
  const text = new TextDecoder().decode(output.stdout);
  const section = /^Network devices:\n((?:.+\n?)*)/m.exec(text)?.[1] ?? '';
  const names = [...section.matchAll(/^name "([A-Za-z0-9._-]+)"/gm)].map(
    ([, name = '']) => NAMES[name] ?? name,
  );
  return [...new Set(names)].toSorted();
}
