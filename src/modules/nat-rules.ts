import ipaddr from 'ipaddr.js';
import type { NatState, NetworkState } from '../facts/libvirt/nat-state.ts';
import type { PacketRule } from '../facts/libvirt/packet-rules.ts';
import type { Finding, Look } from './finding.ts';

/** Stopping and starting is what makes libvirt write its rules and start its dnsmasq anew; the guests' taps fall off meanwhile. */
export function networkRestart(name: string): Pick<Finding, 'fix' | 'fix_tasks'> {
  return {
    fix: `Restart the network (virsh net-destroy ${name}; virsh net-start ${name}) and put its guests back on the bridge.`,
    fix_tasks: [
      { libvirt_network: { name, state: 'inactive' } },
      { libvirt_network: { name, state: 'active' } },
      { libvirt_reattach: {} },
    ],
  };
}

/** man iptables: what libvirt's network driver has written since 2008, in chains of its own since 5.1. */
export function ruleLooks(network: NetworkState, state: NatState): readonly Look[] {
  const { name, bridge = '', forward, addresses, dns } = network;
  const { rules } = state;
  // Of these libvirt does nothing but plug in.
  if (!['nat', 'route', 'none'].includes(forward) || addresses.length === 0) return [];
  const looks: Look[] = [];
  const need = (
    what: string,
    expected: string,
    given: readonly PacketRule[],
    fits: (rule: PacketRule) => boolean,
    more: Partial<Look> = {},
  ) => {
    const ok = given.some(fits);
    looks.push({ what, ok, found: ok ? 'there' : 'missing', expected, ...networkRestart(name), ...more });
  };
  if (forward !== 'none') {
    looks.push({
      what: 'ip_forward',
      ok: state.ipForward,
      found: state.ipForward ? '1' : '0',
      expected: '1',
      fix: 'Let the kernel forward: sysctl net.ipv4.ip_forward=1.',
      fix_tasks: [{ sysctl: { name: 'net.ipv4.ip_forward', value: '1' } }],
    });
  }
  for (const { address, prefix, dhcp } of addresses) {
    const subnet = subnetOf(address, prefix);
    if (forward === 'nat') {
      for (const protocol of ['tcp', 'udp', undefined]) {
        const words = protocol ?? 'any protocol';
        const fits = (rule: PacketRule) => {
          const verdict = rule.verdict === 'MASQUERADE' || rule.verdict === 'SNAT';
          return (
            verdict && rule.source === subnet && rule.protocol === protocol && rule.destination === undefined
          );
        };
        need(`MASQUERADE of ${subnet}, ${words}`, `from ${subnet} to elsewhere`, rules.postrouting, fits, {
          fix: `${networkRestart(name).fix} (To set the guest's card to DHCP, as some advise, is a workaround at best: the rules stay missing.)`,
        });
      }
    }
    // libvirt's own nftables table leaves what comes in to the host's firewall.
    if (rules.nativeTables.length === 0) {
      const accepted = (protocol: string, port: number) => (rule: PacketRule) =>
        rule.in === bridge && rule.protocol === protocol && rule.port === port && rule.verdict === 'ACCEPT';
      if (dns) {
        need(`DNS in on ${bridge}, udp`, 'accepted', rules.input, accepted('udp', 53));
        need(`DNS in on ${bridge}, tcp`, 'accepted', rules.input, accepted('tcp', 53));
      }
      if (dhcp) need(`DHCP in on ${bridge}, udp`, 'accepted', rules.input, accepted('udp', 67));
    }
    if (forward !== 'none') {
      need(`answers to ${subnet}`, `accepted out on ${bridge}`, rules.forward, (rule) => {
        const answers = rule.answersOnly || forward === 'route';
        return rule.out === bridge && rule.destination === subnet && answers && rule.verdict === 'ACCEPT';
      });
      need(`packets from ${subnet}`, `accepted in on ${bridge}`, rules.forward, (rule) => {
        return rule.in === bridge && rule.source === subnet && rule.verdict === 'ACCEPT';
      });
    }
  }
  need('packets between guests', `accepted from ${bridge} to ${bridge}`, rules.forward, (rule) => {
    return rule.in === bridge && rule.out === bridge && rule.verdict === 'ACCEPT';
  });
  for (const direction of ['out', 'in'] as const) {
    const other = direction === 'out' ? 'in' : 'out';
    need(`all else ${direction} on ${bridge}`, 'rejected', rules.forward, (rule) => {
      const plain = rule.source === undefined && rule.destination === undefined;
      return rule[direction] === bridge && rule[other] === undefined && plain && rule.verdict === 'REJECT';
    });
  }
  return looks;
}

function subnetOf(address: string, prefix: number): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`)}/${prefix}`;
}
