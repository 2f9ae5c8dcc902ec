import type { LinkAddress, Neighbour, PortVlan, Route } from './network-value.ts';

/**
 * What iproute2 prints with `-o`. The text has been the same since long before there was `-j`, and busybox prints it too, so one parser
 * serves every host. Lines that are not understood are left out.
 */
export function parseAddresses(text: string): readonly LinkAddress[] {
  return text.split('\n').flatMap((line): LinkAddress[] => {
    const match =
      /^\d+: ([^\s@:]+)\S*\s+(inet6?) ([0-9a-fA-F.:]+)(?: peer [0-9a-fA-F.:]+)?(?:\/(\d+))?(.*)$/.exec(line);
    if (!match) return [];
    const [, link = '', family, address = '', prefix, rest = ''] = match;
    const version = family === 'inet6' ? 6 : 4;
    const length = Number(prefix ?? (version === 6 ? 128 : 32));
    if (length > (version === 6 ? 128 : 32)) return [];
    return [
      {
        link,
        family: version,
        address,
        prefix: length,
        scope: / scope (\S+)/.exec(rest)?.[1] ?? 'global',
        dynamic: /\bdynamic\b/.test(rest),
      },
    ];
  });
}

/** `default via 192.0.2.1 dev eth0 proto dhcp metric 100`; of a route over several ways the first counts. */
export function parseRoutes(text: string, family: 4 | 6): readonly Route[] {
  return text.split('\n').flatMap((line): Route[] => {
    const words = line.trim().split(/\s+/);
    const types = ['unicast', 'local', 'broadcast', 'multicast', 'unreachable', 'blackhole', 'prohibit'];
    if (words[0] === 'unicast') words.shift();
    const [to = ''] = words;
    if (to === '' || types.includes(to) || !/^(default|[0-9a-fA-F.:]+(\/\d+)?)$/.test(to)) return [];
    const after = (name: string) => {
      const at = words.indexOf(name);
      return at > 0 ? (words[at + 1] ?? null) : null;
    };
    const metric = Number(after('metric') ?? Number.NaN);
    return [
      {
        family,
        to,
        via: after('via'),
        link: after('dev'),
        metric: Number.isFinite(metric) ? metric : null,
        protocol: after('proto') ?? 'boot',
        onLink: words.includes('onlink'),
      },
    ];
  });
}

/** `192.0.2.7 dev eth0 lladdr 52:54:00:11:22:33 REACHABLE` */
export function parseNeighbours(text: string): readonly Neighbour[] {
  return text.split('\n').flatMap((line): Neighbour[] => {
    const [, address = '', link = '', mac] =
      /^([0-9a-fA-F.:]+) dev (\S+)(?:.*? lladdr ([0-9a-fA-F:]{17}))?/.exec(line.trim()) ?? [];
    return address === '' ? [] : [{ address, link, mac: mac?.toLowerCase() ?? null }];
  });
}

/** `bridge vlan show`: a port's name stands on the first of its lines only, and in old versions after a blank line. */
export function parseVlans(text: string): readonly PortVlan[] {
  let port = '';
  return text.split('\n').flatMap((line): PortVlan[] => {
    const [, name, vlan, rest = ''] = /^(\S+)?\s+(\d{1,4})(?=\s|$)(.*)$/.exec(line) ?? [];
    if (name !== undefined) port = name;
    if (vlan === undefined || port === '') return [];
    return [{ port, vlan: Number(vlan), pvid: /\bPVID\b/i.test(rest), untagged: /\buntagged\b/i.test(rest) }];
  });
}
