// The same as verify-network.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/verify-network.ts -i INVENTORY

import { block, defineInputs, definePlaybook, input, nat_check, play, reachability } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  network: input.string({ default: 'default', description: 'The network.' }),
  guests: input.list<string>({
    default: [],
    description: 'Running guests to look from, by the names of their domains.',
  }),
  outside: input.list<string>({
    default: [],
    description:
      'Addresses beyond the host that guests on NAT must reach, and guests of an isolated network must not.',
  }),
  inbound: input.bool({
    default: true,
    description:
      'Whether to prove, too, that guests on NAT and of an isolated network cannot be reached from this machine.',
  }),
  password: input.string({
    required: false,
    secret: true,
    description: "Password of root on the guests' consoles, where they ask for one.",
  }),
});

export default definePlaybook({
  name: 'Verify a virtual network',
  description:
    'Says what keeps guests of a network from addresses, names and the outside, and proves what the named ones reach.',
  inputs,
  plays: [
    play('Verify a virtual network', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        nat_check(
          'Look at what the host does for the network',
          { network: () => inputs.network },
          { register: 'looked' },
        );

        block('Look at what its guests reach', {
          tasks() {
            reachability(
              'Each guest answers its host',
              { guests: () => [...inputs.guests], bridge: '{{ looked.networks.[0].bridge }}' },
              { register: 'found' },
            );

            reachability(
              'Each guest reaches its host',
              {
                from: 'guest',
                guest: ({ item }) => item,
                to: '{{ list looked.networks.[0].addresses.[0].address }}',
                password: () => inputs.password ?? undefined,
              },
              { loop: () => [...inputs.guests] },
            );

            reachability(
              'What leaves a guest goes through the host',
              {
                from: 'guest',
                guest: ({ item }) => item,
                to: () => [...inputs.outside],
                first_hop: '{{ looked.networks.[0].addresses.[0].address }}',
                password: () => inputs.password ?? undefined,
              },
              {
                loop: () => [...inputs.guests],
                when: 'size(inputs.outside) > 0 && looked.networks[0].forward != "none"',
              },
            );

            reachability(
              'Nothing leaves a guest of an isolated network',
              {
                from: 'guest',
                guest: ({ item }) => item,
                to: () => [...inputs.outside],
                reachable: false,
                password: () => inputs.password ?? undefined,
              },
              {
                loop: () => [...inputs.guests],
                when: 'size(inputs.outside) > 0 && looked.networks[0].forward == "none"',
              },
            );

            reachability(
              'Nobody out here reaches a guest',
              { from: 'controller', to: '{{ found.addresses }}', reachable: false },
              { when: 'inputs.inbound && looked.networks[0].forward in ["nat", "none"]' },
            );
          },
          when: 'size(inputs.guests) > 0',
        });
      },
    }),
  ],
});
