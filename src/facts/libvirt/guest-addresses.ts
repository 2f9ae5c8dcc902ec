import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { ASK, parseAnswers } from './virsh.ts';

/** Who knows an address: the network's DHCP server, the guest itself (by its agent), or the host's ARP table. */
export type AddressSource = 'lease' | 'agent' | 'arp';

/** An address of a guest. */
export interface GuestAddress {
  /** UUID of the domain. */
  readonly domain: string;
  readonly mac: string;
  /** The tap (vnet0); of the agent the guest's own name (eth0). */
  readonly interface: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  readonly source: AddressSource;
}

const SOURCES: readonly AddressSource[] = ['lease', 'agent', 'arp'];

/** Addresses of all guests that run. A guest without an agent has none of that source. */
export function guestAddresses(): HostRead<readonly GuestAddress[]> {
  return {
    kind: 'host',
    name: 'addresses of guests',
    subject: 'libvirt:addresses',
    script: sh`
      ${ASK}
      all=$(v list --uuid) || exit 1
      for uuid in $all; do
        for source in ${SOURCES}; do
          mark "$source:$uuid"; commands="$commands domifaddr $uuid --source $source;"
        done
      done
      ask
      :`,
    parse: parseAddresses,
  };
}

const ROW = /^\s*(\S+)\s+([0-9a-f:]{17}|-)\s+(ipv[46])\s+([0-9a-f.:]+)\/(\d+)\s*$/i;

function parseAddresses(output: ReadOutput): readonly GuestAddress[] {
  return [...parseAnswers(output)].flatMap(([mark, text]) => {
    const [source = '', domain = ''] = mark.split(':');
    let [name, mac] = ['', ''];
    return text.split('\n').flatMap((line): GuestAddress[] => {
      const row = ROW.exec(line);
      if (!row) return [];
      // A further address of the same card stands below dashes.
      if (row[2] !== '-') [name, mac] = [row[1] ?? '', (row[2] ?? '').toLowerCase()];
      const [, , , family, address = '', prefix] = row;
      if (name === 'lo') return [];
      return [
        {
          domain,
          mac,
          interface: name,
          family: family === 'ipv6' ? 'ipv6' : 'ipv4',
          address,
          prefix: Number(prefix),
          source: source as AddressSource,
        },
      ];
    });
  });
}
