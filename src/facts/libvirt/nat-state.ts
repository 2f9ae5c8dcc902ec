import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { rootNeeded, unexpectedOutput, virshAbsent } from '../problems.ts';
import { parseRecordGroups, type Records } from '../records.ts';
import { type DomainOutline, domainOutline, type NetworkOutline, networkOutline } from './outline.ts';
import { type PacketRules, parsePacketRules } from './packet-rules.ts';

export interface NetworkLease {
  readonly mac: string;
  readonly address: string;
  readonly hostname: string | undefined;
}

/** A virtual network and what the host does for it. */
export interface NetworkState extends NetworkOutline {
  readonly active: boolean;
  readonly autostart: boolean;
  /** From virbrN.status, the file that libvirt's helper keeps of dnsmasq's leases. */
  readonly leases: readonly NetworkLease[];
}

/** A socket that is listened on. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** `*` for any. */
  readonly address: string;
  /** The interface that it is bound to, where it is. */
  readonly device: string | undefined;
  readonly port: number;
  /** Name and number of the process; unknown to anyone but root. */
  readonly process: string | undefined;
  readonly pid: number | undefined;
}

export interface Link {
  readonly name: string;
  /** UP, LOWER_UP, NO-CARRIER … */
  readonly flags: readonly string[];
  /** The bridge that it is a port of. */
  readonly master: string | undefined;
  /** Whether it is a port that listens or learns, as with STP each new one does for some seconds. */
  readonly settling: boolean;
  /** IPv4, CIDR. */
  readonly addresses: readonly string[];
}

/** Everything that the traffic of virtual networks depends on. */
export interface NatState {
  readonly networks: readonly NetworkState[];
  /** Running domains. */
  readonly domains: readonly DomainOutline[];
  readonly links: readonly Link[];
  readonly dnsmasq: readonly { readonly pid: number; readonly parent: number; readonly command: string }[];
  readonly listeners: readonly Listener[];
  readonly ipForward: boolean;
  readonly rules: PacketRules;
}

/** Needs root: packet filters and the processes behind sockets are shown to no one else. */
export const natState: HostRead<NatState> = {
  kind: 'host',
  name: 'state of the virtual networks',
  script: sh`
    LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
    if ! command -v virsh >/dev/null; then printf 'virsh=absent\0end=\0'; exit 0; fi
    if [ "$(id -u)" != 0 ]; then printf 'root=no\0end=\0'; exit 0; fi
    call() { virsh -q -c qemu:///system "$@" </dev/null; }
    call net-list --all --name | while IFS= read -r name; do
      if [ -z "$name" ]; then continue; fi
      printf 'kind=network\0xml=%s\0' "$(call net-dumpxml "$name")"
      printf 'info=%s\0' "$(call net-info "$name")"
      bridge=$(call net-info "$name" | sed -n 's/^Bridge: *//p')
      case $bridge in ''|*/*) ;; *)
        printf 'status=%s\0' "$(head -c 262144 "/var/lib/libvirt/dnsmasq/$bridge.status" 2>/dev/null)"
      esac
      printf 'end=\0'
    done
    call list --name | while IFS= read -r name; do
      if [ -n "$name" ]; then printf 'kind=domain\0xml=%s\0end=\0' "$(call dumpxml "$name")"; fi
    done
    printf 'kind=host\0links=%s\0' "$(ip -o link 2>/dev/null)"
    printf 'addresses=%s\0' "$(ip -o -4 addr 2>/dev/null)"
    printf 'ports=%s\0' "$(for state in /sys/class/net/*/brport/state; do
      if [ -r "$state" ]; then echo "$state $(cat "$state")"; fi
    done)"
    printf 'forward=%s\0' "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)"
    printf 'sockets=%s\0' "$(ss -H -l -n -p -t -u 2>/dev/null)"
    printf 'iptables=%s\0' "$({ iptables-save; iptables-legacy-save; } 2>/dev/null)"
    printf 'nft=%s\0' "$(nft list ruleset 2>/dev/null)"
    printf 'dnsmasq=%s\0end=\0' "$(for process in /proc/[0-9]*; do
      case $(readlink "$process/exe" 2>/dev/null) in */dnsmasq|*/dnsmasq' (deleted)')
        parent=$(sed -n 's/^PPid:[^0-9]*//p' "$process/status")
        echo "\${process#/proc/} $parent $(tr '\0' ' ' < "$process/cmdline")"
      esac
    done)"
  `,
  parse: parseNatState,
};

