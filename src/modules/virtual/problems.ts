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

export function ambiguousNic(domain: string, match: string, macs: readonly string[]): HostwrightError {
  return new HostwrightError(
    'ambiguous-nic',
    `Several network cards of the domain ${domain} fit ${match}: ${macs.join(', ')}.`,
    { hint: 'Say which one with mac.' },
  );
}

export function noSuchNic(domain: string, match: string, nics: readonly string[]): HostwrightError {
  const there = nics.length === 0 ? 'it has none at all' : `it has ${nics.join(', ')}`;
  return new HostwrightError(
    'no-such-nic',
    `No network card of the domain ${domain} fits ${match}; ${there}.`,
    {
      hint: 'Correct match, or say with mac which card is meant.',
    },
  );
}

export function undescribedNic(domain: string): HostwrightError {
  return new HostwrightError(
    'undescribed-nic',
    `Nothing says which network card of the domain ${domain} shall go.`,
    {
      hint: 'Give mac, match or source.',
    },
  );
}

export function sourceNeeded(domain: string): HostwrightError {
  return new HostwrightError(
    'source-needed',
    `A new network card of the domain ${domain} needs something to be connected to.`,
    { hint: 'Give source: {network: default} or source: {bridge: br0}; or correct mac, if a card is there.' },
  );
}

export function notRunning(domain: string, scope: string): HostwrightError {
  return new HostwrightError(
    'not-running',
    `The domain ${domain} is not running, so scope: ${scope} cannot be done.`,
    {
      hint: 'Start it first (libvirt_domain: state: running), or use scope: auto or config.',
    },
  );
}

export function notPersistent(domain: string, scope: string): HostwrightError {
  return new HostwrightError(
    'not-persistent',
    `The domain ${domain} is transient, so scope: ${scope} cannot be done.`,
    {
      hint: 'Define it (libvirt_domain with xml or template), or use scope: auto or live.',
    },
  );
}

export function passthroughNic(mac: string, domain: string): HostwrightError {
  return new HostwrightError(
    'passthrough-nic',
    `The network card ${mac} of the domain ${domain} is a device of the host that is passed through, and is left alone.`,
    {
      hint: 'Change it by hand (virsh edit): the guest has the hardware itself, no bridge or network is behind it.',
    },
  );
}

export function modelOfRunning(mac: string, domain: string): HostwrightError {
  return new HostwrightError(
    'model-of-running',
    `The model of the network card ${mac} cannot change while the domain ${domain} runs.`,
    { hint: 'Use scope: auto or config: it changes with the next start.' },
  );
}

export function unknownModel(model: string, domain: string, known: readonly string[]): HostwrightError {
  return new HostwrightError(
    'unknown-model',
    `The emulator of the domain ${domain} has no network card ${model}; it has ${known.join(', ')}.`,
    { hint: 'virtio is the fastest; e1000 and rtl8139 work with guests that have no driver for it.' },
  );
}

export function unknownBridge(bridge: string, known: readonly string[]): HostwrightError {
  return new HostwrightError('unknown-bridge', `The host has no bridge ${bridge}${others(known)}.`, {
    hint: 'Make it in an earlier task (host_bridge), or correct the name.',
  });
}

export function networkAsleep(network: string): HostwrightError {
  return new HostwrightError(
    'network-inactive',
    `The network ${network} is not active, so no running guest can join it.`,
    {
      hint: 'Start it in an earlier task: libvirt_network with state: active.',
    },
  );
}

export function noBackup(path: string): HostwrightError {
  return new HostwrightError('no-backup', `The host has no backup of libvirt at ${path}.`, {
    hint: 'Give the directory that libvirt_backup wrote to, one of the directories in it, or a single XML file.',
  });
}

export function notInBackup(
  path: string,
  kind: string,
  name: string,
  known: readonly string[],
): HostwrightError {
  return new HostwrightError('not-in-backup', `The backup ${path} has no ${kind} ${name}${others(known)}.`, {
    hint: 'Correct the name, or name an older backup in from: each is a directory named after its time.',
  });
}
