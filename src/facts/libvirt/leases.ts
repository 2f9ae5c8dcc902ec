import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { ASK, parseAnswers } from './virsh.ts';

/** An address that a network's DHCP server gave. */
export interface Lease {
  /** UUID of the network. */
  readonly network: string;
  readonly mac: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  /** What the guest calls itself; null where it does not say. */
  readonly hostname: string | null;
  /** When it ends, in the host's time zone: `2026-01-31 12:00:00`. */
  readonly expires: string;
}

/** Leases of all networks that run. */
export function dhcpLeases(): HostRead<readonly Lease[]> {
  return {
    kind: 'host',
    name: 'DHCP leases of libvirt',
    subject: 'libvirt:leases',
    script: sh`
      ${ASK}
      all=$(v net-list --uuid) || exit 1
      for uuid in $all; do mark "$uuid"; commands="$commands net-dhcp-leases $uuid;"; done
      ask
      :`,
    parse: parseLeases,
  };
}

const ROW =
  /^\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s+([0-9a-f:]{17})\s+(ipv[46])\s+([0-9a-f.:]+)\/(\d+)\s+(\S+)/gim;

function parseLeases(output: ReadOutput): readonly Lease[] {
  return [...parseAnswers(output)].flatMap(([network, text]) =>
    [...text.matchAll(ROW)].map(([, expires = '', mac = '', family, address = '', prefix, hostname]) => ({
      network,
      mac: mac.toLowerCase(),
      family: family === 'ipv6' ? 'ipv6' : 'ipv4',
      address,
      prefix: Number(prefix),
      hostname: hostname === '-' ? null : (hostname ?? null),
      expires,
    })),
  );
}