function parseNatState(output: ReadOutput): NatState {
  const groups = parseRecordGroups(output.stdout);
  const of = (kind: string) => groups.filter((group) => group.text('kind') === kind);
  const host = of('host')[0];
  if (groups[0]?.text('virsh') === 'absent') throw virshAbsent();
  if (groups[0]?.text('root') === 'no') throw rootNeeded('The packet filter and the sockets of the host');
  if (!host) throw unexpectedOutput('the state of the virtual networks', output);
  const text = (name: string) => host.text(name) ?? '';
  return {
    networks: of('network').flatMap(networkState),
    domains: of('domain').flatMap((group) => domainOutline(group.text('xml') ?? '') ?? []),
    links: parseLinks(text('links'), text('addresses'), text('ports')),
    dnsmasq: text('dnsmasq')
      .split('\n')
      .map((line) => /^(\d+) (\d+) (.*)$/.exec(line.trim()))
      .flatMap((match) =>
        match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [],
      ),
    listeners: text('sockets').split('\n').flatMap(parseListener),
    ipForward: text('forward').trim() === '1',
    rules: parsePacketRules(text('iptables'), text('nft')),
  };
}

function networkState(group: Records): readonly NetworkState[] {
  const outline = networkOutline(group.text('xml') ?? '');
  if (!outline) return [];
  const says = (name: string) => new RegExp(`^${name}: +yes$`, 'm').test(group.text('info') ?? '');
  return [
    {
      ...outline,
      active: says('Active'),
      autostart: says('Autostart'),
      leases: parseStatus(group.text('status') ?? ''),
    },
  ];
}

/** A JSON list; empty before the first lease. */
function parseStatus(text: string): readonly NetworkLease[] {
  try {
    const entries: unknown = JSON.parse(text || '[]');
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: Readonly<Record<string, unknown>> | null) => {
      const { 'mac-address': mac, 'ip-address': address, hostname } = entry ?? {};
      if (typeof mac !== 'string' || typeof address !== 'string') return [];
      return [
        { mac: mac.toLowerCase(), address, hostname: typeof hostname === 'string' ? hostname : undefined },
      ];
    });
  } catch {
    return [];
  }
}

/** `3: virbr0: <BROADCAST,UP> mtu 1500 … master br0 …` and `3: virbr0    inet 192.0.2.1/24 …`. */
function parseLinks(links: string, addresses: string, ports: string): readonly Link[] {
  return links.split('\n').flatMap((line) => {
    const match = /^\d+: ([^\s@:]+)\S* <([^>]*)>(.*)$/.exec(line);
    if (!match) return [];
    const [, name = '', flags = '', rest = ''] = match;
    const own = addresses.split('\n').flatMap((address) => {
      const found = /^\d+: (\S+)\s+inet (\S+)/.exec(address);
      return found?.[1] === name ? [found[2] ?? ''] : [];
    });
    // if_bridge.h: 1 is listening, 2 learning, 3 forwarding.
    const settling = ports
      .split('\n')
      .some((port) => /^[12]$/.test(port.replace(`/sys/class/net/${name}/brport/state `, '')));
    const master = / master (\S+)/.exec(rest)?.[1];
    return [{ name, flags: flags.split(','), master, settling, addresses: own }];
  });
}

/** `udp UNCONN 0 0 0.0.0.0%virbr0:67 0.0.0.0:* users:(("dnsmasq",pid=203,fd=3))`. */
function parseListener(line: string): readonly Listener[] {
  const match = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]*)",pid=(\d+))?/.exec(
    line,
  );
  if (!match) return [];
  const [address = '', device] = (match[2] ?? '').replaceAll(/[[\]]/g, '').split('%');
  return [
    {
      protocol: match[1] as 'tcp' | 'udp',
      address: ['0.0.0.0', '::', '*'].includes(address) ? '*' : address,
      device,
      port: Number(match[3]),
      process: match[4],
      pid: match[5] === undefined ? undefined : Number(match[5]),
    },
  ];
}
