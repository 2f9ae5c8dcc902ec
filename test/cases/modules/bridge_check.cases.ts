import { bridgeCheck } from '../../../src/modules/network/bridge_check.ts';
import { addressAt, bridge, card, printed } from '../../modules/bridge/hosts.ts';
import type { ModuleCases } from './module-case.ts';

const files = {
  '/etc/network/interfaces':
    'auto br0\niface br0 inet static\n  address 192.0.2.10/24\n  bridge_ports eth0\n',
  '/etc/resolv.conf': 'nameserver 192.0.2.1\n',
};
const port = { master: 'br0', port_state: '3' };
const healthy = {
  links: [card('eth0', port), bridge('br0', 'eth0 vnet0'), card('vnet0', { kind: 'tun', ...port })],
  texts: addressAt('br0'),
  guests: { web: ' vnet0  bridge  br0  virtio  52:54:00:aa:bb:cc\n' },
  files,
};
const report = [
  'ok    the bridge is there: br0, id 8000.525400123456, STP off',
  'ok    the bridge is up: up',
  'ok    the network cards are ports: eth0, vnet0',
  'ok    no port has an address of its own: none has',
  'ok    the addresses of the host are at the bridge: 192.0.2.10/24',
  'ok    the default route leads through the bridge: via 192.0.2.1 dev br0',
  'ok    the route of the local network is at the bridge: 192.0.2.0/24',
  'ok    there are name servers: 192.0.2.1',
  'ok    the bridge comes back after a reboot: ifupdown: /etc/network/interfaces',
  "ok    the guests' interfaces are ports: 1 of 1",
];
const findings = report.map((line) => {
  const [, check = '', found = ''] = /^ok {4}([^:]+): (.*)$/.exec(line) ?? [];
  return { check, ok: true, found, fix: '' };
});
const wrong = {
  ...healthy,
  links: [card('eth0', port), bridge('br0', 'eth0', { stp: '1' }), card('vnet0', { kind: 'tun' })],
  texts: {
    ...addressAt('br0'),
    addresses: `${addressAt('br0').addresses}2: eth0    inet 192.0.2.10/24 scope global eth0\n`,
    routes4: 'default via 192.0.2.1 dev eth0 \n',
  },
  files: {},
};
const says = [
  [
    'no port has an address of its own',
    'eth0 has 192.0.2.10/24',
    'An address of a port receives nothing. host_bridge clears it; by hand: ip addr flush dev eth0 scope global.',
  ],
  [
    'the default route leads through the bridge',
    'via 192.0.2.1 dev eth0',
    'A route at a port leads nowhere: ip route replace default via 192.0.2.1 dev br0.',
  ],
  [
    'the route of the local network is at the bridge',
    'there is none',
    'Give the address again: ip addr replace 192.0.2.10/24 dev br0.',
  ],
  ['there are name servers', '/etc/resolv.conf names none', 'Set ipv4.dns in host_bridge.'],
  [
    'the bridge comes back after a reboot',
    'no configuration names it: it is lost at reboot',
    'Run host_bridge with name: br0, which adopts it.',
  ],
  [
    "the guests' interfaces are ports",
    'vnet0 of web is on none',
    'Put them back: the playbook repair-bridge-ports, or ip link set vnet0 master br0.',
  ],
] as const;
const bad = new Map(says.map(([check, found, fix]) => [check as string, { check, ok: false, found, fix }]));
const mixed = findings.map((one) => {
  if (one.check === 'the bridge is there') return { ...one, found: 'br0, id 8000.525400123456, STP on' };
  if (one.check === 'the network cards are ports') return { ...one, found: 'eth0' };
  return bad.get(one.check) ?? one;
});

export const cases: ModuleCases = {
  module: bridgeCheck,
  cases: [
    {
      title: 'finds a bridge as it should be',
      params: { bridge: 'br0', ports: ['eth0'] },
      reads: printed(healthy),
      expected: 'ok',
      result: {
        bridge: 'br0',
        healthy: true,
        id: '8000.525400123456',
        stp: false,
        ports: ['eth0', 'vnet0'],
        findings,
        report: report.join('\n'),
      },
    },
    {
      title: 'says what is wrong, and what to do about each',
      params: { bridge: 'br0' },
      reads: printed(wrong),
      expected: 'ok',
      result: {
        bridge: 'br0',
        healthy: false,
        id: '8000.525400123456',
        stp: true,
        ports: ['eth0'],
        findings: mixed,
        report: mixed
          .map(
            ({ ok, check, found, fix }) =>
              `${ok ? 'ok   ' : 'WRONG'} ${check}: ${found}${fix === '' ? '' : `\n      ${fix}`}`,
          )
          .join('\n'),
        failed: true,
        msg: says.map(([check, found, fix]) => `Not so: ${check} (${found}). ${fix}`).join('\n'),
      },
    },
    {
      title: 'says where there is no bridge',
      params: { bridge: 'br9', fail: false },
      reads: printed(healthy),
      expected: 'ok',
      result: {
        bridge: 'br9',
        healthy: false,
        id: null,
        stp: null,
        ports: [],
        findings: [
          {
            check: 'the bridge is there',
            ok: false,
            found: 'the host has br0',
            fix: 'Make it: host_bridge with name: br9, or the playbook create-bridge.',
          },
        ],
        report:
          'WRONG the bridge is there: the host has br0\n      Make it: host_bridge with name: br9, or the playbook create-bridge.',
        failed: false,
        msg: 'Not so: the bridge is there (the host has br0). Make it: host_bridge with name: br9, or the playbook create-bridge.',
      },
    },
  ],
};
