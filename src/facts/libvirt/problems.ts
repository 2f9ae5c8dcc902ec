import { HostwrightError } from '../../core/error.ts';

/** How reading libvirt words what goes wrong. */

export function virshAbsent(): HostwrightError {
  return new HostwrightError('no-virsh', 'The host has no virsh.', {
    hint: 'Install libvirt first (Debian: libvirt-daemon-system and libvirt-clients; EL: libvirt and libvirt-client).',
  });
}

export function libvirtSilent(reason: string): HostwrightError {
  return new HostwrightError(
    'libvirt-silent',
    `Libvirt does not answer on the host: ${reason || 'no reason given'}.`,
    {
      hint: 'Start it (service: name: libvirtd, state: started), or run the task with become: true.',
    },
  );
}
