import { HostwrightError } from '../core/error.ts';

/** How the modules of libvirt's guests word what goes wrong. */

export function noVirtInstall(): HostwrightError {
  return new HostwrightError('no-virt-install', 'The host has no virt-install.', {
    hint: 'Install virtinst (virt-install on Red Hat and its kin) in an earlier task.',
  });
}

export function guestClosed(guest: string, reason: string): HostwrightError {
  return new HostwrightError('guest-unreachable', `There is no way into the guest ${guest}: ${reason}.`, {
    hint: 'Start it; give it an address and let the host in by key, or a serial console on a pty with its user and password.',
  });
}

export function whichCard(guest: string, macs: readonly string[]): HostwrightError {
  const found = macs.length === 0 ? 'no card' : `${macs.length} cards (${macs.join(', ')})`;
  return new HostwrightError(
    'which-card',
    `The guest ${guest} has ${found}, and mac does not say which is meant.`,
    {
      hint: 'Give mac.',
    },
  );
}

export function noSuchCard(guest: string, mac: string, macs: readonly string[]): HostwrightError {
  return new HostwrightError(
    'no-such-card',
    `The guest ${guest} has no card ${mac} that both its host and it itself know; the host knows ${macs.join(', ') || 'none'}.`,
    { hint: 'Correct mac; `virsh domiflist` shows the cards.' },
  );
}

export function guestHasNoIfcfg(guest: string): HostwrightError {
  return new HostwrightError('no-ifcfg', `The guest ${guest} has no /etc/sysconfig/network-scripts.`, {
    hint: 'With keep: none its address is set until its next start; other ways to keep it are for a playbook that runs on the guest.',
  });
}
