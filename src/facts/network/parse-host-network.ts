import type { ReadOutput } from '../../core/read.ts';
import { unexpectedOutput } from '../problems.ts';
import { parseRecordGroups, type Records } from '../records.ts';
import { parseGuestPorts } from './guest-ports.ts';
import { parseAddresses, parseNeighbours, parseRoutes, parseVlans } from './ip-text.ts';
import { linkFromBridgeList, linkKinds, parseLink } from './links.ts';
import { parseManagedDevices, parseNetworkd, parseProfile } from './network-owners.ts';
import { parseSystem, parseZones } from './network-surroundings.ts';
import type { ConfigurationFile, HostNetwork } from './network-value.ts';

/** Total: whatever a tool of the host printed, or left out, gives a value. Throws only where the script itself did not run. */
export function parseHostNetwork(output: ReadOutput): HostNetwork {
  const groups = parseRecordGroups(output.stdout);
  if (groups.length === 0) throw unexpectedOutput('the network of the host', output);
  const of = (what: string) => groups.filter((group) => group.text('what') === what);
  const named = (name: string) => of('text').filter((group) => group.text('name') === name);
  const text = (name: string) => named(name)[0]?.text('text') ?? '';
  const kinds = linkKinds(text('link'));
  const links = of('link').map((group) => parseLink(group, kinds));
  const files = parseFiles(of('file'), text('attributes'));
  const controller = text('controller').trim() || null;
  const route = parseRoutes(text('controller-route'), controller?.includes(':') ? 6 : 4)[0];
  return {
    links: links.length > 0 ? links : linkFromBridgeList(text('brctl')),
    addresses: parseAddresses(text('addresses')),
    routes: [...parseRoutes(text('routes4'), 4), ...parseRoutes(text('routes6'), 6)],
    rules: [...linesOf(text('rules4')), ...linesOf(text('rules6'))],
    neighbours: parseNeighbours(text('neighbours')),
    vlans: parseVlans(text('vlans')),
    files,
    dns: parseResolver(files.get('/etc/resolv.conf')?.text ?? ''),
    managedDevices: parseManagedDevices(text('nm-devices')),
    profiles: named('nm-profile').map((group) => parseProfile(group.text('text') ?? '')),
    networkd: parseNetworkd(`${text('networkd')}\n${text('networkd-leases')}`, links),
    ifstate: linesOf(text('ifstate')).map((line) => line.split('=')[0] ?? ''),
    tools: toolsOf(of('text'), text),
    active: new Set(named('active').map((group) => group.text('text') ?? '')),
    controller,
    controllerLink: route?.link ?? null,
    zones: parseZones(text('zones')),
    filterRules: linesOf(text('filter-rules')),
    forwardDrops:
      text('bridge-netfilter').trim() === '1' && /^:FORWARD (DROP|REJECT)/m.test(text('filter-rules')),
    rootFileSystem: linesOf(text('root-filesystem')).at(-1) ?? '',
    notWritable: named('not-writable')[0]?.text('text') ?? null,
    freeKilobytes: freeOf(text('free')),
    system: parseSystem(text('release'), text('old-release')),
    machineId: text('machine-id').trim(),
    probes: named('probe').map((group) => ({
      address: group.text('address') ?? '',
      mac: group.text('text')?.trim().toLowerCase() || null,
    })),
    guestPorts: parseGuestPorts(
      named('guest').map((group) => [group.text('domain') ?? '', group.text('text') ?? '']),
      named('guest-network').map((group) => [group.text('network') ?? '', group.text('text') ?? '']),
    ),
  };
}

function parseFiles(groups: readonly Records[], attributes: string): ReadonlyMap<string, ConfigurationFile> {
  const immutable = new Set(
    linesOf(attributes).flatMap((line) => {
      const [, flags = '', path = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return flags.includes('i') ? [path] : [];
    }),
  );
  return new Map(
    groups.map((group) => {
      const path = group.text('path') ?? '';
      const file: ConfigurationFile = {
        path,
        text: group.text('text') ?? '',
        link: group.text('link') === '1',
        immutable: immutable.has(path),
      };
      return [path, file];
    }),
  );
}

function parseResolver(text: string): HostNetwork['dns'] {
  const words = (key: string) =>
    linesOf(text)
      .map((line) => line.trim().split(/\s+/))
      .filter(([word]) => word === key)
      .flatMap(([, ...rest]) => rest);
  return { nameservers: words('nameserver'), search: words('search') };
}

function toolsOf(groups: readonly Records[], text: (name: string) => string): ReadonlyMap<string, string> {
  const versions: Readonly<Record<string, string>> = {
    nmcli: text('nm-version').trim(),
    netplan: text('netplan-version').trim(),
    networkctl: /^systemd (\d+)/.exec(text('networkd-version'))?.[1] ?? '',
  };
  const names = groups.flatMap((group) => /^tool (.+)$/.exec(group.text('name') ?? '')?.[1] ?? []);
  return new Map(names.map((name) => [name, versions[name] ?? '']));
}

/** The fourth column of the last line of `df -Pk`. */
function freeOf(text: string): number {
  const free = Number(linesOf(text).at(-1)?.trim().split(/\s+/)[3]);
  return Number.isFinite(free) ? free : 0;
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
