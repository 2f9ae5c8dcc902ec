// The same as create-nat-network.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/create-nat-network.ts -i INVENTORY

import { defineInputs, definePlaybook, input, libvirt_network, nat_check, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  name: input.string({ description: 'Name of the network.' }),
  address: input.string({
    pattern: '[0-9.]+/[0-9]+',
    description: 'Address of its bridge with prefix, as 192.168.150.1/24; the gateway of its guests.',
  }),
  bridge: input.string({
    required: false,
    pattern: '[A-Za-z0-9._-]{1,15}',
    description: 'Name of its bridge. Default: the next free virbrN.',
  }),
  dhcp_start: input.string({
    required: false,
    description: "First address for guests. Default: the one after the bridge's.",
  }),
  dhcp_end: input.string({
    required: false,
    description: 'Last address for guests. Default: the last of the subnet.',
  }),
  autostart: input.bool({ default: true, description: 'Whether it starts together with the host.' }),
});

export default definePlaybook({
  name: 'Create a NAT network',
  description: 'Defines, starts and checks a NAT network with DHCP.',
  inputs,
  plays: [
    play('Create a NAT network', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      vars: { after_bridge: '{{ address_add (address inputs.address) 1 }}' },
      tasks() {
        libvirt_network('Define and start the network', {
          name: () => inputs.name,
          forward: 'nat',
          bridge: { name: () => inputs.bridge ?? undefined, stp: true, delay: 0 },
          ips: [
            {
              address: () => inputs.address,
              dhcp: {
                ranges: [
                  {
                    start: '{{ default inputs.dhcp_start after_bridge }}',
                    end: '{{ default inputs.dhcp_end (last_host inputs.address) }}',
                  },
                ],
              },
            },
          ],
          state: 'active',
          autostart: () => inputs.autostart,
          restart: 'if_needed',
        });

        nat_check('See that everything is there that its guests need', { network: () => inputs.name });
      },
    }),
  ],
});
