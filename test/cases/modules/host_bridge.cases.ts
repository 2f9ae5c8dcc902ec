import { hostBridge } from '../../../src/modules/network/host_bridge.ts';
import { addressAt, bridge, card, hosts, printed } from '../../modules/bridge/hosts.ts';
import type { ModuleCase, ModuleCases } from './module-case.ts';

const { ifupdown, ifcfg, netplan } = hosts;
const refused = (
  title: string,
  params: Readonly<Record<string, unknown>>,
  error: string,
  host: Parameters<typeof printed>[0] = ifupdown,
): ModuleCase => ({
  title: `refuses ${title}`,
  params: { name: 'br0', ...params },
  reads: printed(host),
  expected: { error },
});
const withLinks = (...links: readonly ReturnType<typeof card>[]) => ({ ...ifupdown, links });
const withText = (texts: Readonly<Record<string, string>>) => ({
  ...ifupdown,
  texts: { ...ifupdown.texts, ...texts },
});
const address = (value: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ports: ['eth0'],
  ipv4: { address: value, ...more },
});

const STANZA =
  'auto br0\niface br0 inet static\n  address 192.0.2.10/24\n  gateway 192.0.2.1\n  hwaddress 52:54:00:12:34:56\n  bridge_ports eth0\n  bridge_stp off\n  bridge_fd 0\n  bridge_waitport 0\n\niface eth0 inet manual\n';
const bridged = {
  ...ifupdown,
  links: [
    card('eth0', { master: 'br0', port_state: '3' }),
    bridge('br0', 'eth0 vnet0'),
    card('vnet0', { kind: 'tun', master: 'br0', port_state: '3' }),
  ],
  texts: { ...ifupdown.texts, ...addressAt('br0') },
  files: { '/etc/network/interfaces': `auto lo\niface lo inet loopback\n\n${STANZA}` },
};

