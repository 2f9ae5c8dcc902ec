// The same as create-bridge.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/create-bridge.ts -i INVENTORY

import { bridge_check, debug, defineInputs, definePlaybook, host_bridge, input, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  bridge: input.string({ default: 'br0', description: 'Name of the bridge.' }),
  nic: input.string({
    required: false,
    description: 'The network card that becomes its port. Default: the one with the default route.',
  }),
  address: input.string({
    required: false,
    description:
      'Address of the bridge with its prefix length, as 192.0.2.10/24. Default: what the card has.',
  }),
  gateway: input.string({
    required: false,
    description: 'Router of the default route. Default: the one there is.',
  }),
  dns: input.list<string>({ required: false, description: 'Name servers. Default: those there are.' }),
  stp: input.bool({
    required: false,
    description: 'Spanning tree. Default: off for a new bridge, as it is for one that is there.',
  }),
  backend: input.string({
    default: 'auto',
    choices: ['auto', 'ifcfg', 'nmcli', 'ifupdown', 'netplan', 'networkd'],
    description: 'Who configures the bridge. Default: who manages the card now.',
  }),
  guard_timeout: input.int({
    default: 120,
    description:
      'Seconds until a host takes the change back by itself, unless it was confirmed over a fresh login.',
  }),
});

export default definePlaybook({
  name: 'Create a bridge',
  description:
    'Makes a network card the port of a bridge, which takes over its addresses, routes and name servers.',
  inputs,
  plays: [
    play('Create a bridge', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        host_bridge(
          'Make the bridge',
          {
            name: () => inputs.bridge,
            ports: () => inputs.nic ?? undefined,
            ipv4: {
              address: () => inputs.address ?? undefined,
              gateway: () => inputs.gateway ?? undefined,
              dns: () => (inputs.dns ? [...inputs.dns] : undefined),
            },
            stp: () => inputs.stp ?? undefined,
            backend: () => inputs.backend as 'auto',
            guard: { timeout: () => inputs.guard_timeout },
          },
          { register: 'made' },
        );

        const looked = bridge_check(
          'See that it has its port, the addresses and the routes',
          { bridge: () => inputs.bridge, ports: () => inputs.nic ?? undefined },
          { register: 'looked' },
        );

        debug('Show what there is', { msg: () => looked.result.report });
      },
    }),
  ],
});
