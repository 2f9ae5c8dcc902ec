// The same as hot-remove-nic.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/hot-remove-nic.ts -i INVENTORY

import { defineInputs, definePlaybook, input, libvirt_nic, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  domain: input.string({ description: 'The guest, by the name of its domain.' }),
  mac: input.string({
    pattern: '([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}',
    description: 'MAC address of the card.',
  }),
});

export default definePlaybook({
  name: 'Take a network card out of a guest',
  description: 'Detaches a card from a guest, live where it runs, and in its definition.',
  inputs,
  plays: [
    play('Take a network card out of a guest', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        libvirt_nic('Detach the card', {
          domain: () => inputs.domain,
          mac: () => inputs.mac,
          state: 'absent',
          scope: 'auto',
        });
      },
    }),
  ],
});
