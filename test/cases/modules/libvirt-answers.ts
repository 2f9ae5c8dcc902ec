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
