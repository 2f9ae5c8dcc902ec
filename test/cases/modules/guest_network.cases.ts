import { guestNetwork } from '../../../src/modules/libvirt/guest_network.ts';
import type { ModuleCases } from './module-case.ts';

const OLD = `TYPE="Ethernet"
BOOTPROTO="dhcp"
NAME="eth1"
UUID="a3b35d6a-c4b2-49e2-b35b-999c3bf3243e"
DEVICE="eth1"
ONBOOT="yes"
DEFROUTE=yes
#GATEWAY=192.0.2.1
`;
const NEW = `TYPE=Ethernet
DEVICE=eth1
HWADDR=52:54:00:d5:0d:34
BOOTPROTO=static
ONBOOT=yes
NM_CONTROLLED=no
IPADDR=192.168.122.112
NETMASK=255.255.255.0
BROADCAST=192.168.122.255
GATEWAY=192.168.122.1
DNS1=192.168.122.1
IPV6INIT=yes
IPV6_AUTOCONF=yes
NAME="eth1"
DEFROUTE=yes
`;
const CARDS = `card 52:54:00:ad:4c:86 bridge br0 192.168.8.112/24
card 52:54:00:D5:0D:34 network default 192.168.122.1/24
`;

interface Guest {
  readonly file?: string;
  readonly addresses?: readonly string[];
  readonly routes?: readonly string[];
}

const inside = ({ file = OLD, addresses = [], routes = [] }: Guest) => ({
  stdout: [
    `${CARDS}inside\nvia=console\nrc=0\n\u001b[?2004l`,
    'device eth0 52:54:00:ad:4c:86',
    'device eth1 52:54:00:d5:0d:34',
    ...addresses.map((address) => `address ${address}`),
    ...routes.map((route) => `default ${route}`),
    'ifcfg',
    'file eth1',
    ...file
      .trimEnd()
      .split('\n')
      .map((line) => `|${line}`),
    '',
  ].join('\r\n'),
});

const params = {
  guest: 'web',
  mac: '52:54:00:D5:0D:34',
  method: 'static',
  address: '192.168.122.112/24',
  dns: '192.168.122.1',
  nm_controlled: false,
};
const DONE = {
  file: NEW,
  addresses: ['eth0 192.168.8.16/24', 'eth1 192.168.122.112/24'],
  routes: ['eth1 192.168.122.1'],
};

export const cases: ModuleCases = {
  module: guestNetwork,
  cases: [
    {
      title: "writes the file with the card's own MAC, the bridge as gateway, and no UUID of a model",
      params,
      reads: { inside: inside({}) },
      expected: {
        differences: [
          { label: '/etc/sysconfig/network-scripts/ifcfg-eth1 in web', before: OLD, after: NEW },
          { label: 'address of eth1 in web', before: null, after: { address: '192.168.122.112/24' } },
          { label: 'default gateway of eth1 in web', before: null, after: { gateway: '192.168.122.1' } },
        ],
        proof: { reads: { inside: inside(DONE) }, left: [] },
      },
    },
    {
      title: 'leaves alone what is so',
      params,
      reads: { inside: inside(DONE) },
      expected: 'ok',
    },
    {
      title: 'warns of two default gateways',
      params: { ...params, gateway: '192.168.122.254' },
      reads: { inside: inside({ ...DONE, routes: ['eth0 192.168.8.2', 'eth1 192.168.122.1'] }) },
      expected: {
        differences: [
          {
            label: '/etc/sysconfig/network-scripts/ifcfg-eth1 in web',
            before: NEW,
            after: NEW.replace('GATEWAY=192.168.122.1\n', 'GATEWAY=192.168.122.254\n'),
          },
          {
            label: 'default gateway of eth1 in web',
            before: { gateway: '192.168.122.1' },
            after: { gateway: '192.168.122.254' },
          },
        ],
        warnings: [
          'web has two default gateways: 192.168.122.254 on eth1, and 192.168.8.2 on eth0. Leave one of them out (gateway: none).',
        ],
      },
    },
    {
      title: 'asks anew for an address outside the range of the network',
      params: { guest: 'web', mac: '52:54:00:d5:0d:34', keep: 'none' },
      reads: { inside: inside({ addresses: ['eth1 10.0.0.7/24'] }) },
      expected: {
        differences: [
          {
            label: 'address of eth1 in web',
            before: { address: '10.0.0.7/24' },
            after: { address: 'from DHCP, in 192.168.122.0/24' },
          },
        ],
        proof: { reads: { inside: inside({ addresses: ['eth1 192.168.122.7/24'] }) }, left: [] },
      },
    },
    {
      title: 'says which cards there are',
      params: { guest: 'web' },
      reads: { inside: inside({}) },
      expected: {
        error:
          'The guest web has 2 cards (52:54:00:ad:4c:86, 52:54:00:d5:0d:34), and mac does not say which is meant.',
      },
    },
    {
      title: 'says why there is no way in',
      params,
      reads: { inside: { stdout: `${CARDS}inside\nreason=its console is in use by process 7\n` } },
      expected: { error: 'There is no way into the guest web: its console is in use by process 7.' },
    },
    {
      title: 'needs an address where it is to be fixed',
      params: { guest: 'web', method: 'static' },
      expected: { invalid: 'address: is required with method: static' },
    },
  ],
};
