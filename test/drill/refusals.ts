import { type Backend, type Host, lab } from '../lab/lab.ts';
import { ALL, type Refusal, throughGateway } from './scenario.ts';

const SCRIPTS = '/etc/sysconfig/network-scripts';
/** The file in which each backend of the lab has its card. */
const FILES: Readonly<Record<Backend, string>> = {
  ifupdown: '/etc/network/interfaces.d/eth0',
  nmcli: '/etc/NetworkManager/system-connections/eth0.nmconnection',
  netplan: '/etc/netplan/50-lab.yaml',
  networkd: '/etc/systemd/network/10-eth0.network',
  ifcfg: `${SCRIPTS}/ifcfg-eth0`,
};

const addressed = (ipv4: (host: Host) => object) => (host: Host) => ({ ipv4: ipv4(host) });

/** A neighbour in the office network, in a namespace of its own. One that goes is only remembered: with the same MAC both lose frames. */
function neighbour(host: Host, address: string, mac: string, goes = '') {
  const name = `${lab.lan.bridge}-n${host.address.split('.').at(-1)}`;
  return {
    stage: `
      ip netns add ${name}
      ip link add ${name} type veth peer name eth0 address ${mac} netns ${name}
      ip link set ${name} master ${lab.lan.bridge} up
      ip -n ${name} link set eth0 up; ip -n ${name} addr add ${address}/24 dev eth0
      ip netns exec ${name} sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
      sleep 0.3; ip netns exec ${name} ping -c 2 -i 0.3 -W 1 ${host.address} >/dev/null || :
      ${goes === '' ? '' : `ip -n ${name} link set eth0 down`}`,
    unstage: `ip netns del ${name}`,
  };
}

