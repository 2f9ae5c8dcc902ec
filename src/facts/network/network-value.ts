/** Flags of a bridge port, from /sys/class/net/PORT/brport; a kernel that does not know one leaves it out. */
export type PortFlags = Readonly<Record<string, string>>;

/** A network interface, from sysfs, which is there on every kernel and needs no tool. */
export interface Link {
  readonly name: string;
  readonly index: number;
  /**
   * `bridge`, `bond`, `vlan`, `wlan`, `tun` (a guest's tap), `macvtap`, `veth`, `ovs`, `loopback`, `ether`, or the kernel's own word for
   * what else there is.
   */
  readonly kind: string;
  readonly mac: string;
  /** Bytes. */
  readonly mtu: number;
  /** Administratively up. */
  readonly up: boolean;
  /** The kernel's `operstate`: `up`, `down`, `lowerlayerdown`, `unknown`, … */
  readonly state: string;
  /** The bridge or bond that it belongs to. */
  readonly master: string | null;
  /** Interfaces on top of it (VLANs, macvtaps), without its master. */
  readonly uppers: readonly string[];
  /** Set for bridges. */
  readonly bridge: BridgeState | null;
  /** Set for ports of a bridge. */
  readonly port: PortFlags | null;
}

export interface BridgeState {
  /** `8000.525400123456` */
  readonly id: string;
  /** Of the spanning tree; of another root the bridge has the forward delay, whatever its own is. */
  readonly isRoot: boolean;
  readonly stp: boolean;
  /** Seconds. */
  readonly forwardDelay: number;
  readonly vlanFiltering: boolean;
  readonly ports: readonly string[];
}

export interface LinkAddress {
  readonly link: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefix: number;
  /** `global`, `link`, `host`, … */
  readonly scope: string;
  /** Given for a time, by DHCP or by router advertisements. */
  readonly dynamic: boolean;
}

export interface Route {
  readonly family: 4 | 6;
  /** `default` or CIDR. */
  readonly to: string;
  readonly via: string | null;
  readonly link: string | null;
  readonly metric: number | null;
  /** Who made it: `kernel`, `dhcp`, `ra`, `static`, `boot` (by hand or by a script), … */
  readonly protocol: string;
  readonly onLink: boolean;
}

export interface Neighbour {
  readonly address: string;
  readonly link: string;
  readonly mac: string | null;
}

/** A VLAN of a bridge port, as `bridge vlan` tells. */
export interface PortVlan {
  readonly port: string;
  readonly vlan: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
}

/** A file that configures the network. */
export interface ConfigurationFile {
  readonly path: string;
  readonly text: string;
  /** It is a symbolic link; what it leads to was read. */
  readonly link: boolean;
  /** The attribute `i` is set: not even root can write it. */
  readonly immutable: boolean;
}

export interface ManagedDevice {
  readonly device: string;
  /** NetworkManager's words: `connected`, `disconnected`, `unmanaged`, `connected (externally)`, … */
  readonly state: string;
  readonly profile: string;
  readonly uuid: string;
}

export interface NetworkdLink {
  readonly state: string;
  readonly file: string | null;
  /** The client identifier that its DHCP lease was given for, hexadecimal. */
  readonly clientId: string | null;
}

/** A connection profile of NetworkManager: its properties as nmcli names them, without secrets. */
export type Profile = Readonly<Record<string, string>>;

/** What somebody else on the network says of an address; from an ARP probe. */
export interface AddressProbe {
  readonly address: string;
  /** The MAC that answers for it; null where nobody does. */
  readonly mac: string | null;
}

/** Everything about a host's network that planning a change needs, in one value. */
export interface HostNetwork {
  readonly links: readonly Link[];
  readonly addresses: readonly LinkAddress[];
  /** Of the main tables. */
  readonly routes: readonly Route[];
  /** Lines of `ip rule`, both families. */
  readonly rules: readonly string[];
  readonly neighbours: readonly Neighbour[];
  readonly vlans: readonly PortVlan[];
  readonly files: ReadonlyMap<string, ConfigurationFile>;
  readonly dns: { readonly nameservers: readonly string[]; readonly search: readonly string[] };
  readonly managedDevices: readonly ManagedDevice[];
  readonly profiles: readonly Profile[];
  /** By interface: what systemd-networkd says (`configured`, `unmanaged`, …) and the file that it goes by. */
  readonly networkd: ReadonlyMap<string, NetworkdLink>;
  /** Interfaces that ifupdown counts as up. */
  readonly ifstate: readonly string[];
  /** Programs that are there, by name, with their version where it matters and can be told. */
  readonly tools: ReadonlyMap<string, string>;
  /** Names of systemd units and init scripts that are at work. */
  readonly active: ReadonlySet<string>;
  /** The controller's address, as the host sees it; null over a connection that is not ssh. */
  readonly controller: string | null;
  /** The interface by which the host reaches the controller. */
  readonly controllerLink: string | null;
  /** Zones of firewalld by interface. */
  readonly zones: ReadonlyMap<string, string>;
  /** Rules of the packet filter that name an interface which was asked for. */
  readonly filterRules: readonly string[];
  /** Bridged frames meet the packet filter, and its FORWARD chain drops what it does not know. */
  readonly forwardDrops: boolean;
  /** The file system type of /. */
  readonly rootFileSystem: string;
  /** Why /etc or /var cannot be written; null where they can. */
  readonly notWritable: string | null;
  /** KiB free below /var/lib. */
  readonly freeKilobytes: number;
  /** `ID` and `VERSION_ID` of /etc/os-release; EL6 has no such file and is told from /etc/redhat-release. */
  readonly system: { readonly id: string; readonly version: string };
  readonly machineId: string;
  readonly probes: readonly AddressProbe[];
  /** Guests' interfaces: `virsh domiflist` of every running domain. */
  readonly guestPorts: readonly GuestPort[];
}

/** An interface of a running guest, as libvirt knows it. */
export interface GuestPort {
  readonly domain: string;
  readonly interface: string;
  readonly type: string;
  /** The bridge, or for type `network` the name of the network. */
  readonly source: string;
  readonly mac: string;
  /** The bridge that it belongs to: the source, or the bridge of the source's network. */
  readonly bridge: string | null;
}
