import { z } from 'zod';
import {
  childrenOf,
  element,
  find,
  withAttributes,
  withChild,
  withChildren,
  type XmlElement,
} from '../../xml/element.ts';
import { count, flag } from '../params.ts';
import { forwardMode } from './network-rules.ts';
import { cidr, interfaceName, ipAddress, macAddress } from './params.ts';
import { hostAddress, netmaskOf, parseSubnet } from './subnets.ts';

const domainName = z.string().regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?\.?$/, {
  error: 'must be a DNS domain such as lab.example',
});

const hostLabel = z.string().regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?$/, {
  error: 'must be a host name',
});

/** A network in the words of a playbook; each that is given is given whole, the others stay as they are. */
export const networkModel = {
  forward: z
    .enum(['nat', 'route', 'open', 'bridge', 'none'])
    .optional()
    .describe(
      'How packets leave: nat, route, open (routed, no firewall rules), bridge (a bridge of the host), none (isolated). Default for a new network: none.',
    ),
  bridge: z
    .strictObject({
      name: interfaceName
        .optional()
        .describe(
          'Its interface. Default: the next free virbrN; for forward: bridge the bridge of the host.',
        ),
      stp: flag.optional().describe('Spanning tree. Default: on.'),
      delay: count.optional().describe('Seconds before a new port forwards. Default: 0.'),
      mac: macAddress.optional().describe('Its MAC address. Default: one of its own in 52:54:00.'),
    })
    .optional()
    .describe('The bridge that guests are connected to.'),
  domain: domainName.optional().describe('DNS domain of the guests.'),
  mtu: count.optional().describe('Bytes of the largest packet.'),
  ips: z
    .array(
      z.strictObject({
        address: cidr.describe(
          "The host's address with prefix length: 192.168.100.1/24. Given the subnet itself (192.168.100.0/24), the first address.",
        ),
        dhcp: z
          .strictObject({
            ranges: z
              .array(
                z.strictObject({
                  start: ipAddress.describe('First address.'),
                  end: ipAddress.describe('Last address.'),
                }),
              )
              .default([])
              .describe('Addresses that are given to whoever asks.'),
            hosts: z
              .array(
                z
                  .strictObject({
                    mac: macAddress.optional().describe('MAC address of the card.'),
                    ip: ipAddress.describe('The address it gets.'),
                    name: hostLabel
                      .optional()
                      .describe('Host name; tells guests apart where mac is not given (IPv6).'),
                  })
                  .refine(({ mac, name }) => mac !== undefined || name !== undefined, {
                    error: 'needs mac or name',
                  }),
              )
              .default([])
              .describe('Addresses that are kept for certain cards.'),
          })
          .optional()
          .describe('DHCP on this subnet; none where not given.'),
      }),
    )
    .optional()
    .describe('Addresses of the host on this network, with DHCP.'),
};

const model = z.strictObject(networkModel);
export type NetworkModel = z.output<typeof model>;

/** Whether anything of the network itself was asked for. */
export function describesNetwork(wish: NetworkModel): boolean {
  return Object.keys(networkModel).some((name) => wish[name as keyof NetworkModel] !== undefined);
}

/** The network as it shall be: what is there (null: nothing yet), with what the model says in its place. */
export function modelledNetwork(name: string, wish: NetworkModel, base: XmlElement | null): XmlElement {
  let network = base ?? element('network', {}, element('name', {}, name));
  if (wish.forward !== undefined && (!base || wish.forward !== forwardMode(base))) {
    network = withChild(
      network,
      'forward',
      wish.forward === 'none' ? null : element('forward', { mode: wish.forward }),
    );
  }
  if (wish.bridge) network = withBridge(network, wish.bridge);
  if (wish.mtu !== undefined) network = withChild(network, 'mtu', element('mtu', { size: wish.mtu }));
  if (wish.domain !== undefined) {
    const there = find(network, 'domain') ?? element('domain');
    network = withChild(network, 'domain', withAttributes(there, { name: wish.domain }));
  }
  if (wish.ips) {
    const others = network.children.filter((child) => typeof child === 'string' || child.name !== 'ip');
    network = withChildren(network, [...others, ...wish.ips.map((ip) => ipElement(ip, network))]);
  }
  return network;
}

function withBridge(
  network: XmlElement,
  { name, stp, delay, mac }: NonNullable<NetworkModel['bridge']>,
): XmlElement {
  const bridge = withAttributes(find(network, 'bridge') ?? element('bridge'), {
    ...(name === undefined ? {} : { name }),
    ...(stp === undefined ? {} : { stp: stp ? 'on' : 'off' }),
    ...(delay === undefined ? {} : { delay: String(delay) }),
  });
  const made = withChild(network, 'bridge', bridge);
  return mac === undefined ? made : withChild(made, 'mac', element('mac', { address: mac }));
}

function ipElement(
  { address, dhcp }: NonNullable<NetworkModel['ips']>[number],
  network: XmlElement,
): XmlElement {
  const subnet = parseSubnet(address);
  const own = hostAddress(subnet);
  const size =
    subnet.family === 'ipv4'
      ? { address: own, netmask: netmaskOf(subnet.prefix) }
      : { family: 'ipv6', address: own, prefix: subnet.prefix };
  const there = childrenOf(network, 'ip').find(({ attributes }) => attributes.address === own);
  // A model has no words for network boot; what is there stays.
  const kept = childrenOf(there).filter(({ name }) => name !== 'dhcp');
  const boot = childrenOf(find(there, 'dhcp')).filter(({ name }) => name === 'bootp');
  if (!dhcp) return element('ip', size, ...kept);
  const ranges = dhcp.ranges.map(({ start, end }) => element('range', { start, end }));
  const hosts = dhcp.hosts.map(({ mac, name, ip }) => element('host', { mac, name, ip }));
  return element('ip', size, ...kept, element('dhcp', {}, ...ranges, ...hosts, ...boot));
}
