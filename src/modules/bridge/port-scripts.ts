import type { Script } from '../../core/script.ts';
import type { GuestPort, HostNetwork, PortFlags, PortVlan } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import { steps } from './runtime-scripts.ts';
import { linkNamed } from './runtime-state.ts';

/** Where an interface is plugged in, with everything that is set for it there. */
export interface PortPlace {
  readonly port: string;
  readonly kind: string;
  readonly master: string | null;
  readonly up: boolean;
  readonly flags: PortFlags;
  readonly vlans: readonly PortVlan[];
}

/** Null where there is no such interface. */
export function portPlace(network: HostNetwork, port: string): PortPlace | null {
  const link = linkNamed(network, port);
  if (!link) return null;
  const { kind, master, up } = link;
  return {
    port,
    kind,
    master,
    up,
    flags: link.port ?? {},
    vlans: network.vlans.filter((vlan) => vlan.port === port),
  };
}

/** sysfs's names of what may be written there; path cost and state are the kernel's. */
const SETTABLE =
  /^(isolated|hairpin_mode|learning|unicast_flood|multicast_flood|broadcast_flood|bpdu_guard|root_block|multicast_fast_leave|multicast_to_unicast|neigh_suppress|priority)$/;

/**
 * Puts an interface on a bridge. It comes up last: a guest that shall be isolated never forwards a frame before that is set.
 */
export function attachPort(
  port: string,
  bridge: string,
  flags: PortFlags = {},
  vlans: readonly PortVlan[] = [],
): Script {
  const settings = Object.entries(flags).filter(([name]) => SETTABLE.test(name));
  return steps([
    sh`ip link set ${port} master ${bridge}`,
    ...settings.map(
      ([name, value]) => sh`
        f=${`/sys/class/net/${port}/brport/${name}`}
        [ ! -w "$f" ] || printf %s ${value} > "$f" || exit 1
      `,
    ),
    ...vlanScripts(port, vlans),
    sh`ip link set ${port} up`,
  ]);
}

/** The VLANs that it had, and not the one that the kernel gives every new port. */
function vlanScripts(port: string, vlans: readonly PortVlan[]): readonly Script[] {
  if (vlans.length === 0) return [];
  const words = ({ pvid, untagged }: PortVlan) => [
    ...(pvid ? ['pvid'] : []),
    ...(untagged ? ['untagged'] : []),
  ];
  return [
    ...(vlans.some(({ vlan }) => vlan === 1) ? [] : [sh`bridge vlan del vid 1 dev ${port} 2>/dev/null || :`]),
    ...vlans.map((vlan) => sh`bridge vlan add vid ${vlan.vlan} dev ${port} ${words(vlan)}`),
  ];
}

export function detachPort(port: string): Script {
  return sh`ip link set ${port} nomaster`;
}

/** As it was. A tap that has gone with its guest meanwhile is no failure. */
export function reattachPort({ port, master, flags, vlans }: PortPlace): Script {
  const back = master === null ? detachPort(port) : attachPort(port, master, flags, vlans);
  return sh`
    if [ -e ${`/sys/class/net/${port}`} ]; then
    ${back}
    fi
  `;
}

/** A guest's interface that is not where the guest's XML says. */
export interface LostPort extends GuestPort {
  readonly bridge: string;
  /** Where it is now. */
  readonly master: string | null;
}

/** Guests' interfaces that are there and not on the bridge where they belong, which is there too. */
export function lostPorts(network: HostNetwork): readonly LostPort[] {
  return network.guestPorts.flatMap((guest) => {
    const link = linkNamed(network, guest.interface);
    const { bridge } = guest;
    if (!link || bridge === null || link.master === bridge || !linkNamed(network, bridge)?.bridge) return [];
    return [{ ...guest, bridge, master: link.master }];
  });
}