/** What must be refused before anything is touched. */
export const refusals: readonly Refusal[] = [
  {
    number: '16',
    name: 'an address without its prefix length',
    backends: ALL,
    params: addressed((host) => ({ address: host.address })),
    because: (host) => `The address ${host.address} has no prefix length`,
  },
  {
    number: '16',
    name: 'the file of the card says no mask',
    backends: ['ifcfg'],
    stage: () => `cp -a ${FILES.ifcfg} /run/kept; sed -i /PREFIX/d ${FILES.ifcfg}`,
    unstage: `cp -a /run/kept ${FILES.ifcfg}`,
    params: () => ({}),
    because: (host) => `The address ${host.address} has no prefix length`,
  },
  {
    number: '17',
    name: 'a gateway outside of the subnet',
    backends: ALL,
    params: addressed((host) => throughGateway(host, '192.0.2.1')),
    because: () => 'The gateway 192.0.2.1 is not in the subnet',
  },
  {
    number: '17',
    name: 'the host as its own gateway',
    backends: ['networkd'],
    params: addressed((host) => throughGateway(host, host.address)),
    because: (host) => `The gateway ${host.address} is the address of the host itself`,
  },
  {
    number: '17',
    name: 'the address of the network itself',
    backends: ['networkd'],
    params: addressed(() => ({ address: lab.lan.subnet, gateway: lab.lan.address })),
    because: () => 'is the network address of its subnet',
  },
  {
    number: '18',
    name: 'an address that another machine has',
    backends: ALL,
    around: (host) => neighbour(host, taken(host), '02:99:00:00:00:01'),
    params: addressed((host) => ({ address: `${taken(host)}/24`, gateway: lab.lan.address })),
    because: (host) => `The address ${taken(host)} is in use: 02:99:00:00:00:01 answers for it`,
  },
  {
    number: '19',
    name: 'another machine has the MAC of the card',
    backends: ALL,
    around: (host) => neighbour(host, taken(host), host.nics[0]?.mac ?? '', 'silent'),
    // What a host remembers of its neighbours it remembers for long.
    unstage: 'ip neigh flush dev eth0',
    params: () => ({}),
    because: (host) => `The MAC ${host.nics[0]?.mac} is on the network a second time, at ${taken(host)}`,
  },
  {
    number: '20',
    name: 'a card that is not there',
    backends: ALL,
    params: () => ({ ports: ['ens3'] }),
    because: () => 'The host has no interface ens3; it has eth0',
  },
  {
    number: '21',
    name: 'a card with another interface on top of it',
    backends: ALL,
    stage: () => 'ip link add link eth0 name macvlan0 type macvlan',
    unstage: 'ip link del macvlan0',
    params: () => ({}),
    because: () => 'macvlan0 is on top of it',
  },
  {
    number: '21',
    name: 'a port of another bridge',
    backends: ALL,
    stage: () =>
      'ip link add br9 type bridge; ip link add card9 type veth peer name other9; ip link set card9 master br9',
    unstage: 'ip link del card9; ip link del br9',
    params: () => ({ ports: ['eth0', 'card9'] }),
    because: () => 'it is a port of the bridge br9',
  },
  {
    number: '21',
    name: 'a name that another kind of interface has',
    backends: ['networkd'],
    stage: () => 'ip link add br0 type veth peer name other9',
    unstage: 'ip link del br0',
    params: () => ({}),
    because: () => 'The name br0 is taken',
  },
  {
    number: '25',
    name: 'a forward delay that spanning tree does not take',
    backends: ['networkd'],
    params: () => ({ stp: true, forward_delay: 1 }),
    because: () => 'A forward delay of 1 s is not possible',
  },
  {
    number: '25',
    name: 'a window that is too short for spanning tree',
    backends: ALL,
    params: () => ({ stp: true }),
    guard: { timeout: 60 },
    because: () => "The guard's timeout of 60 seconds is too short",
  },
  {
    number: '34',
    name: 'two renderers in the files of netplan',
    backends: ['netplan'],
    stage: () =>
      `printf 'network: {version: 2, ethernets: {eth0: {renderer: NetworkManager}}}\\n' >/etc/netplan/60-more.yaml; chmod 600 /etc/netplan/60-more.yaml`,
    unstage: 'rm /etc/netplan/60-more.yaml',
    params: () => ({}),
    because: () => 'name several renderers',
  },
  {
    number: '36',
    name: 'TYPE=bridge in small letters',
    backends: ['ifcfg'],
    stage: () => `printf 'DEVICE=br0\\nTYPE=bridge\\nONBOOT=yes\\n' >${SCRIPTS}/ifcfg-br0`,
    unstage: `rm ${SCRIPTS}/ifcfg-br0`,
    params: () => ({}),
    because: () => 'says TYPE=bridge, which the network scripts do not take for a bridge',
  },
  {
    number: '36',
    name: 'DEVICE= says another name than the file',
    backends: ['ifcfg'],
    stage: () => `printf 'DEVICE=br1\\nTYPE=Bridge\\nONBOOT=yes\\n' >${SCRIPTS}/ifcfg-br0`,
    unstage: `rm ${SCRIPTS}/ifcfg-br0`,
    params: () => ({}),
    because: () => 'says DEVICE=br1',
  },
  {
    number: '47',
    name: 'no systemd, and nobody allowed that',
    backends: ['ifupdown', 'ifcfg'],
    stage: () => 'mount -t tmpfs none /run/systemd',
    unstage: 'umount /run/systemd',
    params: () => ({}),
    because: () => 'The host does not run systemd',
  },
  {
    number: '52',
    name: 'disk full',
    backends: ALL,
    stage: () => 'mkdir -p /var/lib/hostwright && mount -t tmpfs -o size=64k none /var/lib/hostwright',
    unstage: 'umount /var/lib/hostwright',
    params: () => ({}),
    because: () => 'kB are free below /var/lib',
  },
  {
    number: '53',
    name: 'read-only /etc',
    backends: ALL,
    stage: () => 'mount --bind /etc /etc && mount -o remount,bind,ro /etc',
    unstage: 'umount -l /etc',
    params: () => ({}),
    because: () => '/etc cannot be written',
  },
  {
    number: '53',
    name: 'read-only /var',
    backends: ALL,
    stage: () => 'mount --bind /var /var && mount -o remount,bind,ro /var',
    unstage: 'umount -l /var',
    params: () => ({}),
    because: () => '/var/lib cannot be written',
  },
  {
    number: '55',
    name: 'the file of the card is immutable',
    backends: ALL,
    stage: ({ backend }) => flags(FILES[backend], 0x10),
    // Whatever file it was.
    unstage: Object.values(FILES)
      .map((file) => `[ ! -f ${file} ] || ${flags(file, 0)}`)
      .join('\n'),
    params: () => ({}),
    because: ({ backend }) => `${FILES[backend]} cannot be written (immutable?)`,
  },
  // Not among the numbers of the design, but of its sections 3 and 4.
  ...(['address', 'gateway', 'dns'] as const).map(
    (key): Refusal => ({
      number: '4.7',
      name: `a line break in the value of ${key}`,
      backends: ALL,
      params: addressed((host) => ({
        ...throughGateway(host, lab.lan.address),
        [key]: key === 'dns' ? ['192.0.2.1\nup rm -rf /'] : '192.0.2.9/24\nup rm -rf /',
      })),
      because: () => 'holds a line break',
    }),
  ),
  {
    number: '4.7',
    name: 'a name that no interface can have',
    backends: ALL,
    params: () => ({ ports: ['eth0; reboot'] }),
    because: () => 'is no name for a network interface',
  },
  {
    number: '3.2',
    name: 'a window that is shorter than what the change takes',
    backends: ALL,
    params: () => ({}),
    guard: { timeout: 20 },
    because: () => "The guard's timeout of 20 seconds is too short",
  },
  {
    number: '3.2',
    name: 'a connection that would be cut (take_over: false)',
    backends: ALL,
    params: () => ({ take_over: false }),
    because: () => 'The port eth0 carries the connection',
  },
  {
    number: '3.2',
    name: 'another backend than the one that manages the card',
    backends: ['ifupdown', 'netplan', 'networkd'],
    params: () => ({ backend: 'ifcfg' }),
    because: () => 'The backend ifcfg cannot be used',
  },
];

/** Sets the flags of a file; there is no chattr on the hosts. */
function flags(file: string, bits: number): string {
  return `python3 -c 'import fcntl, struct; fcntl.ioctl(open("${file}"), 0x40086602, struct.pack("l", ${bits}))'`;
}

/** An address in the office network that is nobody else's in this run. */
function taken(host: Host): string {
  return host.address.replace(/\d+$/, (last) => String(100 + Number(last)));
}