export const cases: ModuleCases = {
  module: hostBridge,
  cases: [
    {
      title: 'leaves a bridge alone that is as it shall be',
      params: { name: 'br0', ports: ['eth0'] },
      reads: printed(bridged),
      expected: 'ok',
      result: {
        bridge: 'br0',
        backend: 'ifupdown',
        state: 'present',
        ports: ['eth0'],
        guest_ports: ['vnet0'],
        mac: '52:54:00:12:34:56',
        addresses: ['192.0.2.10/24'],
        gateway: '192.0.2.1',
      },
    },
    {
      title: 'knows the ports of a bridge that is there',
      params: { name: 'br0' },
      reads: printed(bridged),
      expected: 'ok',
    },
    {
      title: 'finds nothing to take away',
      params: { name: 'br7', state: 'absent' },
      reads: printed(bridged),
      expected: 'ok',
    },
    refused(
      'an address without its prefix length',
      address('192.0.2.20'),
      'The address 192.0.2.20 has no prefix length: network scripts would take the mask of its old class in silence.',
    ),
    refused(
      'a router outside the subnet',
      address('192.0.2.20/28', { gateway: '192.0.2.1' }),
      'The gateway 192.0.2.1 is not in the subnet of 192.0.2.20/28: the host could not reach it.',
    ),
    refused(
      'a router that is the host',
      address('192.0.2.20/24', { gateway: '192.0.2.20' }),
      'The gateway 192.0.2.20 is the address of the host itself.',
    ),
    refused(
      'the address of the subnet',
      address('192.0.2.0/24'),
      'The address 192.0.2.0 is the network address of its subnet.',
    ),
    refused(
      'what is no address',
      address('192.0.2.300/24'),
      'The value of ipv4.address, "192.0.2.300/24", is no IPv4 address.',
    ),
    refused(
      'a line break in a value',
      address('192.0.2.20/24', { gateway: '192.0.2.1\nPREUP=reboot' }),
      'The value of ipv4.gateway, "192.0.2.1\\nPREUP=reboot", holds a line break or a control character.',
    ),
    refused(
      'a static bridge without address',
      { ports: [], ipv4: { method: 'static' } },
      'The bridge br0 shall have a static address, and none is given.',
    ),
    refused(
      'an address that somebody has',
      address('192.0.2.20/24'),
      'The address 192.0.2.20 is in use: 52:54:00:99:99:99 answers for it.',
      { ...ifupdown, probes: { '192.0.2.20': '52:54:00:99:99:99' } },
    ),
    refused(
      'a MAC that is there twice',
      { ports: ['eth0'] },
      'The MAC 52:54:00:12:34:56 is on the network a second time, at 192.0.2.77: both machines would lose frames.',
      withText({ neighbours: '192.0.2.77 dev eth0 lladdr 52:54:00:12:34:56 STALE\n' }),
    ),
    refused('a card that is not there', { ports: ['eht0'] }, 'The host has no interface eht0; it has eth0.'),
    refused(
      'a name that is none',
      { ports: ['eth0; reboot'] },
      'The port "eth0; reboot" is no name for a network interface.',
    ),
    refused(
      'a member of a bond',
      { ports: ['eth0'] },
      'The interface eth0 cannot become a port: it is a member of bond0.',
      withLinks(card('eth0', { master: 'bond0' }), card('bond0', { kind: 'bond' })),
    ),
    refused(
      'a card with a VLAN on it',
      { ports: ['eth0'] },
      'The interface eth0 cannot become a port: eth0.5 is on top of it.',
      withLinks(card('eth0', { uppers: ' eth0.5' })),
    ),
    refused(
      'a port of another bridge',
      { ports: ['eth0'] },
      'The interface eth0 cannot become a port: it is a port of the bridge br1.',
      withLinks(card('eth0', { master: 'br1' }), bridge('br1', 'eth0')),
    ),
    refused(
      'a card of Open vSwitch',
      { ports: ['eth0'] },
      'The interface eth0 cannot become a port: it belongs to Open vSwitch.',
      withLinks(card('eth0', { master: 'ovs-system' })),
    ),
    refused(
      'a Wi-Fi card',
      { ports: ['wlan0'] },
      'The interface wlan0 cannot become a port: it is a Wi-Fi card, whose access points take no frames from others.',
      withLinks(card('eth0'), card('wlan0', { kind: 'wlan' })),
    ),
    refused(
      'a name that a card has',
      { name: 'eth0', ports: [] },
      'The name eth0 is taken: the host has an interface of kind ether of that name.',
    ),
    refused(
      'to cut the connection',
      { ports: ['eth0'], take_over: false },
      'The port eth0 carries the connection, and with take_over: false the bridge would have no address.',
    ),
    refused(
      'a delay that STP cannot have',
      { ports: ['eth0'], stp: true, forward_delay: 1 },
      'A forward delay of 1 s is not possible with STP: the kernel takes 2 to 30 s.',
    ),
    refused(
      'a directory that is read-only',
      { ports: ['eth0'] },
      '/etc cannot be written on the host.',
      withText({ 'not-writable': '/etc' }),
    ),
    refused(
      'a full disk',
      { ports: ['eth0'] },
      'Only 12 KiB are free below /var/lib: no copy of the present state can be kept.',
      withText({ free: 'x\n/dev/vda1 9 9 12 1% /\n' }),
    ),
    refused(
      'a root file system on the network',
      { ports: ['eth0'] },
      'The root file system comes over the network (nfs4): the host would lose its disk with the change.',
      withText({ 'root-filesystem': 'nfs4\n' }),
    ),
    refused(
      'a backend that is not there',
      { ports: ['eth0'], backend: 'nmcli' },
      'The backend nmcli cannot be used: NetworkManager does not run on the host.',
    ),
    refused(
      'TYPE in small letters',
      { ports: ['eth0'] },
      '/etc/sysconfig/network-scripts/ifcfg-br0 says TYPE=bridge, which the network scripts do not take for a bridge: they compare letter by letter.',
      {
        ...ifcfg,
        files: { ...ifcfg.files, '/etc/sysconfig/network-scripts/ifcfg-br0': 'DEVICE=br0\nTYPE=bridge\n' },
      },
    ),
    refused(
      'another device in the file of the bridge',
      { ports: ['eth0'] },
      "/etc/sysconfig/network-scripts/ifcfg-br0 says DEVICE=br5: the device in the file must be the one in its name, and what BRIDGE= in the port's file says.",
      {
        ...ifcfg,
        files: { ...ifcfg.files, '/etc/sysconfig/network-scripts/ifcfg-br0': 'DEVICE=br5\nTYPE=Bridge\n' },
      },
    ),
    refused(
      'a netmask that is missing in the file',
      { ports: ['eth0'] },
      'The address 192.0.2.10 has no prefix length: network scripts would take the mask of its old class in silence.',
      {
        ...ifcfg,
        files: {
          '/etc/sysconfig/network-scripts/ifcfg-eth0': 'DEVICE=eth0\nIPADDR=192.0.2.10\nGATEWAY=192.0.2.1\n',
        },
      },
    ),
    refused(
      'two renderers',
      { ports: ['eth0'] },
      'The netplan files name several renderers (networkd, NetworkManager): a bridge and its ports must have one.',
      {
        ...netplan,
        files: {
          ...netplan.files,
          '/etc/netplan/70-x.yaml': 'network:\n  wifis:\n    wlan0: {renderer: NetworkManager}\n',
        },
      },
    ),
    refused(
      'to cut guests off',
      { state: 'absent' },
      'The bridge br0 has guests on it (vnet0), which would lose their network.',
      bridged,
    ),
    {
      title: 'knows its parameters',
      params: { name: 'br0', backend: 'ovs' },
      expected: {
        invalid:
          'backend: Invalid option: expected one of "auto"|"ifcfg"|"nmcli"|"ifupdown"|"netplan"|"networkd"',
      },
    },
  ],
};
