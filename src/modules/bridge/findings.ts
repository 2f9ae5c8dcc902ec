import type { HostNetwork, Link } from '../../facts/network/host-network.ts';
import { backendOf } from './backend-detection.ts';
import { backends } from './choose-backend.ts';
import { lostPorts } from './port-scripts.ts';
import { globalAddresses, isGuestPort, linkNamed } from './runtime-state.ts';

/** One thing that was looked at, with what to do where it is wrong. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What there is, one line. */
  readonly found: string;
  /** What to do; '' where nothing is wrong. */
  readonly fix: string;
}

/** Everything about a bridge that goes wrong in practice, each with its fix. `ports` undefined: whatever cards it has. */
export function findingsOf(
  network: HostNetwork,
  name: string,
  ports: readonly string[] | undefined,
): readonly Finding[] {
  const link = linkNamed(network, name);
  if (!link?.bridge) {
    const names = network.links.filter((one) => one.bridge).map((one) => one.name);
    const fix = `Make it: host_bridge with name: ${name}, or the playbook create-bridge.`;
    const there = finding(
      'the bridge is there',
      false,
      `the host has ${names.join(', ') || 'no bridge'}`,
      fix,
    );
    // What a file says of it tells why it is not there.
    return configurationOf(network, name) ? [there, ...persistence(network, name)] : [there];
  }
  const addresses = globalAddresses(network, name);
  const cards = link.bridge.ports.filter((port) => !isGuestPort(network, port));
  return [
    finding(
      'the bridge is there',
      true,
      `${name}, id ${link.bridge.id}, STP ${link.bridge.stp ? 'on' : 'off'}`,
      '',
    ),
    finding(
      'the bridge is up',
      link.up,
      link.state,
      `Bring it up: ip link set ${name} up, and see why it was down.`,
    ),
    ...portFindings(network, link, ports ?? cards),
    ...addressFindings(network, name, addresses),
    ...persistence(network, name),
    ...guestFindings(network, name),
    ...virtualNetworks(network),
  ];
}

function finding(check: string, ok: boolean, found: string, fix: string): Finding {
  return { check, ok, found, fix: ok ? '' : fix };
}

function portFindings(network: HostNetwork, { bridge }: Link, wanted: readonly string[]): readonly Finding[] {
  const now = bridge?.ports ?? [];
  const found = now.join(', ') || 'no port';
  const missing = wanted.filter((port) => !now.includes(port));
  const stale = now.filter((port) => globalAddresses(network, port).length > 0);
  return [
    finding(
      'the network cards are ports',
      missing.length === 0 && wanted.length > 0,
      found,
      `Add ${missing.join(', ') || 'a network card'} to the bridge: host_bridge with ports.`,
    ),
    finding(
      'no port has an address of its own',
      stale.length === 0,
      stale.map((port) => `${port} has ${globalAddresses(network, port).join(', ')}`).join('; ') ||
        'none has',
      `An address of a port receives nothing. host_bridge clears it; by hand: ip addr flush dev ${stale[0] ?? ''} scope global.`,
    ),
  ];
}

function addressFindings(
  network: HostNetwork,
  name: string,
  addresses: readonly string[],
): readonly Finding[] {
  if (addresses.length === 0) {
    const found = 'none, so that the host itself is not reached through it';
    return [
      finding(
        'the addresses of the host are at the bridge',
        !hasPortWithAddress(network, name),
        found,
        'Run host_bridge with take_over: true.',
      ),
    ];
  }
  const defaults = network.routes.filter(({ to }) => to === 'default');
  const connected = network.routes.filter(({ link, protocol }) => link === name && protocol === 'kernel');
  const way = defaults[0];
  return [
    finding('the addresses of the host are at the bridge', true, addresses.join(', '), ''),
    finding(
      'the default route leads through the bridge',
      way === undefined || way.link === name || !isPortOf(network, way.link, name),
      way ? `via ${way.via ?? 'nobody'} dev ${way.link}` : 'there is none',
      `A route at a port leads nowhere: ip route replace default via ${way?.via ?? 'ROUTER'} dev ${name}.`,
    ),
    finding(
      'the route of the local network is at the bridge',
      connected.some(({ family }) => family === 4),
      connected.map(({ to }) => to).join(', ') || 'there is none',
      `Give the address again: ip addr replace ${addresses[0]} dev ${name}.`,
    ),
    finding(
      'there are name servers',
      network.dns.nameservers.length > 0,
      network.dns.nameservers.join(', ') || '/etc/resolv.conf names none',
      'Set ipv4.dns in host_bridge.',
    ),
  ];
}

function hasPortWithAddress(network: HostNetwork, name: string): boolean {
  return network.links.some((link) => link.master === name && globalAddresses(network, link.name).length > 0);
}

function isPortOf(network: HostNetwork, port: string | null, bridge: string): boolean {
  return port !== null && linkNamed(network, port)?.master === bridge;
}

function configurationOf(network: HostNetwork, name: string) {
  const owner = backendOf(network, name);
  const configured = owner === null ? null : backends[owner].configured(network, name);
  return configured && { owner, configured };
}

/** Whether it comes back after a reboot. */
function persistence(network: HostNetwork, name: string): readonly Finding[] {
  const { owner = null, configured = null } = configurationOf(network, name) ?? {};
  const ok = configured?.atBoot ?? false;
  const found = !configured
    ? 'no configuration names it: it is lost at reboot'
    : `${owner}: ${configured.files.join(', ')}${ok ? '' : ': it does not come up by itself, and is lost at reboot'}`;
  // libvirt makes its own bridges.
  if (/^virbr\d+$/.test(name) && !configured) return [];
  return [
    finding(
      'the bridge comes back after a reboot',
      ok,
      found,
      `Run host_bridge with name: ${name}, which adopts it.`,
    ),
  ];
}

function guestFindings(network: HostNetwork, name: string): readonly Finding[] {
  const lost = lostPorts(network).filter(({ bridge }) => bridge === name);
  const guests = network.guestPorts.filter(({ bridge }) => bridge === name);
  const found = lost.map(
    ({ domain, interface: port, master }) => `${port} of ${domain} is ${master ? `on ${master}` : 'on none'}`,
  );
  return [
    finding(
      "the guests' interfaces are ports",
      lost.length === 0,
      found.join('; ') || `${guests.length} of ${guests.length}`,
      `Put them back: the playbook repair-bridge-ports, or ip link set ${lost[0]?.interface ?? ''} master ${name}.`,
    ),
  ];
}

/** libvirt's networks have their routes at their own bridges. */
function virtualNetworks(network: HostNetwork): readonly Finding[] {
  return network.links
    .filter(({ name, bridge }) => bridge && /^virbr\d+$/.test(name))
    .flatMap(({ name }) => {
      const subnets = network.addresses.filter(({ link, family }) => link === name && family === 4);
      const routes = network.routes.filter(({ link }) => link === name).map(({ to }) => to);
      return subnets.length === 0
        ? []
        : [
            finding(
              `the route of ${name} is at ${name}`,
              routes.length > 0,
              routes.join(', ') || 'there is none',
              `Restart its network: virsh net-destroy and net-start, then put the guests back (repair-bridge-ports).`,
            ),
          ];
    });
}
