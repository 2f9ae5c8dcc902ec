import { spawnSync } from 'node:child_process';
import { arch, cpus, hostname, networkInterfaces, release, totalmem, userInfo } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostwrightError } from '../../src/core/error.ts';
import type { HostRead } from '../../src/core/read.ts';
import { debianPackages } from '../../src/facts/debian-packages.ts';
import { distributionFacts } from '../../src/facts/distribution.ts';
import { networkFacts } from '../../src/facts/network-facts.ts';
import { rpmPackages } from '../../src/facts/rpm-packages.ts';
import { serviceState } from '../../src/facts/service-state.ts';
import { systemFacts } from '../../src/facts/system-facts.ts';
import { parseFileLines } from '../../src/facts/system-files.ts';
import { systemdUnit } from '../../src/facts/systemd-unit.ts';
import { virtualizationFacts } from '../../src/facts/virtualization.ts';
import { SHELLS } from '../modules/real-shell.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe.each(SHELLS.filter(({ present }) => present))('facts of this machine under $name', ({ argv }) => {
  const { script, parse } = systemFacts();
  const [command = '', ...flags] = argv;
  const done = spawnSync(command, [...flags, '-c', script.text]);
  const facts = parse({ rc: done.status ?? 255, stdout: done.stdout, stderr: done.stderr });

  it('say nothing on stderr', () => {
    expect({ rc: done.status, stderr: done.stderr.toString() }).toEqual({ rc: 0, stderr: '' });
  });

  it('agree with what Node knows', () => {
    const { username, uid, gid, homedir } = userInfo();
    const megabytes = Math.floor(totalmem() / 1024 / 1024);
    expect(facts).toMatchObject({
      system: 'Linux',
      kernel: release(),
      architecture: arch() === 'x64' ? 'x86_64' : 'aarch64',
      nodename: hostname(),
      memtotal_mb: megabytes,
      processor_nproc: cpus().length,
      user_id: username,
      user_uid: uid,
      user_gid: gid,
      user_dir: homedir,
    });
  });

  it('know the interfaces with their addresses', () => {
    for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
      const device = facts[name.replace(/[-.:]/g, '_')] as Record<string, unknown>;
      const first = addresses.find(({ family }) => family === 'IPv4');
      expect(device).toMatchObject({ device: name, macaddress: addresses[0]?.mac });
      if (first) expect(device.ipv4).toMatchObject({ address: first.address, netmask: first.netmask });
      const sixes = addresses.filter(({ family }) => family === 'IPv6').map(({ address }) => address);
      const known = (device.ipv6 as { address: string }[]).map(({ address }) => address);
      expect(known).toEqual(expect.arrayContaining(sixes));
    }
    expect(facts.interfaces).toContain('lo');
  });

  it('tell the time', () => {
    const { epoch } = facts.date_time;
    expect(Math.abs(Number(epoch) - Date.now() / 1000)).toBeLessThan(120);
    expect(facts.uptime_seconds).toBeGreaterThan(0);
  });
});

