import type { GuestPort } from './network-value.ts';

/**
 * The interfaces of running guests: `virsh domiflist` by domain and `virsh net-info` by network. Interface, type, source, model, MAC; a dash
 * where there is nothing (a guest that is off has no interface, a NIC of type `user` no source).
 */
export function parseGuestPorts(
  guests: readonly (readonly [domain: string, list: string])[],
  networks: readonly (readonly [network: string, information: string])[],
): readonly GuestPort[] {
  const bridges = new Map(
    networks.map(([network, information]) => [network, /^Bridge:\s+(\S+)/m.exec(information)?.[1] ?? null]),
  );
  return guests.flatMap(([domain, list]) =>
    list.split('\n').flatMap((line): GuestPort[] => {
      const match = /^\s*(\S+)\s+(\S+)\s+(.*?)\s+(\S+)\s+([0-9a-fA-F:]{17})\s*$/.exec(line);
      if (!match) return [];
      const [, name = '', type = '', source = '', , mac = ''] = match;
      if (name === '-') return [];
      const bridge = type === 'bridge' ? source : type === 'network' ? (bridges.get(source) ?? null) : null;
      return [{ domain, interface: name, type, source, mac: mac.toLowerCase(), bridge }];
    }),
  );
}
