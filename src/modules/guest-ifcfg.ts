import ipaddr from 'ipaddr.js';

/** What a guest's card shall have. */
export interface GuestCard {
  readonly device: string;
  readonly mac: string;
  readonly method: 'dhcp' | 'static';
  /** CIDR; with static. */
  readonly address: string | undefined;
  readonly gateway: string | undefined;
  readonly dns: readonly string[];
  readonly nmControlled: boolean;
  readonly ipv6: boolean;
}

/** Keys that are ours: written as wanted, or not at all. */
const OURS =
  /^(TYPE|DEVICE|HWADDR|BOOTPROTO|ONBOOT|NM_CONTROLLED|IPADDR\d*|PREFIX\d*|NETMASK\d*|BROADCAST|NETWORK|GATEWAY\d*|DNS\d*|IPV6INIT|IPV6_AUTOCONF|UUID|BRIDGE|MACADDR)$/;

/**
 * An ifcfg file of a guest (sysconfig.txt of initscripts). Lines of the old file that are not ours stay as they are; UUID goes, because
 * a cloned guest brings that of its model.
 */
export function guestIfcfg(before: string | null, card: GuestCard): string {
  const kept = (before ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !OURS.test(/^\s*#?\s*([A-Za-z0-9_]+)=/.exec(line)?.[1] ?? ''));
  const flag = (value: boolean) => (value ? 'yes' : 'no');
  const lines = [
    'TYPE=Ethernet',
    `DEVICE=${card.device}`,
    `HWADDR=${card.mac}`,
    `BOOTPROTO=${card.method}`,
    'ONBOOT=yes',
    `NM_CONTROLLED=${flag(card.nmControlled)}`,
    ...addressLines(card),
    ...card.dns.map((server, index) => `DNS${index + 1}=${server}`),
    `IPV6INIT=${flag(card.ipv6)}`,
    `IPV6_AUTOCONF=${flag(card.ipv6)}`,
  ];
  return `${[...lines, ...kept].join('\n')}\n`;
}

function addressLines({ method, address, gateway }: GuestCard): readonly string[] {
  if (method === 'dhcp' || address === undefined) return [];
  const [plain = '', prefix = '24'] = address.split('/');
  return [
    `IPADDR=${plain}`,
    `NETMASK=${ipaddr.IPv4.subnetMaskFromPrefixLength(Number(prefix))}`,
    `BROADCAST=${ipaddr.IPv4.broadcastAddressFromCIDR(address)}`,
    ...(gateway === undefined ? [] : [`GATEWAY=${gateway}`]),
  ];
}
