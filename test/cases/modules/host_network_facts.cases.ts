import { hostNetworkFacts } from '../../../src/modules/network/host_network_facts.ts';
import { printedNetwork } from '../../facts/network/printed-network.ts';
import type { ModuleCases } from './module-case.ts';

export const cases: ModuleCases = {
  module: hostNetworkFacts,
  cases: [
    {
      title: 'tells links, bridges, routes and owners',
      params: {},
      reads: {
        network: {
          stdout: printedNetwork({
            links: [
              {
                name: 'eth0',
                index: '2',
                type: '1',
                mac: '52:54:00:12:34:56',
                mtu: '1500',
                state: 'up',
                flags: '0x1003',
                kind: '',
                master: 'br0',
                port_isolated: '0',
              },
              {
                name: 'br0',
                index: '3',
                type: '1',
                mac: '52:54:00:12:34:56',
                mtu: '1500',
                state: 'up',
                flags: '0x1003',
                kind: 'bridge',
                bridge_id: '8000.525400123456',
                stp: '0',
                forward_delay: '1500',
                vlan_filtering: '0',
                ports: ' eth0 vnet0',
              },
            ],
            texts: {
              addresses: '3: br0    inet 192.0.2.5/24 brd 192.0.2.255 scope global br0\n',
              routes4:
                'default via 192.0.2.1 dev br0 \n192.0.2.0/24 dev br0 proto kernel scope link src 192.0.2.5 \n',
              controller: '192.0.2.9',
              'controller-route': '192.0.2.9 dev br0 src 192.0.2.5 uid 0\n',
            },
            files: {
              '/etc/network/interfaces': 'auto br0\niface br0 inet static\n  address 192.0.2.5/24\n',
              '/etc/resolv.conf': 'nameserver 192.0.2.1\n',
            },
          }),
        },
      },
      expected: 'ok',
      result: {
        interfaces: {
          eth0: {
            kind: 'ether',
            mac: '52:54:00:12:34:56',
            mtu: 1500,
            up: true,
            state: 'up',
            master: 'br0',
            manager: null,
            zone: null,
            addresses: [],
            vlans: [],
            port: { isolated: '0' },
          },
          br0: {
            kind: 'bridge',
            mac: '52:54:00:12:34:56',
            mtu: 1500,
            up: true,
            state: 'up',
            master: null,
            manager: 'ifupdown',
            zone: null,
            addresses: [{ address: '192.0.2.5', prefix: 24, family: 4, scope: 'global', dynamic: false }],
            vlans: [],
          },
        },
        bridges: [
          {
            name: 'br0',
            id: '8000.525400123456',
            stp: false,
            forward_delay: 15,
            vlan_filtering: false,
            ports: ['eth0', 'vnet0'],
            at_boot: true,
          },
        ],
        routes: [
          { family: 4, to: 'default', via: '192.0.2.1', link: 'br0', metric: null, proto: 'boot' },
          { family: 4, to: '192.0.2.0/24', via: null, link: 'br0', metric: null, proto: 'kernel' },
        ],
        rules: [],
        default_interface: 'br0',
        default_gateway: '192.0.2.1',
        dns: { nameservers: ['192.0.2.1'], search: [] },
        controller: '192.0.2.9',
        controller_interface: 'br0',
        guest_ports: [],
        lost_ports: [],
        cloud_init: false,
      },
    },
  ],
};
