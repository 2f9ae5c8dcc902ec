import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBridgeList } from '../../../src/facts/network/bridge-list.ts';
import { parseGuestPorts } from '../../../src/facts/network/guest-ports.ts';
import { hostNetwork } from '../../../src/facts/network/host-network.ts';
import {
  parseAddresses,
  parseNeighbours,
  parseRoutes,
  parseVlans,
} from '../../../src/facts/network/ip-text.ts';
import { linkFromBridgeList, linkKinds } from '../../../src/facts/network/links.ts';
import {
  parseManagedDevices,
  parseNetworkd,
  parseProfile,
} from '../../../src/facts/network/network-owners.ts';
import { parseSystem, parseZones } from '../../../src/facts/network/network-surroundings.ts';
import { printedNetwork } from './printed-network.ts';

const LISTED = `bridge name\tbridge id\t\tSTP enabled\tinterfaces
docker0\t\t8000.0242d0c45f14\tno\t\t
virbr0\t\t8000.525400eb92b0\tyes\t\tvirbr0-nic
\t\t\t\t\t\t\tvnet0
\t\t\t\t\t\t\tvnet1
virbr1\t\t8000.525400eb92b1\tyes\t\tvirbr1-nic
`;

describe('brctl show', () => {
  test('has ports on several lines and empty columns', () => {
    expect(parseBridgeList(LISTED)).toEqual([
      { name: 'docker0', id: '8000.0242d0c45f14', stp: false, ports: [] },
      { name: 'virbr0', id: '8000.525400eb92b0', stp: true, ports: ['virbr0-nic', 'vnet0', 'vnet1'] },
      { name: 'virbr1', id: '8000.525400eb92b1', stp: true, ports: ['virbr1-nic'] },
    ]);
    expect(
      parseBridgeList(
        "bridge name\tbridge id\t\tSTP enabled\tinterfaces\nbr0\t\tcan't get info No such device\n",
      ),
    ).toEqual([{ name: 'br0', id: '', stp: false, ports: ["can't", 'get', 'info', 'No', 'such', 'device'] }]);
  });

  test('stands in where the kernel shows no interfaces', () => {
    const links = linkFromBridgeList(LISTED);
    expect(links.filter(({ master }) => master === 'virbr0').map(({ name }) => name)).toEqual([
      'virbr0-nic',
      'vnet0',
      'vnet1',
    ]);
    const { links: read } = parse({ texts: { brctl: LISTED } });
    expect(read).toEqual(links);
  });
});

