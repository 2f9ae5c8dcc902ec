/** What configures the network of a lab host. ifcfg is a stand-in: Debian has no package of the real scripts. */
export type Backend = 'ifupdown' | 'nmcli' | 'netplan' | 'networkd' | 'ifcfg';

export const backends: Backend[] = ['ifupdown', 'nmcli', 'netplan', 'networkd', 'ifcfg'];

/** What a backend is told about a NIC. */
export interface NicPlan {
  name: string;
  mac: string;
  /** CIDR, or 'dhcp', or undefined for a NIC that is there and not configured. */
  address: string | undefined;
  gateway: string | undefined;
  dns: string | undefined;
}

export interface BackendPlan {
  /** Files by path; written 0600 where their reader asks for that. */
  files: Record<string, string>;
  enable: string[];
  mask: string[];
}

const units = {
  ifupdown: ['networking.service'],
  nmcli: ['NetworkManager.service'],
  networkd: ['systemd-networkd.service', 'systemd-networkd.socket'],
};

/** The files and units that make `backend`, and no other, configure the given NICs. */
export function planBackend(backend: Backend, nics: NicPlan[]): BackendPlan {
  const configured = nics.filter((nic) => nic.address !== undefined);
  switch (backend) {
    case 'ifupdown':
      return {
        files: filesOf(configured, (nic) => [`etc/network/interfaces.d/${nic.name}`, ifupdownStanza(nic)]),
        enable: units.ifupdown,
        mask: [...units.nmcli, ...units.networkd],
      };
    case 'nmcli':
      return {
        files: {
          // udev marks veth devices as not for NetworkManager; here they are the machine's network cards. One without a profile stays without,
          // as on the other backends: two cards with addresses in one network answer for each other.
          'etc/NetworkManager/conf.d/lab.conf':
            '[main]\nno-auto-default=*\n\n[device-lab]\nmatch-device=interface-name:eth*\nmanaged=1\n',
          ...filesOf(configured, (nic) => [
            `etc/NetworkManager/system-connections/${nic.name}.nmconnection`,
            keyfile(nic),
          ]),
        },
        enable: units.nmcli,
        mask: [...units.ifupdown, ...units.networkd],
      };
    case 'netplan':
      return {
        files: { 'etc/netplan/50-lab.yaml': netplanYaml(configured) },
        enable: units.networkd,
        mask: [...units.ifupdown, ...units.nmcli],
      };
    case 'networkd':
      return {
        files: filesOf(configured, (nic) => [`etc/systemd/network/10-${nic.name}.network`, networkFile(nic)]),
        enable: units.networkd,
        mask: [...units.ifupdown, ...units.nmcli],
      };
    case 'ifcfg':
      return {
        files: {
          'etc/os-release':
            'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
          'etc/sysconfig/network': '',
          ...filesOf(configured, (nic) => [`etc/sysconfig/network-scripts/ifcfg-${nic.name}`, ifcfg(nic)]),
        },
        enable: ['network.service'],
        mask: [...units.ifupdown, ...units.nmcli, ...units.networkd],
      };
  }
}

function filesOf(nics: NicPlan[], file: (nic: NicPlan) => [string, string]): Record<string, string> {
  return Object.fromEntries(nics.map(file));
}

function lines(...parts: (string | false | undefined)[]): string {
  return `${parts.filter((part) => part !== undefined && part !== false).join('\n')}\n`;
}

function ifupdownStanza({ name, address, gateway, dns }: NicPlan): string {
  return address === 'dhcp'
    ? lines(`auto ${name}`, `iface ${name} inet dhcp`)
    : lines(
        `auto ${name}`,
        `iface ${name} inet static`,
        `    address ${address}`,
        gateway && `    gateway ${gateway}`,
        dns && `    dns-nameservers ${dns}`,
      );
}

function keyfile({ name, address, gateway, dns }: NicPlan): string {
  return lines(
    '[connection]',
    `id=${name}`,
    'type=ethernet',
    `interface-name=${name}`,
    '',
    '[ipv4]',
    address === 'dhcp' ? 'method=auto' : 'method=manual',
    address !== 'dhcp' && `address1=${address}${gateway ? `,${gateway}` : ''}`,
    address !== 'dhcp' && dns && `dns=${dns};`,
    '',
    '[ipv6]',
    'method=disabled',
  );
}

function netplanYaml(nics: NicPlan[]): string {
  return lines(
    'network:',
    '  version: 2',
    '  renderer: networkd',
    '  ethernets:',
    ...nics.flatMap(({ name, address, gateway, dns }) => [
      `    ${name}:`,
      ...(address === 'dhcp'
        ? ['      dhcp4: true', '      dhcp-identifier: mac']
        : [
            `      addresses: [${address}]`,
            gateway && `      routes: [{ to: default, via: ${gateway} }]`,
            dns && `      nameservers: { addresses: [${dns}] }`,
          ]),
    ]),
  );
}

function networkFile({ name, address, gateway, dns }: NicPlan): string {
  return lines(
    '[Match]',
    `Name=${name}`,
    '',
    '[Network]',
    address === 'dhcp' ? 'DHCP=ipv4' : `Address=${address}`,
    address !== 'dhcp' && gateway && `Gateway=${gateway}`,
    address !== 'dhcp' && dns && `DNS=${dns}`,
  );
}

function ifcfg({ name, mac, address = '', gateway, dns }: NicPlan): string {
  const [ip, prefix] = address.split('/');
  return lines(
    'TYPE=Ethernet',
    `BOOTPROTO=${address === 'dhcp' ? 'dhcp' : 'none'}`,
    `NAME=${name}`,
    `DEVICE=${name}`,
    `HWADDR=${mac}`,
    'ONBOOT=yes',
    address !== 'dhcp' && `IPADDR=${ip}`,
    address !== 'dhcp' && `PREFIX=${prefix}`,
    address !== 'dhcp' && gateway && `GATEWAY=${gateway}`,
    address !== 'dhcp' && dns && `DNS1=${dns}`,
  );
}
