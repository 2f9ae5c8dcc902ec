import { libvirtNetwork } from '../../../src/modules/libvirt/libvirt_network.ts';
import { defaultNetwork, linksText, networksText, UUID } from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const stock = {
  uuid: UUID,
  live: defaultNetwork('live'),
  config: defaultNetwork('config'),
  autostart: true,
} as const;
const host = linksText(
  ['eth0 link ', 'virbr0 bridge ', 'vnet0 link virbr0'],
  [
    '2: eth0    inet 192.0.2.5/24 brd 192.0.2.255 scope global eth0\\ valid',
    '3: virbr0    inet 192.168.122.1/24 scope',
  ],
);
const reads = { networks: networksText(stock), host };

const NEW = `<network>
  <name>lab</name>
  <forward mode='nat'/>
  <bridge name='virbr1' stp='on' delay='0'/>
  <mac address='52:54:00:9a:54:e7'/>
  <ip address='10.1.0.1' netmask='255.255.255.0'/>
</network>
`;

const DEFAULT = `<network>
  <name>default</name>
  <uuid>${UUID}</uuid>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
  <mac address='52:54:00:13:08:89'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
    </dhcp>
  </ip>
</network>
`;

const WITH_DOMAIN = DEFAULT.replace(
  "<mac address='52:54:00:13:08:89'/>",
  "$&\n  <domain name='lab.example'/>",
);

export const cases: ModuleCases = {
  module: libvirtNetwork,
  cases: [
    {
      title: 'leaves the stock network alone, however it is described',
      params: {
        name: 'default',
        xml: `<network><name>default</name><forward mode="nat"/><ip address="192.168.122.1" prefix="24">
          <dhcp><range start="192.168.122.2" end="192.168.122.254"/></dhcp></ip></network>`,
        state: 'active',
        autostart: 'yes',
      },
      reads,
      expected: 'ok',
    },
    {
      title: 'leaves what a model does not speak of',
      params: { name: 'default', forward: 'nat', state: 'active' },
      reads,
      expected: 'ok',
    },
    {
      title: 'chooses bridge and MAC address, and takes the first address of a subnet',
      params: { name: 'lab', forward: 'nat', ips: [{ address: '10.1.0.0/24' }] },
      reads,
      expected: { differences: [{ label: 'XML of network/lab', before: null, after: NEW }] },
    },
    {
      title: 'keeps the uuid whatever the XML says, and says that a restart is pending',
      params: {
        name: 'default',
        xml: WITH_DOMAIN.replace(UUID, '00000000-0000-4000-8000-000000000000'),
      },
      reads,
      expected: {
        differences: [{ label: 'XML of network/default', before: DEFAULT, after: WITH_DOMAIN }],
        warnings: [
          "the network default runs with its old definition; the new one is pending until it is restarted (restart: if_needed does that, and puts the guests' taps back)",
        ],
      },
    },
    {
      title: 'says again that a restart is pending, and changes nothing',
      params: { name: 'default', domain: 'lab.example' },
      reads: { networks: networksText({ ...stock, config: WITH_DOMAIN }), host },
      expected: 'ok',
    },
    {
      title: 'restarts where it may',
      params: { name: 'default', domain: 'lab.example', restart: 'if_needed' },
      reads: { networks: networksText({ ...stock, config: WITH_DOMAIN }), host },
      expected: {
        differences: [{ label: 'running XML of network/default', before: DEFAULT, after: WITH_DOMAIN }],
      },
    },
    {
      title: 'stops and removes',
      params: { name: 'default', state: 'absent' },
      reads,
      expected: {
        differences: [{ label: 'XML of network/default', before: DEFAULT, after: null }],
        warnings: ['guests lose their connection to the network default: vnet0'],
      },
    },
    {
      title: 'refuses an address that the host has',
      params: { name: 'lab', forward: 'nat', ips: [{ address: '192.0.2.129/25' }] },
      reads: {
        networks: networksText(),
        host: linksText(['eth0 link '], ['2: eth0    inet 192.0.2.200/25 scope global']),
      },
      expected: {
        error:
          'The subnet 192.0.2.129/25 of the network lab overlaps with 192.0.2.200/25 of the interface eth0.',
      },
    },
    {
      title: 'refuses a bridge that the host has already',
      params: { name: 'lab', forward: 'none', bridge: { name: 'eth0' } },
      reads,
      expected: { error: 'The network lab cannot have the bridge eth0, which belongs to the host.' },
    },
    {
      title: 'gives a network that runs another bridge',
      params: { name: 'default', bridge: { name: 'virbr9' }, restart: 'if_needed' },
      reads,
      expected: {
        differences: ['XML of network/default', 'running XML of network/default'].map((label) => ({
          label,
          before: DEFAULT,
          after: DEFAULT.replace('virbr0', 'virbr9'),
        })),
      },
    },
    {
      title: 'refuses a range outside the subnet',
      params: {
        name: 'lab',
        ips: [{ address: '10.1.0.1/24', dhcp: { ranges: [{ start: '10.1.0.9', end: '10.1.1.9' }] } }],
      },
      reads,
      expected: { error: 'The DHCP range 10.1.0.9 to 10.1.1.9 of the network lab is not in 10.1.0.1/24.' },
    },
    {
      title: 'refuses a range that ends before it begins',
      params: {
        name: 'lab',
        ips: [{ address: '10.1.0.1/24', dhcp: { ranges: [{ start: '10.1.0.9', end: '10.1.0.8' }] } }],
      },
      reads,
      expected: { error: 'The DHCP range of the network lab begins at 10.1.0.9, after its end 10.1.0.8.' },
    },
    {
      title: 'needs a bridge to forward to',
      params: { name: 'lan', forward: 'bridge' },
      reads,
      expected: { error: 'The network lan forwards to a bridge of the host, and none is named.' },
    },
    {
      title: 'says that a network is not there',
      params: { name: 'lab', state: 'active' },
      reads,
      expected: { error: 'The host has no virtual network lab (it has default).' },
    },
    {
      title: 'refuses XML of something else',
      params: { name: 'lab', xml: '<domain/>' },
      reads,
      expected: { error: 'The XML of the network lab begins with <domain>, not with <network>.' },
    },
    {
      title: 'refuses XML of another network',
      params: { name: 'lab', xml: '<network><name>labs</name></network>' },
      reads,
      expected: { error: 'The XML describes the network labs, not lab.' },
    },
    {
      title: 'takes one description',
      params: { name: 'lab', xml: '<network/>', forward: 'nat' },
      expected: { invalid: ': give one of: xml, template, or the model (forward, bridge, domain, mtu, ips)' },
    },
    {
      title: 'refuses names that are no names, and addresses without their length',
      params: { name: '-x', ips: [{ address: '10.1' }] },
      expected: {
        invalid:
          'name: must be a name of at most 128 characters without slashes and line ends (no dash first), not "-x"\nips.0.address: must be an address with its prefix length (192.168.100.1/24), not "10.1"',
      },
    },
  ],
};