describe('iproute2', () => {
  test('addresses of both families, old and new', () => {
    const text = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: enp0s25    inet 10.66.1.103/24 brd 10.66.1.255 scope global noprefixroute dynamic enp0s25\\       valid_lft 5784sec preferred_lft 5784sec
2: enp0s25    inet6 fe80::e01c:6aa7:2d7b:2f4d/64 scope link noprefixroute \\       valid_lft forever preferred_lft forever
7: tun0    inet 10.8.0.6 peer 10.8.0.5/32 scope global tun0
nonsense`;
    expect(parseAddresses(text)).toEqual([
      { link: 'lo', family: 4, address: '127.0.0.1', prefix: 8, scope: 'host', dynamic: false },
      { link: 'enp0s25', family: 4, address: '10.66.1.103', prefix: 24, scope: 'global', dynamic: true },
      {
        link: 'enp0s25',
        family: 6,
        address: 'fe80::e01c:6aa7:2d7b:2f4d',
        prefix: 64,
        scope: 'link',
        dynamic: false,
      },
      { link: 'tun0', family: 4, address: '10.8.0.6', prefix: 32, scope: 'global', dynamic: false },
    ]);
  });

  test('routes, neighbours and VLANs', () => {
    const routes = `default via 10.66.1.1 dev br0 proto dhcp src 10.66.1.103 metric 425 \n192.168.122.0/24 dev virbr0 proto kernel scope link src 192.168.122.1 linkdown \ndefault via 192.0.2.1 dev eth0 onlink \nunreachable 10.0.0.0/8 \n`;
    expect(parseRoutes(routes, 4)).toEqual([
      {
        family: 4,
        to: 'default',
        via: '10.66.1.1',
        link: 'br0',
        metric: 425,
        protocol: 'dhcp',
        onLink: false,
      },
      {
        family: 4,
        to: '192.168.122.0/24',
        via: null,
        link: 'virbr0',
        metric: null,
        protocol: 'kernel',
        onLink: false,
      },
      {
        family: 4,
        to: 'default',
        via: '192.0.2.1',
        link: 'eth0',
        metric: null,
        protocol: 'boot',
        onLink: true,
      },
    ]);
    expect(
      parseNeighbours('192.0.2.7 dev eth0 lladdr 52:54:00:AA:22:33 REACHABLE\n192.0.2.8 dev eth0  FAILED\n'),
    ).toEqual([
      { address: '192.0.2.7', link: 'eth0', mac: '52:54:00:aa:22:33' },
      { address: '192.0.2.8', link: 'eth0', mac: null },
    ]);
    const vlans =
      'port              vlan-id  \nbr0               1 PVID Egress Untagged\nvnet0             10 PVID Egress Untagged\n                  20\n\nvnet1\t 30\n';
    expect(parseVlans(vlans)).toEqual([
      { port: 'br0', vlan: 1, pvid: true, untagged: true },
      { port: 'vnet0', vlan: 10, pvid: true, untagged: true },
      { port: 'vnet0', vlan: 20, pvid: false, untagged: false },
      { port: 'vnet1', vlan: 30, pvid: false, untagged: false },
    ]);
  });

  test('kinds of interfaces', () => {
    const text = `2: eth0@if9: <BROADCAST> mtu 1500 \\    link/ether 02:00 brd ff:ff link-netnsid 0 promiscuity 0 \\    veth addrgenmode eui64
3: br0: <BROADCAST> mtu 1500 \\    link/ether 02:00 brd ff:ff promiscuity 0 \\    bridge forward_delay 1500
4: vnet0: <BROADCAST> mtu 1500 master br0 \\    link/ether fe:54 brd ff:ff promiscuity 1 \\    tun type tap \\    bridge_slave state forwarding
5: eno1: <BROADCAST> mtu 1500 \\    link/ether 02:00 brd ff:ff promiscuity 0 addrgenmode none`;
    expect([...linkKinds(text)]).toEqual([
      ['eth0', 'veth'],
      ['br0', 'bridge'],
      ['vnet0', 'tun'],
    ]);
  });
});

describe('who manages an interface', () => {
  test('NetworkManager, with colons in names', () => {
    expect(
      parseManagedDevices('eth0:connected:5a-6b:有线连接 1\nbr0:connected (externally):77:a\\:b\n'),
    ).toEqual([
      { device: 'eth0', state: 'connected', uuid: '5a-6b', profile: '有线连接 1' },
      { device: 'br0', state: 'connected (externally)', uuid: '77', profile: 'a:b' },
    ]);
    expect(
      parseProfile('connection.id:a:b\nipv6.dns:fe80::1\nGENERAL.NAME:x\nIP4.ADDRESS[1]:1.2.3.4/8\n'),
    ).toEqual({
      'connection.id': 'a:b',
      'ipv6.dns': 'fe80::1',
    });
  });

  test('systemd-networkd, firewalld, the system', () => {
    const links = parse({ links: [{ name: 'eth0', index: '2' }] }).links;
    const text =
      '/run/systemd/netif/links/2:ADMIN_STATE=configured\n/run/systemd/netif/links/2:NETWORK_FILE=/etc/systemd/network/10-eth0.network\n/run/systemd/netif/leases/2:CLIENTID=ff00\n/run/systemd/netif/links/9:ADMIN_STATE=x';
    expect([...parseNetworkd(text, links)]).toEqual([
      ['eth0', { state: 'configured', file: '/etc/systemd/network/10-eth0.network', clientId: 'ff00' }],
    ]);
    expect([
      ...parseZones(
        'internal (default)\n  interfaces: eth0 br0\npublic\n  sources: 10.0.0.0/8\n  interfaces: eth1\n',
      ),
    ]).toEqual([
      ['eth0', 'internal'],
      ['br0', 'internal'],
      ['eth1', 'public'],
    ]);
    expect(parseSystem('', 'CentOS release 6.10 (Final)\n')).toEqual({ id: 'centos', version: '6' });
    expect(parseSystem('ID="centos"\nVERSION_ID="7"\n', '')).toEqual({ id: 'centos', version: '7' });
  });

  test('guests know their bridge by name or by network', () => {
    const list =
      ' vnet0      bridge   br0          virtio   52:54:00:ad:4c:86\n vnet1      network  my net       e1000    52:54:00:AD:4C:87\n -          bridge   br0          virtio   52:54:00:ad:4c:88\n';
    expect(
      parseGuestPorts([['web', list]], [['my net', 'Name:           my net\nBridge:         virbr0\n']]),
    ).toEqual([
      {
        domain: 'web',
        interface: 'vnet0',
        type: 'bridge',
        source: 'br0',
        mac: '52:54:00:ad:4c:86',
        bridge: 'br0',
      },
      {
        domain: 'web',
        interface: 'vnet1',
        type: 'network',
        source: 'my net',
        mac: '52:54:00:ad:4c:87',
        bridge: 'virbr0',
      },
    ]);
  });
});

test('no output of a host is an accident', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '2: eth0    inet 10.0.0.5/99 scope',
      'default via',
      ' 10 PVID',
      '\t\tvnet0',
      '4: a@b: \\    tun',
      'x:y:z\\',
    ),
  );
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n').replaceAll('\0', ''));
  const names = [
    'link',
    'addresses',
    'routes4',
    'neighbours',
    'vlans',
    'brctl',
    'nm-devices',
    'nm-profile',
    'networkd',
    'zones',
    'free',
    'guest',
    'attributes',
    'probe',
    'controller',
  ];
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, text]))), text, (texts, file) => {
      const network = parse({ texts: texts as Record<string, string>, files: { '/etc/resolv.conf': file } });
      expect(Array.isArray(network.links)).toBe(true);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (stdout) => {
      try {
        hostNetwork().parse({ rc: 0, stdout, stderr: new Uint8Array() });
      } catch (thrown) {
        expect((thrown as { code?: string }).code).toBe('unexpected-output');
      }
    }),
  );
});

function parse(printed: Parameters<typeof printedNetwork>[0]) {
  const stdout = new TextEncoder().encode(printedNetwork(printed));
  return hostNetwork().parse({ rc: 0, stdout, stderr: new Uint8Array() });
}
