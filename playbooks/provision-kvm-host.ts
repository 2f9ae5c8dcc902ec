// The same as provision-kvm-host.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/provision-kvm-host.ts -i INVENTORY

import {
  apt,
  block,
  defineInputs,
  definePlaybook,
  host_bridge,
  input,
  libvirt_facts,
  libvirt_network,
  nat_check,
  package as packages,
  play,
  service,
  sysctl,
  user,
} from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  bridge: input.string({
    default: 'br0',
    pattern: '[A-Za-z0-9._-]{0,15}',
    description: 'Bridge for guests that the office network reaches; an empty text for none.',
  }),
  nic: input.string({
    required: false,
    description:
      'Network card that becomes its port, with its address and routes. Default: the one with the default route.',
  }),
  guard_timeout: input.int({
    default: 120,
    description:
      'Seconds until the host takes the bridge back by itself, unless it was reached over a fresh login.',
  }),
  nat_network: input.string({
    default: 'default',
    description: 'Virtual network for guests behind the host; an empty text for none.',
  }),
  nat_address: input.string({
    default: '192.168.122.1/24',
    pattern: '[0-9.]+/[0-9]+',
    description:
      'Address of its bridge with prefix, where it is to be made; one that exists keeps what it has.',
  }),
  packages: input.list<string>({
    default: [],
    description: 'Packages to install. Default: what KVM and libvirt need on the distribution.',
  }),
  admins: input.list<string>({
    default: [],
    description:
      'Users who may administer the guests, members of the group libvirt; made where they do not exist.',
  }),
});

export default definePlaybook({
  name: 'Provision a KVM host',
  description:
    'Installs libvirt and qemu, sets up a NAT network and a bridge, and names who may administer the guests.',
  inputs,
  plays: [
    play('Provision a KVM host', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      vars: {
        debian: [
          'qemu-system-x86',
          'qemu-utils',
          'libvirt-daemon-system',
          'libvirt-clients',
          'dnsmasq-base',
          'virtinst',
          'bridge-utils',
        ],
        red_hat: ['qemu-kvm', 'qemu-img', 'libvirt', 'libvirt-client', 'virt-install'],
        usual: '{{ ternary (eq facts.os_family "Debian") debian red_hat }}',
        after_bridge: '{{ address_add (address inputs.nat_address) 1 }}',
      },
      tasks() {
        block('Install what KVM and libvirt need', {
          tasks() {
            packages('Install the packages', {
              name: '{{ default inputs.packages usual empty=true }}',
              state: 'present',
            });
          },
          rescue() {
            apt(
              'Fetch the lists of packages',
              { update_cache: true },
              { when: 'facts.os_family == "Debian"' },
            );

            packages('Install the packages, known by now', {
              name: '{{ default inputs.packages usual empty=true }}',
              state: 'present',
            });
          },
        });

        service('Run libvirt, now and after each start', {
          name: 'libvirtd',
          state: 'started',
          enabled: true,
        });

        user(
          'Name who may administer the guests',
          { name: ({ item }) => item, groups: ['libvirt'], append: true },
          { loop: () => [...inputs.admins] },
        );

        sysctl('Let the kernel forward packets', {
          name: 'net.ipv4.ip_forward',
          value: '1',
          sysctl_file: '/etc/sysctl.d/90-kvm.conf',
        });

        libvirt_facts(
          'See which virtual networks there are',
          { domains: false, nics: false, leases: false, addresses: false },
          { register: 'virtual' },
        );

        libvirt_network(
          'Make the NAT network',
          {
            name: () => inputs.nat_network,
            forward: 'nat',
            ips: [
              {
                address: () => inputs.nat_address,
                dhcp: {
                  ranges: [{ start: '{{ after_bridge }}', end: '{{ last_host inputs.nat_address }}' }],
                },
              },
            ],
            state: 'active',
            autostart: true,
          },
          {
            when: [
              'inputs.nat_network != ""',
              '!virtual.networks.exists(network, network.name == inputs.nat_network)',
            ],
          },
        );

        libvirt_network(
          'Start the NAT network, now and after each start',
          { name: () => inputs.nat_network, state: 'active', autostart: true },
          {
            when: [
              'inputs.nat_network != ""',
              'virtual.networks.exists(network, network.name == inputs.nat_network)',
            ],
          },
        );

        host_bridge(
          'Make the bridge',
          {
            name: () => inputs.bridge,
            ports: '{{ ternary inputs.nic (list inputs.nic) omit }}',
            guard: { timeout: () => inputs.guard_timeout },
          },
          { when: 'inputs.bridge != ""' },
        );

        nat_check(
          'See that everything is there that guests on NAT need',
          { network: () => inputs.nat_network },
          { when: 'inputs.nat_network != ""' },
        );
      },
    }),
  ],
});
