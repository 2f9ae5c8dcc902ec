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
