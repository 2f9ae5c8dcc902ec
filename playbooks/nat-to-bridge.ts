// The same as nat-to-bridge.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/nat-to-bridge.ts -i INVENTORY

import { assert, defineInputs, definePlaybook, include_tasks, input, play, stat } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  domains: input.list<string>({ description: 'The guests, by the names of their domains.' }),
  bridge: input.string({
    default: 'br0',
    pattern: '[A-Za-z0-9._-]{1,15}',
    description: 'Bridge of the host that they move to.',
  }),
  network: input.string({
    default: 'default',
    description: 'Virtual network that they leave; cards elsewhere stay where they are.',
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
    description: 'Directory on the host for the XML of each guest as it was.',
  }),
});

export default definePlaybook({
  name: 'Move guests from NAT to a bridge',
  description:
    'Shuts guests down, plugs their cards into a bridge, starts them, and proves that they are reached.',
  inputs,
  plays: [
    play('Move guests from NAT to a bridge', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      vars: {
        old: { kind: 'network', name: () => inputs.network },
        target: { bridge: () => inputs.bridge },
        on: () => inputs.bridge,
      },
      tasks() {
        stat(
          'Look for the bridge',
          { path: '/sys/class/net/{{ inputs.bridge }}/bridge' },
          { register: 'link' },
        );

        assert('The bridge is there', {
          that: 'link.stat.exists',
          fail_msg: 'The host has no bridge {{ inputs.bridge }}. Make it with the playbook create-bridge.',
        });

        include_tasks('tasks/move-and-prove-guest.yaml', {
          loop: () => [...inputs.domains],
          loop_control: { loop_var: 'guest' },
        });
      },
    }),
  ],
});
