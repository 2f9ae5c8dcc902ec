import { natCheck } from '../../../src/modules/libvirt/nat_check.ts';
import type { ModuleCases } from './module-case.ts';

const XML = `<network connections='1'>
  <name>default</name>
  <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip>
</network>`;
const DOMAIN = `<domain type='kvm' id='1'><name>web</name><devices>
  <interface type='network'>
    <mac address='52:54:00:00:00:01'/><source network='default' bridge='virbr0'/><target dev='vnet0'/>
  </interface>
</devices></domain>`;
const RULES = `*nat
:POSTROUTING ACCEPT [0:0]
:LIBVIRT_PRT - [0:0]
-A POSTROUTING -j LIBVIRT_PRT
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p udp -j MASQUERADE --to-ports 1024-65535
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE
COMMIT
*filter
-A INPUT -i virbr0 -p udp -m udp --dport 53 -j ACCEPT
-A INPUT -i virbr0 -p tcp -m tcp --dport 53 -j ACCEPT
-A INPUT -i virbr0 -p udp -m udp --dport 67 -j ACCEPT
-A FORWARD -i virbr0 -o virbr0 -j ACCEPT
-A FORWARD -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o virbr0 -j REJECT --reject-with icmp-port-unreachable
-A FORWARD -s 192.168.122.0/24 -i virbr0 -j ACCEPT
-A FORWARD -i virbr0 -j REJECT --reject-with icmp-port-unreachable
COMMIT`;

interface Host {
  readonly active?: boolean;
  readonly link?: string;
  readonly tap?: string;
  readonly forward?: string;
  readonly port?: string;
  readonly sockets?: string;
  readonly rules?: string;
  readonly dnsmasq?: string;
}

/** What the script prints on a host where all is well, but for what is said. */
function printed(host: Host) {
  const listening = [
    'udp UNCONN 0 0 192.168.122.1:53 0.0.0.0:* users:(("dnsmasq",pid=203,fd=5))',
    'udp UNCONN 0 0 127.0.0.1:53 0.0.0.0:* users:(("named",pid=90,fd=5))',
    'udp UNCONN 0 0 0.0.0.0%virbr0:67 0.0.0.0:* users:(("dnsmasq",pid=203,fd=3))',
    'tcp LISTEN 0 32 192.168.122.1:53 0.0.0.0:* users:(("dnsmasq",pid=203,fd=6))',
  ].join('\n');
  const records: readonly Readonly<Record<string, string>>[] = [
    {
      kind: 'network',
      xml: XML,
      info: `Name:           default\nActive:         ${host.active === false ? 'no' : 'yes'}\nAutostart:      yes\nBridge:         virbr0`,
      status:
        '[{"ip-address": "192.168.122.65", "mac-address": "52:54:00:00:00:01", "hostname": "web", "expiry-time": 1}]',
    },
    { kind: 'domain', xml: DOMAIN },
    {
      kind: 'host',
      links: [
        `3: virbr0: ${host.link ?? '<BROADCAST,MULTICAST,UP,LOWER_UP>'} mtu 1500 qdisc noqueue state UP`,
        `4: vnet0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 ${host.tap ?? 'master virbr0'} state UNKNOWN`,
      ].join('\n'),
      addresses: '3: virbr0    inet 192.168.122.1/24 brd 192.168.122.255 scope global virbr0',
      ports: `/sys/class/net/vnet0/brport/state ${host.port ?? '3'}`,
      forward: host.forward ?? '1',
      sockets: host.sockets ?? listening,
      iptables: host.rules ?? RULES,
      nft: '',
      dnsmasq:
        host.dnsmasq ??
        '203 1 /usr/sbin/dnsmasq --conf-file=/d/default.conf\n204 203 /usr/sbin/dnsmasq --conf-file=/d/default.conf',
    },
  ];
  const text = records.map((record) =>
    Object.entries({ ...record, end: '' })
      .map(([name, value]) => `${name}=${value}\0`)
      .join(''),
  );
  return { stdout: text.join('') };
}

const NETWORK = {
  name: 'default',
  forward: 'nat',
  bridge: 'virbr0',
  addresses: [{ address: '192.168.122.1', prefix: 24, dhcp: true }],
  active: true,
  autostart: true,
  leases: [{ mac: '52:54:00:00:00:01', address: '192.168.122.65', hostname: 'web' }],
};

const RESTART = [
  { libvirt_network: { name: 'default', state: 'inactive' } },
  { libvirt_network: { name: 'default', state: 'active' } },
  { libvirt_reattach: {} },
];

