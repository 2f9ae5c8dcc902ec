import type { Printed } from './module-case.ts';

interface NetworkText {
  readonly uuid: string;
  /** `net-dumpxml`; left out: not active. */
  readonly live?: string;
  /** `net-dumpxml --inactive`; left out: not persistent. */
  readonly config?: string;
  readonly autostart?: true;
}

interface DomainText extends NetworkText {
  readonly paused?: true;
  readonly managedSave?: true;
  readonly snapshots?: true;
}

/** What virsh prints to the reads of libvirt, under their marks. */
function answers(marks: readonly (readonly [string, string])[]): Printed {
  const parts = marks.map(([mark, text]) => `@7-1:${mark}@${text}\n`);
  return { stdout: `7-1\n${parts.join('')}` };
}

function uuids(texts: readonly NetworkText[]): string {
  return texts.map(({ uuid }) => `${uuid}\n`).join('');
}

export function networksText(...networks: readonly NetworkText[]): Printed {
  return answers([
    ['active', uuids(networks.filter(({ live }) => live))],
    ['persistent', uuids(networks.filter(({ config }) => config))],
    ['autostart', uuids(networks.filter(({ autostart }) => autostart))],
    ...networks.flatMap(({ uuid, live = '', config = live }): [string, string][] => [
      [`live:${uuid}`, live || config],
      [`config:${uuid}`, config],
    ]),
  ]);
}

export function domainsText(...domains: readonly DomainText[]): Printed {
  return answers([
    ['running', uuids(domains.filter(({ live, paused }) => live && !paused))],
    ['paused', uuids(domains.filter(({ paused }) => paused))],
    ['other', ''],
    ['persistent', uuids(domains.filter(({ config }) => config))],
    ['autostart', uuids(domains.filter(({ autostart }) => autostart))],
    ['with-managed-save', uuids(domains.filter(({ managedSave }) => managedSave))],
    ['with-snapshot', uuids(domains.filter(({ snapshots }) => snapshots))],
    ...domains.flatMap(({ uuid, live = '', config = live }): [string, string][] => [
      [`live:${uuid}`, live || config],
      [`config:${uuid}`, config],
    ]),
  ]);
}

/** What the read of the host's interfaces prints. */
export function linksText(links: readonly string[] = [], addresses: readonly string[] = []): Printed {
  return { stdout: `machine=0123\0links=${links.join('\n')}\n\0addresses=${addresses.join('\n')}\0` };
}

export const UUID = 'ac0b677c-5028-4fa1-9aa6-ed10a3e2dc50';

/** The stock network, as net-dumpxml prints it. */
export function defaultNetwork(what: 'live' | 'config', more = ''): string {
  const nat =
    what === 'live'
      ? "<forward mode='nat'>\n    <nat>\n      <port start='1024' end='65535'/>\n    </nat>\n  </forward>"
      : "<forward mode='nat'/>";
  return `<network${what === 'live' ? " connections='1'" : ''}>
  <name>default</name>
  <uuid>${UUID}</uuid>
  ${nat}
  <bridge name='virbr0' stp='on' delay='0'/>
  <mac address='52:54:00:13:08:89'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>${more}
    </dhcp>
  </ip>
</network>
`;
}

export const WEB = '3db990eb-6336-4d7e-986d-4950c9e77e3e';

/** A domain as dumpxml prints it: what was defined is its name, size, machine, one card and a VNC console with a password. */
export function webDomain(
  what: 'live' | 'config',
  options: { readonly card?: string; readonly memory?: number; readonly more?: string } = {},
): string {
  const { memory = 32768, more = '', card = webCard(what) } = options;
  return `<domain type='qemu'${what === 'live' ? " id='1'" : ''}>
  <name>web</name>
  <uuid>${WEB}</uuid>
  <memory unit='KiB'>${memory}</memory>
  <currentMemory unit='KiB'>${memory}</currentMemory>
  <vcpu placement='static'>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
  </features>
  <on_poweroff>destroy</on_poweroff>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='pci' index='0' model='pci-root'/>
    ${card}
    <input type='mouse' bus='ps2'/>
    <graphics type='vnc' port='-1' autoport='yes' passwd='secret'>
      <listen type='address'/>
    </graphics>
    ${more}<memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>
    </memballoon>
  </devices>
</domain>
`;
}

export function webCard(
  what: 'live' | 'config',
  source = "network='default'",
  { mac = '52:54:00:35:ae:25', slot = 3, tap = 'vnet0', bridge = 'virbr0', model = 'virtio' } = {},
): string {
  const type = source.split('=')[0];
  const live = type === 'network' ? ` portid='623bc1bc-4744-42b4-988c-0e621c3b1722' bridge='${bridge}'` : '';
  return `<interface type='${type}'>
      <mac address='${mac}'/>
      <source ${source}${what === 'live' ? live : ''}/>
      ${what === 'live' ? `<target dev='${tap}'/>\n      ` : ''}<model type='${model}'/>
      ${what === 'live' ? `<alias name='net${slot - 3}'/>\n      ` : ''}<address type='pci' domain='0x0000' bus='0x00' slot='0x0${slot}' function='0x0'/>
    </interface>`;
}
