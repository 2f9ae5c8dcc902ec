import { libvirtFacts } from '../../../src/modules/libvirt/libvirt_facts.ts';
import { defaultNetwork, domainsText, networksText, UUID, WEB, webDomain } from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const networks = networksText({
  uuid: UUID,
  live: defaultNetwork('live'),
  config: defaultNetwork('config'),
  autostart: true,
});
const domains = domainsText({ uuid: WEB, live: webDomain('live'), config: webDomain('config') });
const nic = {
  domain: 'web',
  mac: '52:54:00:35:ae:25',
  type: 'network',
  source: 'default',
  model: 'virtio',
  link: 'up',
  tap: 'vnet0',
  bridge: 'virbr0',
  alias: 'net0',
  pci: '0000:00:03.0',
  live: true,
  config: true,
};

export const cases: ModuleCases = {
  module: libvirtFacts,
  cases: [
    {
      title: 'tells networks, leases and addresses, and whose they are',
      params: { domains: false, nics: false },
      reads: {
        networks,
        domains,
        leases: {
          stdout: `7-1\n@7-1:${UUID}@ 2026-11-21 04:01:51   52:54:00:35:ae:25   ipv4   192.168.122.196/24   -   01:52:54\n 2026-11-21 04:01:51   52:54:00:00:00:01   ipv4   192.168.122.7/24   printer   -\n`,
        },
        addresses: {
          stdout: `7-1\n@7-1:lease:${WEB}@ vnet0      52:54:00:35:ae:25    ipv4         192.168.122.196/24\n -          -                    ipv6         fd00::5/64\n@7-1:agent:${WEB}@ lo         00:00:00:00:00:00    ipv4         127.0.0.1/8\n -          -                    ipv6         ::1/128\n`,
        },
      },
      expected: 'ok',
      result: {
        networks: [
          {
            name: 'default',
            uuid: UUID,
            state: 'active',
            active: true,
            persistent: true,
            autostart: true,
            pending_restart: false,
            forward: 'nat',
            bridge: { name: 'virbr0', stp: true, delay: 0 },
            mac: '52:54:00:13:08:89',
            domain: null,
            mtu: null,
            ips: [
              {
                address: '192.168.122.1',
                prefix: 24,
                netmask: '255.255.255.0',
                family: 'ipv4',
                dhcp: { ranges: [{ start: '192.168.122.2', end: '192.168.122.254' }], hosts: [] },
              },
            ],
            xml: defaultNetwork('config'),
          },
        ],
        leases: [
          {
            network: 'default',
            domain: 'web',
            mac: '52:54:00:35:ae:25',
            family: 'ipv4',
            address: '192.168.122.196',
            prefix: 24,
            hostname: null,
            expires: '2026-11-21 04:01:51',
          },
          {
            network: 'default',
            domain: null,
            mac: '52:54:00:00:00:01',
            family: 'ipv4',
            address: '192.168.122.7',
            prefix: 24,
            hostname: 'printer',
            expires: '2026-11-21 04:01:51',
          },
        ],
        addresses: [
          {
            domain: 'web',
            mac: '52:54:00:35:ae:25',
            interface: 'vnet0',
            family: 'ipv4',
            address: '192.168.122.196',
            prefix: 24,
            source: 'lease',
          },
          {
            domain: 'web',
            mac: '52:54:00:35:ae:25',
            interface: 'vnet0',
            family: 'ipv6',
            address: 'fd00::5',
            prefix: 64,
            source: 'lease',
          },
        ],
      },
    },
    {
      title: 'tells domains with their cards and with what is passed through',
      params: { networks: false, domains: ['web'], leases: false, addresses: false, nic_models: true },
      reads: {
        models: { stdout: 'Network devices:\nname "virtio-net-pci", bus PCI\nname "e1000", bus PCI\n\n' },
        networks,
        domains: domainsText({
          uuid: WEB,
          live: webDomain('live', {
            more: "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='7' slot='0x10' function='1'/></source></hostdev>",
          }),
          config: webDomain('config'),
        }),
      },
      expected: 'ok',
      result: {
        domains: [
          {
            name: 'web',
            uuid: WEB,
            state: 'running',
            persistent: true,
            autostart: false,
            managed_save: false,
            memory_kib: 32768,
            vcpus: 1,
            pending_restart: false,
            nics: [nic],
            passthrough: [{ kind: 'pci', device: '0000:07:10.1' }],
          },
        ],
        nics: [nic],
        nic_models: ['e1000', 'virtio'],
      },
    },
    {
      title: 'says that libvirt does not answer',
      params: { leases: false, addresses: false },
      reads: {
        networks: { stdout: '7-1\n', stderr: 'error: failed to connect\nerror: no socket\n', rc: 1 },
        domains,
      },
      expected: { error: 'Libvirt does not answer on the host: failed to connect; no socket.' },
    },
    {
      title: 'knows no name that is none',
      params: { domains: ['a/b'] },
      expected: {
        invalid:
          'domains.0: must be a name of at most 128 characters without slashes and line ends (no dash first), not "a/b"',
      },
    },
  ],
};
