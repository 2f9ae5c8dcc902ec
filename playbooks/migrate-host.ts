// The same as migrate-host.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/migrate-host.ts -i INVENTORY

import {
  defineInputs,
  definePlaybook,
  find,
  host_bridge,
  include_tasks,
  input,
  libvirt_backup,
  libvirt_facts,
  play,
} from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  bridge: input.string({
    default: 'br0',
    pattern: '[A-Za-z0-9._-]{1,15}',
    description: 'The bridge; made where it is not there yet.',
  }),
  nic: input.string({
    required: false,
    description:
      'Network card that becomes its port, with its address and routes. Default: the one with the default route.',
  }),
  domains: input.list<string>({
    default: [],
    description: 'The guests, by the names of their domains. Default: all that have a card on the network.',
  }),
  batch: input.int({ default: 1, description: 'How many guests are moved before they are proved.' }),
  checkpoints: input.bool({
    default: false,
    description: 'Whether to ask, after each batch, before going on.',
  }),
  network: input.string({
    default: 'default',
    description: 'Virtual network that the guests leave; cards elsewhere stay where they are.',
  }),
  guard_timeout: input.int({
    default: 120,
    description:
      'Seconds until the host takes the bridge back by itself, unless it was reached over a fresh login.',
  }),
  shutdown_timeout: input.int({ default: 120, description: 'Seconds that a guest may take to shut down.' }),
  on_timeout: input.string({
    choices: ['fail', 'destroy'],
    default: 'fail',
    description: 'When a guest has not shut down by then; stop the run, or pull its plug.',
  }),
  fixed: input.map({
    default: {},
    description:
      'Guests with fixed addresses, by name: a list of {mac, address, gateway, dns}, set inside over ssh or the console.',
  }),
  wait: input.int({ default: 120, description: 'Seconds until a guest must be reached.' }),
  from_here: input.bool({
    default: true,
    description:
      'Whether this machine, too, must reach each guest; false where it is not connected to that network.',
  }),
  outside: input.list<string>({
    default: [],
    description: 'Addresses that each guest must reach, asked from inside over ssh or the console.',
  }),
  password: input.string({
    required: false,
    secret: true,
    description: "Password of root on the guests' consoles, where they ask for one.",
  }),
  backup: input.string({
    default: '/var/lib/hostwright/libvirt/moved',
    description: 'Directory on the host for the XML of everything as it was.',
  }),
});

export default definePlaybook({
  name: 'Migrate a host from NAT to a bridge',
  description:
    'Backs up, makes the bridge, and moves every guest of a virtual network to it, in batches that are proved.',
  inputs,
  plays: [
    play('Migrate a host from NAT to a bridge', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      strategy: 'free',
      vars: {
        old: { kind: 'network', name: () => inputs.network },
        target: { bridge: () => inputs.bridge },
        on: () => inputs.bridge,
        nat_cards: '{{ select (select virtual.nics "type" "network") "source" inputs.network }}',
        marked:
          '{{ select (split (replace (join (map_attribute marks.files "path") "\\n") "/var/lib/hostwright/moving/" "") "\\n") }}',
        found_guests: '{{ sort (union (unique (map_attribute nat_cards "domain")) marked) }}',
        guests: '{{ default inputs.domains found_guests empty=true }}',
        starts: '{{ range 0 (length guests) inputs.batch }}',
      },
      tasks() {
        libvirt_facts('See what libvirt has', { leases: false, addresses: false }, { register: 'virtual' });

        find(
          'See what an earlier run left on its way',
          { paths: '/var/lib/hostwright/moving', hidden: true },
          { register: 'marks' },
        );

        libvirt_backup(
          'Back everything up',
          { dest: '{{ inputs.backup }}/host' },
          { when: 'size(guests) > 0' },
        );

        host_bridge('Make the bridge', {
          name: () => inputs.bridge,
          ports: '{{ ternary inputs.nic (list inputs.nic) omit }}',
          guard: { timeout: () => inputs.guard_timeout },
        });

        include_tasks('tasks/migrate-batch.yaml', {
          loop: ({ vars }) => vars.starts as number[],
          loop_control: { loop_var: 'at' },
        });

        libvirt_facts(
          'Every guest that runs is on the bridge',
          { domains: '{{ guests }}', leases: false, addresses: false },
          {
            register: 'moved',
            when: 'size(guests) > 0',
            failed_when: 'moved.nics.exists(nic, nic.type == "network" && nic.source == inputs.network)',
          },
        );
      },
    }),
  ],
});
