import { HostwrightError } from '../../core/error.ts';

/** How changes of a host's network word why they are refused. Nothing was touched where one of these is told. */

/** Code of every refusal, which the guard tells as REFUSED. */
export const REFUSED = 'network-refused';

function refused(message: string, hint: string): HostwrightError {
  return new HostwrightError(REFUSED, message, { hint });
}

export function badName(what: string, name: string): HostwrightError {
  return refused(
    `The ${what} ${JSON.stringify(name)} is no name for a network interface.`,
    'Use 1 to 15 letters, digits, dots, dashes and underscores.',
  );
}

export function notOneLine(parameter: string, value: string): HostwrightError {
  return refused(
    `The value of ${parameter}, ${JSON.stringify(value.slice(0, 80))}, holds a line break or a control character.`,
    'It would become a line of its own in a configuration file; write it as one line.',
  );
}

export function badAddress(parameter: string, value: string): HostwrightError {
  return refused(
    `The value of ${parameter}, ${JSON.stringify(value.slice(0, 80))}, is no IPv4 address.`,
    'Write four decimal numbers, as 192.0.2.10.',
  );
}

export function netmaskMissing(address: string): HostwrightError {
  return refused(
    `The address ${address} has no prefix length: network scripts would take the mask of its old class in silence.`,
    `Write it with one, as ${address}/24.`,
  );
}

export function badPrefix(address: string): HostwrightError {
  return refused(
    `The address ${address} has no usable prefix length.`,
    'Write a number from 1 to 32 behind the slash.',
  );
}

export function networkAddress(address: string, what: string): HostwrightError {
  return refused(
    `The address ${address} is the ${what} of its subnet.`,
    'Give the host an address of its own.',
  );
}

export function addressMissing(bridge: string): HostwrightError {
  return refused(
    `The bridge ${bridge} shall have a static address, and none is given.`,
    'Set ipv4.address, or leave ipv4 out to take over what the port has.',
  );
}

export function gatewayOutside(gateway: string, address: string): HostwrightError {
  return refused(
    `The gateway ${gateway} is not in the subnet of ${address}: the host could not reach it.`,
    'Correct the gateway, the address or the prefix length.',
  );
}

export function gatewayIsOwn(gateway: string): HostwrightError {
  return refused(
    `The gateway ${gateway} is the address of the host itself.`,
    'Give the address of the router.',
  );
}

export function addressInUse(address: string, mac: string): HostwrightError {
  return refused(
    `The address ${address} is in use: ${mac} answers for it.`,
    'Choose a free address, or turn that machine off first.',
  );
}

export function duplicateMac(mac: string, who: string): HostwrightError {
  return refused(
    `The MAC ${mac} is on the network a second time, at ${who}: both machines would lose frames.`,
    'Give one of the two another MAC. Where that machine is gone, let the host forget it: ip neigh flush all.',
  );
}

export function unknownInterface(name: string, existing: readonly string[]): HostwrightError {
  return refused(
    `The host has no interface ${name}; it has ${existing.join(', ') || 'none'}.`,
    'Correct the name in ports.',
  );
}

export function unfitPort(name: string, why: string, hint: string): HostwrightError {
  return refused(`The interface ${name} cannot become a port: ${why}.`, hint);
}

export function noPort(bridge: string): HostwrightError {
  return refused(
    `No port is given for the bridge ${bridge}, and the host has no interface with a default route to take.`,
    'Name the network cards in ports; an empty list makes a bridge without any.',
  );
}

export function takenName(name: string, kind: string): HostwrightError {
  return refused(
    `The name ${name} is taken: the host has an interface of kind ${kind} of that name.`,
    'Choose another name.',
  );
}

export function wouldCut(port: string): HostwrightError {
  return refused(
    `The port ${port} carries the connection, and with take_over: false the bridge would have no address.`,
    'Set take_over: true, or give the bridge an address in ipv4.',
  );
}

export function wrongBackend(backend: string, missing: string): HostwrightError {
  return refused(
    `The backend ${backend} cannot be used: ${missing}.`,
    'Leave backend out to take the one that manages the interface now.',
  );
}

export function noBackend(name: string): HostwrightError {
  return refused(
    `Nobody on the host manages ${name}, and no network backend that is known is at work there.`,
    'Say with backend: which one shall (ifcfg, nmcli, ifupdown, netplan or networkd).',
  );
}

export function mixedRenderers(renderers: readonly string[]): HostwrightError {
  return refused(
    `The netplan files name several renderers (${renderers.join(', ')}): a bridge and its ports must have one.`,
    'Leave one renderer line in /etc/netplan.',
  );
}

export function wrongCaseType(path: string, value: string): HostwrightError {
  return refused(
    `${path} says TYPE=${value}, which the network scripts do not take for a bridge: they compare letter by letter.`,
    'Write TYPE=Bridge there, or remove the file.',
  );
}

export function wrongDevice(path: string, value: string): HostwrightError {
  return refused(
    `${path} says DEVICE=${value}: the device in the file must be the one in its name, and what BRIDGE= in the port's file says.`,
    'Correct or remove the file.',
  );
}

export function unreadableFile(path: string, why: string): HostwrightError {
  return refused(`${path} cannot be changed: ${why}.`, 'Mend or remove the file first.');
}

export function notWritable(directory: string): HostwrightError {
  return refused(
    `${directory} cannot be written on the host.`,
    'It may be mounted read-only, or become: true is missing.',
  );
}

export function diskFull(kilobytes: number): HostwrightError {
  return refused(
    `Only ${kilobytes} KiB are free below /var/lib: no copy of the present state can be kept.`,
    'Make room first.',
  );
}

export function networkRoot(type: string): HostwrightError {
  return refused(
    `The root file system comes over the network (${type}): the host would lose its disk with the change.`,
    'Configure the bridge in the initramfs of that host.',
  );
}

export function guestsOnBridge(bridge: string, guests: readonly string[]): HostwrightError {
  return refused(
    `The bridge ${bridge} has guests on it (${guests.join(', ')}), which would lose their network.`,
    'Move or stop them first, or set allow_guest_interruption: true.',
  );
}

export function notABridge(name: string, kind: string): HostwrightError {
  return refused(`${name} is no bridge but of kind ${kind}.`, 'Correct the name.');
}

export function unknownBridge(name: string, existing: readonly string[]): HostwrightError {
  return refused(
    `The host has no bridge ${name}; it has ${existing.join(', ') || 'none'}.`,
    'Correct the name, or make the bridge first (module host_bridge).',
  );
}

export function stpDelay(seconds: number): HostwrightError {
  return refused(
    `A forward delay of ${seconds} s is not possible with STP: the kernel takes 2 to 30 s.`,
    'Set forward_delay to at least 2, or stp to false.',
  );
}

export function carriesConnection(port: string): HostwrightError {
  return refused(
    `The interface ${port} carries the connection: without it, or without its addresses, the host could not be reached.`,
    'Use host_bridge, which moves addresses to the bridge under a guard.',
  );
}
