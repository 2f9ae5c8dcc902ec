import { HostwrightError } from '../../core/error.ts';

/** How the libvirt modules word what goes wrong. */

export function unknownNetwork(name: string, known: readonly string[]): HostwrightError {
  return new HostwrightError('unknown-network', `The host has no virtual network ${name}${others(known)}.`, {
    hint: 'Describe it (forward and ips, xml or template), or correct the name.',
  });
}

export function unknownDomain(name: string, known: readonly string[]): HostwrightError {
  return new HostwrightError('unknown-domain', `The host has no domain ${name}${others(known)}.`, {
    hint: 'Define it (libvirt_domain with xml or template, or virt_install), or correct the name.',
  });
}

export function otherName(kind: string, found: string | undefined, wanted: string): HostwrightError {
  return new HostwrightError(
    'other-name',
    `The XML describes the ${kind} ${found ?? 'without a name'}, not ${wanted}.`,
    { hint: 'Make name and the XML agree.' },
  );
}

export function overlappingSubnet(network: string, subnet: string, other: string): HostwrightError {
  return new HostwrightError(
    'overlapping-subnet',
    `The subnet ${subnet} of the network ${network} overlaps with ${other}.`,
    {
      hint: 'Give it a subnet that nothing else on this host uses; packets to both would go to one of them only.',
    },
  );
}

export function bridgeTaken(network: string, bridge: string, owner: string): HostwrightError {
  return new HostwrightError(
    'bridge-taken',
    `The network ${network} cannot have the bridge ${bridge}, which belongs to ${owner}.`,
    { hint: 'Give another bridge.name, or leave it out: the next free virbrN is taken.' },
  );
}

export function bridgeNeeded(network: string): HostwrightError {
  return new HostwrightError(
    'bridge-needed',
    `The network ${network} forwards to a bridge of the host, and none is named.`,
    { hint: 'Give bridge: {name: br0}; host_bridge makes one.' },
  );
}

export function notInSubnet(network: string, what: string, subnet: string): HostwrightError {
  return new HostwrightError('not-in-subnet', `The ${what} of the network ${network} is not in ${subnet}.`, {
    hint: 'Correct the address, or the address of the bridge.',
  });
}

export function wrongRange(network: string, start: string, end: string): HostwrightError {
  return new HostwrightError(
    'wrong-range',
    `The DHCP range of the network ${network} begins at ${start}, after its end ${end}.`,
    { hint: 'Exchange start and end.' },
  );
}

function others(known: readonly string[]): string {
  if (known.length === 0) return '; it has none at all';
  return ` (it has ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''})`;
}

export function macTaken(mac: string, domain: string, owner: string): HostwrightError {
  return new HostwrightError(
    'mac-taken',
    `The MAC address ${mac} for the domain ${domain} belongs to the domain ${owner}.`,
    {
      hint: 'Give another one, or none: a free one is chosen.',
    },
  );
}

export function macTwice(mac: string, domain: string): HostwrightError {
  return new HostwrightError('mac-twice', `Two cards of the domain ${domain} have the MAC address ${mac}.`, {
    hint: 'Give each card its own, or leave one out.',
  });
}

export function pciTwice(place: string, domain: string, one: string, other: string): HostwrightError {
  return new HostwrightError(
    'pci-twice',
    `The PCI address ${place} of the domain ${domain} is given to both ${one} and ${other}.`,
    { hint: 'Leave the address of the new device out; libvirt chooses a free one.' },
  );
}

export function savedState(domain: string): HostwrightError {
  return new HostwrightError(
    'saved-state',
    `The domain ${domain} has a saved state, which would be lost with it.`,
    {
      hint: `Start it and shut it down, or throw the state away: virsh managedsave-remove ${domain}.`,
    },
  );
}

export function hasSnapshots(domain: string): HostwrightError {
  return new HostwrightError(
    'has-snapshots',
    `The domain ${domain} has snapshots, which would be lost with it.`,
    {
      hint: `Delete them first (virsh snapshot-list ${domain}, virsh snapshot-delete).`,
    },
  );
}

export function transientDomain(domain: string): HostwrightError {
  return new HostwrightError(
    'transient-domain',
    `The domain ${domain} is transient: nothing of it is left once it is off, so it can neither be started nor autostart.`,
    { hint: 'Define it: give its description with xml or template.' },
  );
}
