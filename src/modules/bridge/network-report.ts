import type { HostNetwork, Link } from '../../facts/network/host-network.ts';
import { backendOf } from './backend-detection.ts';
import { backends } from './choose-backend.ts';
import { lostPorts } from './port-scripts.ts';

/** The network of a host as a registered result holds it: plain data under names in snake_case. */
export function networkReport(network: HostNetwork) {
  const gateway = (family: 4 | 6) =>
    network.routes.find((route) => route.to === 'default' && route.family === family);
  return {
    interfaces: Object.fromEntries(network.links.map((link) => [link.name, linkReport(network, link)])),
    bridges: network.links
      .filter((link) => link.bridge)
      .map(({ name, bridge }) => ({
        name,
        id: bridge?.id,
        stp: bridge?.stp,
        forward_delay: bridge?.forwardDelay,
        vlan_filtering: bridge?.vlanFiltering,
        ports: bridge?.ports,
        at_boot: isAtBoot(network, name),
      })),
    routes: network.routes.map(({ onLink, protocol, ...route }) => ({ ...route, proto: protocol })),
    rules: network.rules,
    default_interface: gateway(4)?.link ?? gateway(6)?.link ?? null,
    default_gateway: gateway(4)?.via ?? null,
    dns: network.dns,
    controller: network.controller,
    controller_interface: network.controllerLink,
    guest_ports: network.guestPorts,
    lost_ports: lostPorts(network).map(({ domain, interface: port, bridge, master, mac }) => ({
      domain,
      port,
      bridge,
      master,
      mac,
    })),
    cloud_init: [...network.files.keys()].some((path) => path.startsWith('/etc/cloud/')),
  };
}

/** Whether some configuration makes the bridge at boot; libvirt makes its own. Null where only libvirt knows. */
function isAtBoot(network: HostNetwork, name: string): boolean | null {
  const owner = backendOf(network, name);
  const configured = owner === null ? null : backends[owner].configured(network, name);
  return configured === null && /^virbr\d+$/.test(name) ? null : (configured?.atBoot ?? false);
}

function linkReport(network: HostNetwork, link: Link) {
  const own = network.addresses.filter((address) => address.link === link.name);
  return {
    kind: link.kind,
    mac: link.mac,
    mtu: link.mtu,
    up: link.up,
    state: link.state,
    master: link.master,
    manager: backendOf(network, link.name),
    zone: network.zones.get(link.name) ?? null,
    addresses: own.map(({ address, prefix, family, scope, dynamic }) => ({
      address,
      prefix,
      family,
      scope,
      dynamic,
    })),
    vlans: network.vlans.filter(({ port }) => port === link.name).map(({ port: _, ...vlan }) => vlan),
    ...(link.port ? { port: link.port } : {}),
  };
}
