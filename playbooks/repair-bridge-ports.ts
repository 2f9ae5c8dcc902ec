// The same as repair-bridge-ports.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/repair-bridge-ports.ts -i INVENTORY

import {
  assert,
  bridge_port,
  defineInputs,
  definePlaybook,
  host_network_facts,
  input,
  play,
} from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  bridge: input.string({ default: 'all', description: 'The bridge to look after, or all of them.' }),
});

export default definePlaybook({
  name: 'Repair the ports of bridges',
  description: 'Puts the interfaces of running guests back on the bridges that their definitions name.',
  inputs,
  plays: [
    play('Repair the ports of bridges', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        const network = host_network_facts(
          'See which interfaces of guests are not where they belong',
          {},
          { register: 'network' },
        );

        bridge_port(
          'Put them back',
          { bridge: '{{ item.bridge }}', port: '{{ item.port }}' },
          {
            loop: () => [...network.result.lost_ports],
            loop_control: { label: '{{ item.port }} of {{ item.domain }}' },
            when: "inputs.bridge == 'all' || item.bridge == inputs.bridge",
          },
        );

        host_network_facts('Look again', {}, { register: 'after' });

        assert('See that none is left', {
          that: "check_mode || !after.lost_ports.exists(lost, inputs.bridge == 'all' || lost.bridge == inputs.bridge)",
          fail_msg: 'There are interfaces of guests that are still not on their bridge.',
          quiet: true,
        });
      },
    }),
  ],
});
