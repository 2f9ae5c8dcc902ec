import type { HostNetwork } from '../../facts/network/host-network.ts';
import type { BackendName } from './backend-detection.ts';

/** What a bridge's IPv4 shall be. */
export interface Ipv4Wish {
  readonly method: 'static' | 'dhcp' | 'none';
  /** CIDR; none unless static. */
  readonly addresses: readonly string[];
  readonly gateway: string | null;
  readonly dns: readonly string[];
}

/** A bridge as it shall be. Null: as it is, or for a new one what the backend does by itself. */
export interface BridgeWish {
  readonly name: string;
  /** Interfaces that the host's configuration makes ports; guests' are none of them. */
  readonly ports: readonly string[];
  /** Pinned, so that neighbours' tables stay right and DHCP gives the same lease. */
  readonly mac: string;
  readonly stp: boolean | null;
  /** Seconds. */
  readonly forwardDelay: number | null;
  readonly mtu: number | null;
  readonly vlanFiltering: boolean | null;
  /** Interface whose addresses, routes and name servers the bridge has from now on: a port, the bridge itself, or nobody's. */
  readonly source: string | null;
  /** Null: as the source has it. */
  readonly ipv4: Ipv4Wish | null;
  /** Zone of firewalld. */
  readonly zone: string | null;
}

/** What the files of a backend say of an interface, in words that all backends share. */
export interface Configured {
  readonly files: readonly string[];
  readonly ipv4: Ipv4Wish;
  readonly ipv6: { readonly method: 'static' | 'auto' | 'none'; readonly addresses: readonly string[] };
  /** The bridge that it is a port of. */
  readonly master: string | null;
  /** Ports that the configuration names; null for what is no bridge. */
  readonly ports: readonly string[] | null;
  /** Of a bridge: the MAC that is pinned. */
  readonly mac?: string | null;
  /** It comes back by itself after a reboot. */
  readonly atBoot: boolean;
}

/** A file as it is and as it shall be; null: not there. */
export interface FileEdit {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Octal; for a new file. */
  readonly mode: string;
}

/** A profile of NetworkManager, by nmcli's names of properties. Before null: it is made; after null: it is removed. */
export interface ProfileEdit {
  readonly uuid: string;
  readonly id: string;
  readonly before: Readonly<Record<string, string>> | null;
  readonly after: Readonly<Record<string, string>> | null;
}

/** What shall be different in the persistent configuration. */
export interface Edits {
  readonly files: readonly FileEdit[];
  readonly profiles?: readonly ProfileEdit[];
  readonly warnings?: readonly string[];
}

/** How far the running network is from what it shall be. */
export interface RuntimeGap {
  /** The bridge has to be made (or, for `absent`, removed). */
  readonly bridge: boolean;
  /** Ports that have to join. */
  readonly joining: readonly string[];
  /** Addresses, the method or the gateway of the bridge are others. */
  readonly addressing: boolean;
  /** STP, forward delay, MTU, VLAN filtering, MAC. */
  readonly settings: boolean;
  /** Ports that still have addresses of their own. */
  readonly stale: readonly string[];
}

/** One change, whole. */
export interface BridgeWork {
  readonly backend: BackendName;
  readonly state: 'present' | 'absent';
  readonly wish: BridgeWish;
  readonly edits: Edits;
  readonly gap: RuntimeGap;
  /** IPv4 of the bridge (for `absent`: of the port) as it is now and as it will be, where it is set by hand. */
  readonly before: Ipv4Wish;
  readonly after: Ipv4Wish;
  /** The bridge's settings that the running kernel has. */
  readonly was: { readonly stp: boolean; readonly forwardDelay: number; readonly mtu: number } | null;
  readonly network: HostNetwork;
}

export function addressOf(cidr: string): string {
  return cidr.split('/')[0] ?? cidr;
}

export function prefixOf(cidr: string): string {
  return cidr.split('/')[1] ?? '32';
}
