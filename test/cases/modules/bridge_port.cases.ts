import { bridgePort } from '../../../src/modules/network/bridge_port.ts';
import { addressAt, bridge, card, printed } from '../../modules/bridge/hosts.ts';
import type { ModuleCases } from './module-case.ts';

const links = [
  card('eth0', { master: 'br0', port_state: '3' }),
  card('eth1'),
  bridge('br0', 'eth0 vnet0'),
  card('vnet0', { kind: 'tun', master: 'br0', port_isolated: '1', port_path_cost: '2' }),
  card('vnet1', { kind: 'tun' }),
];
const reads = printed({ links, texts: { ...addressAt('br0'), vlans: 'vnet0  10 PVID Egress Untagged\n' } });

export const cases: ModuleCases = {
  module: bridgePort,
  cases: [
    { title: 'leaves a port alone', params: { bridge: 'br0', port: 'vnet0' }, reads, expected: 'ok' },
    {
      title: 'finds nothing to take off',
      params: { bridge: 'br0', port: 'vnet1', state: 'absent' },
      reads,
      expected: 'ok',
    },
    {
      title: 'knows that a tap goes with its guest',
      params: { bridge: 'br0', port: 'vnet9', state: 'absent' },
      reads,
      expected: 'ok',
    },
    {
      title: 'puts a tap on the bridge',
      params: { bridge: 'br0', port: 'vnet1' },
      reads,
      expected: {
        differences: [{ label: 'bridge of vnet1', before: '', after: 'br0' }],
        apply: '{\nip link set vnet1 master br0\n} || exit $?\n{\nip link set vnet1 up\n} || exit $?',
        undo: 'if [ -e /sys/class/net/vnet1 ]; then\nip link set vnet1 nomaster\nfi',
      },
    },
    {
      title: 'takes a tap off, and undo gives it its flags and VLANs back before it comes up',
      params: { bridge: 'br0', port: 'vnet0', state: 'absent' },
      reads,
      expected: {
        differences: [{ label: 'bridge of vnet0', before: 'br0', after: '' }],
        apply: 'ip link set vnet0 nomaster',
        undo: [
          'if [ -e /sys/class/net/vnet0 ]; then',
          '{\nip link set vnet0 master br0\n} || exit $?',
          '{\nf=/sys/class/net/vnet0/brport/isolated\n[ ! -w "$f" ] || printf %s 1 > "$f" || exit 1\n} || exit $?',
          '{\nbridge vlan del vid 1 dev vnet0 2>/dev/null || :\n} || exit $?',
          '{\nbridge vlan add vid 10 dev vnet0 pvid untagged\n} || exit $?',
          '{\nip link set vnet0 up\n} || exit $?',
          'fi',
        ].join('\n'),
      },
    },
    {
      title: 'refuses a bridge that is not there',
      params: { bridge: 'br1', port: 'vnet1' },
      reads,
      expected: { error: 'The host has no bridge br1; it has br0.' },
    },
    {
      title: 'refuses an interface that is not there',
      params: { bridge: 'br0', port: 'vnet9' },
      reads,
      expected: { error: 'The host has no interface vnet9; it has eth0, eth1, br0, vnet0, vnet1.' },
    },
    {
      title: 'refuses to take off the card that carries the connection',
      params: { bridge: 'br0', port: 'eth0', state: 'absent' },
      reads,
      expected: {
        error:
          'The interface eth0 carries the connection: without it, or without its addresses, the host could not be reached.',
      },
    },
    {
      title: 'refuses a card with addresses',
      params: { bridge: 'br0', port: 'eth1' },
      reads: printed({ links, texts: { addresses: '4: eth1    inet 192.0.2.77/24 scope global eth1\n' } }),
      expected: { error: 'The interface eth1 cannot become a port: it has addresses (192.0.2.77/24).' },
    },
  ],
};
