// The same as backup-xml.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/backup-xml.ts -i INVENTORY

import { debug, defineInputs, definePlaybook, input, libvirt_backup, play } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  domains: input.any({ default: 'all', description: 'Domains by name (a list), or all.' }),
  networks: input.any({ default: 'all', description: 'Networks by name (a list), or all.' }),
  dest: input.string({
    default: '/var/lib/hostwright/libvirt/backups',
    description: 'Directory on the host.',
  }),
});

export default definePlaybook({
  name: 'Back up XML',
  description: 'Keeps the XML of domains and networks of libvirt, under the time of now.',
  inputs,
  plays: [
    play('Back up XML', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      tasks() {
        libvirt_backup(
          'Keep the XML',
          { domains: () => inputs.domains, networks: () => inputs.networks, dest: () => inputs.dest },
          { register: 'backup' },
        );

        debug('Say where', { var: 'backup.paths' });
      },
    }),
  ],
});