describe('distributions', () => {
  const release = (lines: readonly string[], more = '') =>
    distributionFacts(parseFileLines(lines.map((line) => `/etc/os-release:${line}\n`).join('') + more));

  it.each([
    [
      'Debian, whose point release stands elsewhere',
      release(['ID=debian', 'VERSION_ID="12"', 'VERSION_CODENAME=bookworm'], '/etc/debian_version:12.5\n'),
      ['Debian', '12.5', '12', '5', 'bookworm', 'Debian'],
    ],
    [
      'Ubuntu, which is like Debian',
      release(
        ['ID=ubuntu', 'ID_LIKE=debian', 'VERSION_ID="22.04"', 'VERSION_CODENAME=jammy'],
        '/etc/debian_version:bookworm/sid\n',
      ),
      ['Ubuntu', '22.04', '22', '04', 'jammy', 'Debian'],
    ],
    [
      'CentOS 7, whose os-release is short',
      release(
        [
          'NAME="CentOS Linux"',
          'VERSION="7 (Core)"',
          'ID="centos"',
          'ID_LIKE="rhel fedora"',
          'VERSION_ID="7"',
        ],
        '/etc/redhat-release:CentOS Linux release 7.9.2009 (Core)\n',
      ),
      ['CentOS', '7.9', '7', '9', 'Core', 'RedHat'],
    ],
    [
      'CentOS 6, which has no os-release',
      release([], '/etc/redhat-release:CentOS release 6.10 (Final)\n'),
      ['CentOS', '6.10', '6', '10', 'Final', 'RedHat'],
    ],
    [
      'Rocky Linux',
      release([
        'ID="rocky"',
        'ID_LIKE="rhel centos fedora"',
        'VERSION="9.3 (Blue Onyx)"',
        'VERSION_ID="9.3"',
      ]),
      ['Rocky', '9.3', '9', '3', 'Blue Onyx', 'RedHat'],
    ],
    ['Alpine', release(['ID=alpine', 'VERSION_ID=3.19.1']), ['Alpine', '3.19.1', '3', '19', 'NA', 'Alpine']],
    [
      'one that nobody knows',
      release(['NAME="My \\"Own\\" Linux"', 'ID=mine', 'VERSION_ID=1']),
      ['My "Own" Linux', '1', '1', '', 'NA', 'My "Own" Linux'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(Object.values(facts)).toEqual(expected);
  });
});

describe('networks', () => {
  const files = parseFileLines(
    [
      ['br0', 'address', '52:54:00:00:00:01'],
      ['br0', 'mtu', '1500'],
      ['br0', 'operstate', 'up'],
      ['br0', 'type', '1'],
      ['br0', 'flags', '0x1003'],
      ['br0', 'bridge/stp_state', '1'],
      ['br0', 'bridge/bridge_id', '8000.525400000001'],
      ['eth-0', 'address', '52:54:00:00:00:01'],
      ['eth-0', 'mtu', '1500'],
      ['eth-0', 'operstate', 'down'],
      ['eth-0', 'type', '1'],
      ['eth-0', 'flags', '0x1103'],
    ]
      .map(([name, file, value]) => `/sys/class/net/${name}/${file}:${value}\n`)
      .join('') +
      '/etc/resolv.conf:# comment\n/etc/resolv.conf:nameserver 192.0.2.53\n/etc/resolv.conf:search lan example.net\n',
  );
  const { devices, facts } = networkFacts(files, {
    addresses: [
      '7: br0    inet 192.0.2.5/26 brd 192.0.2.63 scope global dynamic br0\\       valid_lft 3000sec',
      '7: br0    inet 198.51.100.1 peer 198.51.100.2/32 scope global br0',
      '7: br0    inet 192.0.2.9/99 scope global br0',
      '7: br0    inet6 fe80::1/64 scope link \\       valid_lft forever',
    ].join('\n'),
    route4: '8.8.8.8 via 192.0.2.1 dev br0 src 192.0.2.5 uid 0 \\    cache',
    route6: 'unreachable 2001:4860:4860::8888 dev lo table unspec metric 4294967295 error -101',
    ports: '/sys/class/net/br0/brif/eth-0\n',
  });

  it('know a bridge with its ports', () => {
    expect(devices).toEqual({
      br0: {
        device: 'br0',
        active: true,
        macaddress: '52:54:00:00:00:01',
        mtu: 1500,
        promisc: false,
        type: 'bridge',
        id: '8000.525400000001',
        stp: true,
        interfaces: ['eth-0'],
        ipv4: {
          address: '192.0.2.5',
          prefix: 26,
          netmask: '255.255.255.192',
          network: '192.0.2.0',
          broadcast: '192.0.2.63',
        },
        ipv4_secondaries: [
          {
            address: '198.51.100.1',
            prefix: 32,
            netmask: '255.255.255.255',
            network: '198.51.100.1',
            broadcast: '',
          },
        ],
        ipv6: [{ address: 'fe80::1', prefix: 64, scope: 'link' }],
      },
      eth_0: {
        device: 'eth-0',
        active: false,
        macaddress: '52:54:00:00:00:01',
        mtu: 1500,
        promisc: true,
        type: 'ether',
        ipv6: [],
      },
    });
  });

  it('know the default routes, and where there is none', () => {
    expect(facts).toEqual({
      interfaces: ['br0', 'eth-0'],
      all_ipv4_addresses: ['192.0.2.5', '198.51.100.1'],
      all_ipv6_addresses: ['fe80::1'],
      default_ipv4: {
        address: '192.0.2.5',
        prefix: 26,
        netmask: '255.255.255.192',
        network: '192.0.2.0',
        broadcast: '192.0.2.63',
        interface: 'br0',
        gateway: '192.0.2.1',
        macaddress: '52:54:00:00:00:01',
        mtu: 1500,
        type: 'bridge',
        alias: 'br0',
      },
      default_ipv6: {},
      dns: { nameservers: ['192.0.2.53'], search: ['lan', 'example.net'] },
    });
  });
});

describe('virtual machines and containers', () => {
  const dmi = (vendor: string, product: string) =>
    parseFileLines(`/sys/class/dmi/id/sys_vendor:${vendor}\n/sys/class/dmi/id/product_name:${product}\n`);

  it.each([
    ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', ['hypervisor'], 'kvm', 'guest'],
    ['VMware, Inc.', 'VMware Virtual Platform', ['hypervisor'], 'VMware', 'guest'],
    ['Dell Inc.', 'PowerEdge R740', ['/dev/kvm'], 'kvm', 'host'],
    ['Dell Inc.', 'PowerEdge R740', ['/dev/kvm', '/.dockerenv'], 'docker', 'guest'],
    ['Red Hat', 'Bare metal thing', [], 'NA', 'NA'],
  ])('%s %s %j', (vendor, product, places, type, role) => {
    expect(virtualizationFacts(dmi(vendor, product), places)).toEqual({
      virtualization_type: type,
      virtualization_role: role,
    });
  });
});

describe('parsers of what a host prints', () => {
  const query = { names: ['x'], operation: ['install', 'x'], simulate: 'always' } as const;
  const reads: readonly HostRead<unknown>[] = [
    systemFacts(),
    systemdUnit('x', 'system'),
    serviceState('x', { runlevel: 'default' }),
    debianPackages(query),
    rpmPackages({ names: ['x'], updates: true, options: [] }),
  ];
  const heads = [
    '',
    'files=',
    'machine=x\0',
    'tool=apt\nnow=1\n',
    'tool=dnf\n',
    'kind=systemd\n',
    'kind=sysv\n',
    'Hostwright.IsEnabled=x\n',
  ];

  it.each(reads)('$name: give a value or an error of ours, whatever comes', (read) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z =|:.\n\0/-]*$/)),
        fc.constantFrom(0, 1, 255),
        (head, rest, rc) => {
          try {
            read.parse({ rc, stdout: bytes(head + rest), stderr: bytes(rest) });
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(HostwrightError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
