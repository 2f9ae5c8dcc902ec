// The same as restore-xml.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/restore-xml.ts -i INVENTORY

import { defineInputs, definePlaybook, input, libvirt_restore, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  from: input.string({
    default: '/var/lib/hostwright/libvirt/backups',
    description:
      'On the host, a directory of backups (the newest counts), one backup in it, or a single XML file.',
  }),
  domains: input.any({ default: 'all', description: 'Domains by name (a list), or all of the backup.' }),
  networks: input.any({ default: 'all', description: 'Networks by name (a list), or all of the backup.' }),
});

export default definePlaybook({
  name: 'Restore XML',
  description: 'Defines domains and networks of libvirt again as a backup has them.',
  inputs,
  plays: [
    play('Restore XML', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        libvirt_restore('Define what the backup has', {
          from: () => inputs.from,
          domains: () => inputs.domains,
          networks: () => inputs.networks,
        });
      },
    }),
  ],
});
