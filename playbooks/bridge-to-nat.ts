// The same as bridge-to-nat.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/bridge-to-nat.ts -i INVENTORY

import { defineInputs, definePlaybook, include_tasks, input, libvirt_network, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  domains: input.list<string>({ description: 'The guests, by the names of their domains.' }),
  network: input.string({
    default: 'default',
    description: 'Virtual network that they move to; started where it is not active.',
  }),
  bridge: input.string({
    default: 'br0',
    pattern: '[A-Za-z0-9._-]{1,15}',
    description: 'Bridge that they leave; cards elsewhere stay where they are.',
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
    default: false,
    description:
      'Whether this machine must reach each guest; on NAT it cannot, unless it is the host itself or has a route.',
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
    description: 'Directory on the host for the XML of each guest as it was.',
  }),
});

export default definePlaybook({
  name: 'Move guests from a bridge to NAT',
  description:
    'Shuts guests down, plugs their cards into a virtual network, starts them, and proves that they are there.',
  inputs,
  plays: [
    play('Move guests from a bridge to NAT', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      vars: {
        old: { kind: 'bridge', name: () => inputs.bridge },
        target: { network: () => inputs.network },
        on: '{{ nat.bridge }}',
      },
      tasks() {
        libvirt_network(
          'Start the network',
          { name: () => inputs.network, state: 'active' },
          { register: 'nat' },
        );

        include_tasks('tasks/move-and-prove-guest.yaml', {
          loop: () => [...inputs.domains],
          loop_control: { loop_var: 'guest' },
        });
      },
    }),
  ],
});