export const cases: ModuleCases = {
  module: natCheck,
  cases: [
    {
      title: 'finds nothing wrong, with another DNS server on the loopback',
      params: {},
      reads: { state: printed({}) },
      expected: 'ok',
    },
    {
      title: 'says what an inactive network needs, and nothing else',
      params: { fail: false },
      reads: { state: printed({ active: false }) },
      expected: 'ok',
      result: {
        findings: [
          {
            network: 'default',
            what: 'the network is active',
            ok: false,
            found: 'inactive, autostart on',
            expected: 'active',
            fix: 'Start it: virsh net-start default.',
            fix_tasks: [{ libvirt_network: { name: 'default', state: 'active', autostart: true } }],
          },
        ],
        report: [
          'WRONG  default: the network is active: inactive, autostart on, expected active. Start it: virsh net-start default.',
        ],
        fix_tasks: [{ libvirt_network: { name: 'default', state: 'active', autostart: true } }],
        networks: [
          {
            ...NETWORK,
            active: false,
            nics: [
              {
                type: 'network',
                mac: '52:54:00:00:00:01',
                source: 'default',
                bridge: 'virbr0',
                tap: 'vnet0',
                model: undefined,
                domain: 'web',
              },
            ],
          },
        ],
        dnsmasq: [
          { pid: 203, parent: 1, command: '/usr/sbin/dnsmasq --conf-file=/d/default.conf' },
          { pid: 204, parent: 203, command: '/usr/sbin/dnsmasq --conf-file=/d/default.conf' },
        ],
        failed: false,
        msg: 'WRONG  default: the network is active: inactive, autostart on, expected active. Start it: virsh net-start default.',
      },
    },
  ],
};

/** One thing broken at a time: what is said of it, and the tasks that mend it. */
export const breakages: readonly {
  readonly title: string;
  readonly host: Host;
  readonly wrong: readonly string[];
  readonly tasks: readonly unknown[];
}[] = [
  {
    title: 'a tap that fell off its bridge',
    host: { tap: '', link: '<NO-CARRIER,BROADCAST,MULTICAST,UP>' },
    wrong: ['carrier of virbr0', 'taps on virbr0'],
    tasks: [
      { command: { argv: ['ip', 'link', 'set', 'virbr0', 'up'] } },
      { libvirt_reattach: {} },
      { libvirt_reattach: { domains: ['web'] } },
    ],
  },
  {
    title: 'a port that does not forward yet is no fault, a kernel that does not forward is',
    host: { forward: '0', port: '2', link: '<NO-CARRIER,BROADCAST,MULTICAST,UP>' },
    wrong: ['ip_forward'],
    tasks: [{ sysctl: { name: 'net.ipv4.ip_forward', value: '1' } }],
  },
  {
    title: 'a kernel that does not forward',
    host: { forward: '0' },
    wrong: ['ip_forward'],
    tasks: [{ sysctl: { name: 'net.ipv4.ip_forward', value: '1' } }],
  },
  {
    title: 'a nat table that was flushed',
    host: { rules: RULES.replace(/\*nat[\s\S]*?COMMIT\n/, '') },
    wrong: [
      'MASQUERADE of 192.168.122.0/24, tcp',
      'MASQUERADE of 192.168.122.0/24, udp',
      'MASQUERADE of 192.168.122.0/24, any protocol',
    ],
    tasks: RESTART,
  },
  {
    title: 'a chain that nothing leads to any more',
    host: { rules: RULES.replace('-A POSTROUTING -j LIBVIRT_PRT\n', '') },
    wrong: [
      'MASQUERADE of 192.168.122.0/24, tcp',
      'MASQUERADE of 192.168.122.0/24, udp',
      'MASQUERADE of 192.168.122.0/24, any protocol',
    ],
    tasks: RESTART,
  },
  {
    title: 'a filter that lets no DHCP in and everything out',
    host: {
      rules: RULES.replace(/.*--dport 67.*\n/, '').replace(/.*-A FORWARD -i virbr0 -j REJECT.*\n/, ''),
    },
    wrong: ['DHCP in on virbr0, udp', 'all else in on virbr0'],
    tasks: RESTART,
  },
  {
    title: 'no dnsmasq, and another DNS server on every address',
    host: { dnsmasq: '', sockets: 'udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:(("named",pid=9,fd=5))' },
    wrong: [
      'its dnsmasq',
      'DNS on udp 192.168.122.1:53',
      'DNS on tcp 192.168.122.1:53',
      'other DNS servers',
      'DHCP on udp *:67',
    ],
    tasks: RESTART,
  },
];

export { printed };
