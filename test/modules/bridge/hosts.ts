import { type NetworkToPrint, printedNetwork } from '../../facts/network/printed-network.ts';

const MAC = '52:54:00:12:34:56';

type LinkText = Readonly<Record<string, string>> & { readonly name: string };

export const card = (name: string, more: Readonly<Record<string, string>> = {}): LinkText => ({
  name,
  index: '2',
  type: '1',
  mac: MAC,
  mtu: '1500',
  state: 'up',
  flags: '0x1003',
  kind: '',
  ...more,
});

export const bridge = (name: string, ports: string, more: Readonly<Record<string, string>> = {}): LinkText =>
  card(name, {
    index: '3',
    kind: 'bridge',
    bridge_id: '8000.525400123456',
    stp: '0',
    forward_delay: '1500',
    vlan_filtering: '0',
    ports,
    ...more,
  });

/** 192.0.2.10/24 with its router and its name server, at an interface. */
export const addressAt = (link: string, dynamic = '') => ({
  addresses: `2: ${link}    inet 192.0.2.10/24 brd 192.0.2.255 scope global ${dynamic}${link}\\       valid_lft forever preferred_lft forever\n`,
  routes4: `default via 192.0.2.1 dev ${link} ${dynamic === '' ? '' : 'proto dhcp '}\n192.0.2.0/24 dev ${link} proto kernel scope link src 192.0.2.10 \n`,
  controller: '192.0.2.99',
  'controller-route': `192.0.2.99 dev ${link} src 192.0.2.10 uid 0 \n`,
  free: 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 9000000 100 8999900 1% /\n',
});

const RESOLVER = { '/etc/resolv.conf': 'nameserver 192.0.2.1\n' };

/** Hosts whose one card has a static address, one per backend. */
export const hosts = {
  ifcfg: {
    links: [card('eth0')],
    texts: { ...addressAt('eth0'), release: 'ID="centos"\nVERSION_ID="7"\n' },
    tools: ['network-scripts', 'ifup', 'brctl'],
    files: {
      ...RESOLVER,
      '/etc/sysconfig/network-scripts/ifcfg-eth0': `TYPE="Ethernet"\nBOOTPROTO="none"\nDEFROUTE=yes\nNAME=eth0\nUUID=77096720-9699-44b0-83d7-582538c24bec\nDEVICE="eth0"\nHWADDR=${MAC}\nONBOOT=yes\nIPADDR=192.0.2.10\nNETMASK=255.255.255.0\nGATEWAY=192.0.2.1\nDNS1=192.0.2.1\n`,
      '/etc/sysconfig/network-scripts/route-eth0': '198.51.100.0/24 via 192.0.2.254 dev eth0\n',
    },
  },
  ifupdown: {
    links: [card('eth0')],
    texts: { ...addressAt('eth0'), ifstate: 'lo=lo\neth0=eth0\n' },
    tools: ['ifup', 'brctl'],
    files: {
      ...RESOLVER,
      '/etc/network/interfaces':
        'source /etc/network/interfaces.d/*\n\nauto lo eth0\niface lo inet loopback\n\n# The office\niface eth0 inet static\n  address 192.0.2.10/24\n  gateway 192.0.2.1\n  up ip route add 198.51.100.0/24 via 192.0.2.254 dev eth0\n',
    },
  },
  nmcli: {
    links: [card('eth0')],
    texts: {
      ...addressAt('eth0'),
      active: 'NetworkManager',
      'nm-devices': 'eth0:connected:77096720-9699-44b0-83d7-582538c24bec:有线连接 1\n',
    },
    tools: ['nmcli'],
    profiles: [
      'connection.id:有线连接 1\nconnection.uuid:77096720-9699-44b0-83d7-582538c24bec\nconnection.type:802-3-ethernet\nconnection.interface-name:eth0\nconnection.autoconnect:yes\nconnection.autoconnect-priority:0\nconnection.master:\nipv4.method:manual\nipv4.addresses:192.0.2.10/24\nipv4.gateway:192.0.2.1\nipv4.dns:192.0.2.1\nipv4.routes:198.51.100.0/24 192.0.2.254 50\nipv4.route-metric:-1\nipv4.never-default:no\nipv6.method:auto\nipv6.addr-gen-mode:eui64\n',
    ],
    files: RESOLVER,
  },
  netplan: {
    links: [card('eth0')],
    texts: {
      ...addressAt('eth0'),
      'netplan-version': '0.106-2',
      networkd:
        '/run/systemd/netif/links/2:ADMIN_STATE=configured\n/run/systemd/netif/links/2:NETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n',
    },
    tools: ['netplan', 'networkctl'],
    files: {
      ...RESOLVER,
      '/etc/netplan/50-cloud-init.yaml':
        'network:\n  version: 2\n  ethernets:\n    # The office\n    eth0:\n      addresses: [192.0.2.10/24]\n      gateway4: 192.0.2.1\n      nameservers: {addresses: [192.0.2.1]}\n',
      '/etc/netplan/60-more.yaml':
        'network:\n  ethernets:\n    eth0:\n      addresses: ["2001:db8::10/64"]\n      accept-ra: true\n',
    },
  },
  networkd: {
    links: [card('eth0')],
    texts: {
      ...addressAt('eth0'),
      networkd:
        '/run/systemd/netif/links/2:ADMIN_STATE=configured\n/run/systemd/netif/links/2:NETWORK_FILE=/etc/systemd/network/10-eth0.network\n',
      'networkd-version': 'systemd 252 (252.39)\n',
    },
    tools: ['networkctl'],
    files: {
      ...RESOLVER,
      '/etc/systemd/network/10-eth0.network':
        '[Match]\nName=eth0\n\n[Link]\nRequiredForOnline=yes\n\n[Network]\nAddress=192.0.2.10/24\nAddress=2001:db8::10/64\nGateway=192.0.2.1\nDNS=192.0.2.1\nLLDP=yes\n\n[Route]\nDestination=198.51.100.0/24\nGateway=192.0.2.254\n',
    },
  },
} satisfies Readonly<Record<string, NetworkToPrint>>;

/** As the read gives it to the module. */
export function printed(network: NetworkToPrint): { readonly network: { readonly stdout: string } } {
  return { network: { stdout: printedNetwork(network) } };
}
