import { HostwrightError } from '../core/error.ts';

/** How the modules of libvirt's guests word what goes wrong. */

export function noVirtInstall(): HostwrightError {
  return new HostwrightError('no-virt-install', 'The host has no virt-install.', {
    hint: 'Install virtinst (virt-install on Red Hat and its kin) in an earlier task.',
  });
}
