// The same as hot-add-nic.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/hot-add-nic.ts -i INVENTORY

import { assert, debug, defineInputs, definePlaybook, input, libvirt_nic, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  domain: input.string({ description: 'The guest, by the name of its domain.' }),
  bridge: input.string({ required: false, description: 'Bridge of the host that the card is plugged into.' }),
  network: input.string({
    required: false,
    description: 'Virtual network that the card is plugged into, in place of a bridge.',
  }),
  model: input.string({
    default: 'virtio',
    description: "Model of the card; one that the host's emulator knows.",
  }),
  mac: input.string({ required: false, description: 'MAC address of the card. Default: a free one.' }),
});

export default definePlaybook({
  name: 'Add a network card to a running guest',
  description: 'Attaches a card to a guest, live where it runs, and in its definition.',
  inputs,
  plays: [
    play('Add a network card to a running guest', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        assert('One place', {
          that: '(inputs.bridge == null) != (inputs.network == null)',
          fail_msg: 'Give bridge or network, one of them.',
        });

        libvirt_nic(
          'Attach the card',
          {
            domain: () => inputs.domain,
            mac: () => inputs.mac ?? undefined,
            source: { bridge: () => inputs.bridge ?? undefined, network: () => inputs.network ?? undefined },
            model: () => inputs.model,
            scope: 'auto',
          },
          { register: 'card' },
        );

        debug('Show it, as it is while the guest runs and as it is defined', { var: 'card.xml' });
      },
    }),
  ],
});
