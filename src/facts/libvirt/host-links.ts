import type { HostRead, ReadOutput } from '../../core/read.ts';
import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';
import { unexpectedOutput } from '../problems.ts';
import { parseRecords } from '../records.ts';

/** A network interface of the host, as far as libvirt's networks and taps have to do with it. */
export interface HostLink {
  readonly name: string;
  readonly isBridge: boolean;
  /** The bridge that it is a port of. */
  readonly master: string | null;
  /** Addresses with prefix length: `192.0.2.5/24`. */
  readonly addresses: readonly string[];
}

export interface HostLinks {
  readonly links: readonly HostLink[];
  /** Of /etc/machine-id; empty where there is none. Tells this host's generated MAC addresses from another's. */
  readonly machineId: string;
}

export const HOST_LINKS = 'libvirt:host-links';

/**
 * Interfaces, who is a port of which bridge, and addresses. `about`: whether a task depends on the bridges that links are ports of; links that
 * come and go do not matter to it.
 */
export function hostLinks(about: 'ports' | 'nothing' = 'nothing'): HostRead<HostLinks> {
  return {
    kind: 'host',
    name: 'interfaces of the host',
    subject: HOST_LINKS,
    foresight: {
      foresee: (before, predicted) => (predicted.has(HOST_LINKS) ? undefined : before),
      certain: (value) => value,
      holds: ({ links }) => (about === 'nothing' ? sh`:` : samePorts(links)),
    },
    script: sh`
      LC_ALL=C; export LC_ALL
      machine=
      if [ -r /etc/machine-id ]; then read -r machine < /etc/machine-id; fi
      printf 'machine=%s\0' "$machine"
      printf 'links='
      for link in /sys/class/net/*; do
        [ -e "$link/operstate" ] || continue
        master=
        if [ -e "$link/master" ]; then master=$(readlink "$link/master"); fi
        kind=link
        if [ -d "$link/bridge" ]; then kind=bridge; fi
        printf '%s %s %s\n' "\${link##*/}" "$kind" "\${master##*/}"
      done
      printf '\0addresses=%s\0' "$(ip -o addr 2>/dev/null)"`,
    parse: parseLinks,
  };
}

function parseLinks(output: ReadOutput): HostLinks {
  const records = parseRecords(output.stdout);
  const links = records.text('links');
  if (links === undefined) throw unexpectedOutput('the interfaces of the host', output);
  // `2: eth0    inet 192.0.2.5/24 brd …`; of a point-to-point link: `inet 192.0.2.5 peer 192.0.2.6/32`.
  const addresses = (records.text('addresses') ?? '').split('\n').flatMap((line) => {
    const match = /^\d+: ([^\s@]+)\S*\s+inet6? ([0-9a-f.:]+)(?: peer [0-9a-f.:]+)?(\/\d+)/.exec(line);
    return match ? [{ name: match[1], address: `${match[2]}${match[3]}` }] : [];
  });
  return {
    machineId: records.text('machine') ?? '',
    links: links
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([name]) => name)
      .map(([name = '', kind, master]) => ({
        name,
        isBridge: kind === 'bridge',
        master: master || null,
        addresses: addresses.filter((one) => one.name === name).map(({ address }) => address),
      })),
  };
}

function samePorts(links: readonly HostLink[]): Script {
  const ports = links
    .filter(({ isBridge }) => !isBridge)
    .map(({ name, master }) => `${name}=${master ?? ''}`);
  return sh`
    for port in ${ports} ${ports.length === 0 ? raw(';') : raw('')}
    do
      link=/sys/class/net/\${port%%=*}
      if [ -e "$link" ]; then
        master=$(readlink "$link/master")
        [ "\${master##*/}" = "\${port#*=}" ] || exit 1
      fi
    done`;
}
