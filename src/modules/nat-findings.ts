import type { NatState, NetworkLease, NetworkState } from '../facts/libvirt/nat-state.ts';
import type { Finding, Look } from './finding.ts';
import { networkRestart, ruleLooks } from './nat-rules.ts';

/** Everything that the traffic of one network depends on, in the order in which a person would look. */
export function networkFindings(network: NetworkState, state: NatState): readonly Finding[] {
  const looks = network.active
    ? [...bridgeLooks(network, state), ...dnsmasqLooks(network, state), ...ruleLooks(network, state)]
    : [];
  return [active(network), ...looks].map(({ fix, fix_tasks, ...look }) => ({
    network: network.name,
    ...look,
    ...(look.ok || fix === undefined ? {} : { fix }),
    ...(look.ok || fix_tasks === undefined ? {} : { fix_tasks }),
  }));
}

function active({ name, active, autostart }: NetworkState): Look {
  return {
    what: 'the network is active',
    ok: active,
    found: active ? 'active' : `inactive, autostart ${autostart ? 'on' : 'off'}`,
    expected: 'active',
    fix: `Start it: virsh net-start ${name}.`,
    fix_tasks: [{ libvirt_network: { name, state: 'active', autostart: true } }],
  };
}

/** Cards of running domains that belong on the network's bridge. */
export function nicsOf({ name, bridge }: NetworkState, { domains }: NatState) {
  return domains.flatMap((domain) =>
    domain.nics
      .filter(
        (nic) =>
          (nic.type === 'network' && nic.source === name) || (nic.type === 'bridge' && nic.source === bridge),
      )
      .map((nic) => ({ ...nic, domain: domain.name })),
  );
}

function bridgeLooks(network: NetworkState, state: NatState): readonly Look[] {
  const { name, bridge, addresses } = network;
  if (bridge === undefined) return [];
  const link = state.links.find((candidate) => candidate.name === bridge);
  const nics = nicsOf(network, state);
  const lost = nics.filter(({ tap }) => state.links.find((one) => one.name === tap)?.master !== bridge);
  const taps = nics.length - lost.length;
  const wanted = addresses.map(({ address, prefix }) => `${address}/${prefix}`);
  const carrier = link?.flags.includes('UP') === true && !link.flags.includes('NO-CARRIER');
  const settling = state.links.some((one) => one.master === bridge && one.settling);
  return [
    {
      what: `address of ${bridge}`,
      ok: wanted.every((address) => link?.addresses.includes(address)),
      found: link ? link.addresses.join(', ') || 'none' : 'the bridge does not exist',
      expected: wanted.join(', ') || 'any',
      ...networkRestart(name),
    },
    {
      what: `carrier of ${bridge}`,
      // Without a running guest a bridge has nothing that could carry; with STP, a new port carries nothing at first.
      ok: carrier || nics.length === 0 || settling,
      found: carrier ? 'up' : settling ? 'not yet, its ports listen and learn' : 'NO-CARRIER or down',
      expected: nics.length === 0 ? 'up, or NO-CARRIER, since no guest runs on it' : 'up',
      fix: `Bring it up: ip link set ${bridge} up; with no tap on it, put the guests back.`,
      fix_tasks: [{ command: { argv: ['ip', 'link', 'set', bridge, 'up'] } }, { libvirt_reattach: {} }],
    },
    {
      what: `taps on ${bridge}`,
      ok: lost.length === 0,
      found: `${taps}${lost.map(({ domain, tap, mac }) => `, without ${tap ?? 'a tap'} of ${domain} (${mac})`).join('')}`,
      expected: `${nics.length}, one for each running card`,
      fix: `Put them back: ${lost.map(({ tap }) => `ip link set ${tap ?? 'TAP'} master ${bridge}`).join('; ')}. Then renew the guests' addresses.`,
      fix_tasks: [{ libvirt_reattach: { domains: [...new Set(lost.map(({ domain }) => domain))] } }],
    },
  ];
}

function dnsmasqLooks(network: NetworkState, state: NatState): readonly Look[] {
  const { name, bridge = '', addresses, dns, leases } = network;
  const first = addresses[0];
  const dhcp = addresses.some((address) => address.dhcp);
  if (!first || (!dns && !dhcp)) return [];
  // Its child, which runs the helper for leases as root, belongs to it.
  const own = state.dnsmasq.filter(({ command }) => command.includes(`/${name}.conf`));
  const parents = own.filter(({ parent }) => !own.some(({ pid }) => pid === parent));
  const pids = own.map(({ pid }) => pid);
  const looks: Look[] = [
    {
      what: 'its dnsmasq',
      ok: parents.length === 1,
      found: parents.length === 0 ? 'no process' : `process ${pids.join(', ')}`,
      expected: 'one process (and its child)',
      ...networkRestart(name),
    },
  ];
  const listens = (protocol: string, port: number, address: string) =>
    state.listeners.find(
      (one) =>
        one.protocol === protocol &&
        one.port === port &&
        (one.address === address || one.address === '*') &&
        (one.device === undefined || one.device === bridge),
    );
  if (dns) {
    for (const protocol of ['udp', 'tcp'] as const) {
      looks.push(listening(network, protocol, 53, listens(protocol, 53, first.address), pids));
    }
    const others = state.listeners.filter(
      ({ port, pid, address }) =>
        port === 53 && !state.dnsmasq.some((one) => one.pid === pid) && !isLoopback(address),
    );
    const clash = others.filter(
      ({ address, device }) =>
        (address === '*' && (device === undefined || device === bridge)) || address === first.address,
    );
    looks.push({
      what: 'other DNS servers',
      ok: clash.length === 0,
      found:
        clash
          .map(({ process, protocol, address }) => `${process ?? 'a process'} on ${protocol} ${address}:53`)
          .join(', ') || 'none that takes the address',
      expected: 'only on other addresses (the loopback is fine)',
      fix: `Bind the other server to its own addresses (for example 127.0.0.1), then restart the network ${name}.`,
    });
  }
  if (dhcp) {
    looks.push(listening(network, 'udp', 67, listens('udp', 67, first.address), pids));
    looks.push({
      what: 'leases',
      ok: true,
      found: leases.map(formatLease).join(', ') || 'none',
      expected: 'any number',
    });
  }
  return looks;
}

function formatLease({ address, mac, hostname }: NetworkLease): string {
  return `${address} for ${mac}${hostname === undefined ? '' : ` (${hostname})`}`;
}

function listening(
  { name, addresses }: NetworkState,
  protocol: 'tcp' | 'udp',
  port: number,
  listener: NatState['listeners'][number] | undefined,
  pids: readonly number[],
): Look {
  const mine = listener !== undefined && (listener.pid === undefined || pids.includes(listener.pid));
  const place = port === 67 ? '*' : addresses[0]?.address;
  return {
    what: `${port === 53 ? 'DNS' : 'DHCP'} on ${protocol} ${place}:${port}`,
    ok: mine,
    found: listener ? `${listener.process ?? 'a process'} ${listener.pid ?? ''}`.trim() : 'nobody listens',
    expected: 'its dnsmasq',
    ...networkRestart(name),
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
