import ipaddr from 'ipaddr.js';
import type { Change, Difference } from '../core/change.ts';
import type { Script } from '../core/script.ts';
import type { GuestNetwork } from '../facts/libvirt/guest-network.ts';
import { raw, sh } from '../shell/sh.ts';
import { type GuestCard, guestIfcfg } from './guest-ifcfg.ts';
import { guestClosed, guestHasNoIfcfg, noSuchCard, whichCard } from './virt-problems.ts';

export interface GuestWish {
  readonly guest: string;
  readonly mac?: string | undefined;
  readonly method: 'dhcp' | 'static';
  readonly address?: string | undefined;
  readonly gateway: string;
  readonly dns: readonly string[];
  readonly within?: string | undefined;
  readonly keep: 'auto' | 'ifcfg' | 'none';
  readonly nm_controlled: boolean;
  readonly ipv6: boolean;
  readonly renew: boolean;
}

/** What is done in a guest, and what there was before. */
export interface GuestPlan {
  readonly card: GuestCard;
  /** The ifcfg file; null where none is kept. */
  readonly file: { readonly path: string; readonly before: string | null; readonly after: string } | null;
  /** Range that the address must be in, CIDR; undefined: any. */
  readonly within: string | undefined;
  /** The card's address before, CIDR. */
  readonly addressBefore: string | undefined;
  readonly gatewayBefore: string | undefined;
}

/** Null where the guest's file and its running network are as wanted. */
export function planGuest(wish: GuestWish, seen: GuestNetwork): Change<GuestPlan> | null {
  if (seen.closed !== undefined) throw guestClosed(wish.guest, seen.closed);
  const place = placeOf(wish, seen);
  const { device, mac, bridgeAddress } = place;
  const network = place.type === 'network' ? bridgeAddress : undefined;
  const automatic = network?.split('/')[0];
  const gateway = wish.gateway === 'auto' ? automatic : wish.gateway === 'none' ? undefined : wish.gateway;
  const card: GuestCard = {
    device,
    mac,
    method: wish.method,
    address: wish.address,
    gateway: wish.method === 'static' ? gateway : undefined,
    dns: wish.dns,
    nmControlled: wish.nm_controlled,
    ipv6: wish.ipv6,
  };
  const file = plannedFile(wish, seen, card);
  const running = seen.addresses.filter((one) => one.device === device).map(({ address }) => address);
  const routes = seen.defaultRoutes.filter((route) => route.device === device).map((route) => route.gateway);
  const within = wish.method === 'static' ? undefined : (wish.within ?? network);
  const differences: Difference[] = [];
  if (file && file.before !== file.after) {
    differences.push({ label: `${file.path} in ${wish.guest}`, before: file.before, after: file.after });
  }
  const wanted = card.address ?? (within === undefined ? 'from DHCP' : `from DHCP, in ${subnetOf(within)}`);
  const fits =
    card.address === undefined
      ? running.some((one) => isWithin(one, within))
      : running.includes(card.address);
  if (!fits || wish.renew) {
    const after = { address: fits ? `${running.join(', ')}, asked for anew` : wanted };
    differences.push({
      label: `address of ${device} in ${wish.guest}`,
      before: running.length > 0 ? { address: running.join(', ') } : null,
      after,
    });
  }
  if (card.gateway !== undefined && !routes.includes(card.gateway)) {
    differences.push({
      label: `default gateway of ${device} in ${wish.guest}`,
      before: routes.length > 0 ? { gateway: routes.join(', ') } : null,
      after: { gateway: card.gateway },
    });
  }
  if (differences.length === 0) return null;
  const [addressBefore] = running;
  const [gatewayBefore] = routes;
  const warnings = secondGateway(wish, seen, card);
  return {
    differences,
    data: { card, file, within, addressBefore, gatewayBefore },
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function placeOf({ guest, mac }: GuestWish, { cards, devices }: GuestNetwork) {
  if (mac === undefined && cards.length !== 1)
    throw whichCard(
      guest,
      cards.map((card) => card.mac),
    );
  const card = mac === undefined ? cards[0] : cards.find((one) => one.mac === mac);
  const device = devices.find((one) => one.mac === card?.mac);
  if (!card || !device)
    throw noSuchCard(
      guest,
      mac ?? card?.mac ?? '',
      cards.map((one) => one.mac),
    );
  return { ...card, device: device.name };
}

function plannedFile({ guest, keep }: GuestWish, { ifcfg, files }: GuestNetwork, card: GuestCard) {
  if (keep === 'none' || (keep === 'auto' && !ifcfg)) return null;
  if (!ifcfg) throw guestHasNoIfcfg(guest);
  const before = files.get(card.device) ?? null;
  return {
    path: `/etc/sysconfig/network-scripts/ifcfg-${card.device}`,
    before,
    after: guestIfcfg(before, card),
  };
}

/** Of two default gateways the guest uses one, and which depends on the order in which its cards come up. */
function secondGateway({ guest }: GuestWish, seen: GuestNetwork, card: GuestCard): readonly string[] {
  if (card.method === 'static' && card.gateway === undefined) return [];
  const running = seen.defaultRoutes
    .filter(({ device }) => device !== card.device)
    .map(({ device, gateway }) => `${gateway} on ${device}`);
  const kept = [...seen.files]
    .filter(([device]) => device !== card.device && !running.some((one) => one.endsWith(` on ${device}`)))
    .flatMap(([device, text]) => {
      const gateway = /^\s*GATEWAY="?([0-9.]+)/m.exec(text)?.[1];
      return gateway === undefined ? [] : [`${gateway} on ${device}`];
    });
  const others = [...running, ...kept];
  if (others.length === 0) return [];
  const own = card.gateway ?? 'the one from DHCP';
  return [
    `${guest} has two default gateways: ${own} on ${card.device}, and ${others.join(', ')}. Leave one of them out (gateway: none).`,
  ];
}

function isWithin(address: string, range: string | undefined): boolean {
  if (range === undefined) return !address.startsWith('169.254.');
  const [plain = ''] = address.split('/');
  return ipaddr.IPv4.isValid(plain) && ipaddr.IPv4.parse(plain).match(ipaddr.IPv4.parseCIDR(range));
}

function subnetOf(range: string): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(range)}/${range.split('/')[1]}`;
}

/** Runs in the guest; its connection may go with its card, so that it must not die of that. */
export function guestWork(plan: GuestPlan, timeout: number): Script {
  const { card, file } = plan;
  const [plain] = (card.address ?? '').split('/');
  return sh`
    ${IN_GUEST}
    ${file === null ? raw(':') : writeFile(file.path, file.after)}
    card=${card.device}
    ${file === null && card.method === 'static' ? runtime(card.address ?? '', card.gateway) : raw('restart')}
    left=${timeout}
    while [ $left -gt 0 ]; do
      if ip -o -4 addr show dev "$card" | grep -q ${plain ? `inet ${plain}/` : 'inet '}; then exit 0; fi
      sleep 1; left=$((left - 1))
    done
    echo "The card has no address after ${timeout} seconds."; exit 1`;
}

/** Puts the file and the address back. */
export function takeBack({ card, file, addressBefore, gatewayBefore }: GuestPlan): Script {
  const static_ = card.method === 'static' && file === null && addressBefore !== undefined;
  return sh`
    ${IN_GUEST}
    card=${card.device}
    ${file === null ? raw(':') : file.before === null ? sh`rm -f -- ${file.path}` : writeFile(file.path, file.before)}
    ${static_ ? runtime(addressBefore, gatewayBefore) : raw('restart')}`;
}

function writeFile(path: string, text: string): Script {
  return sh`
    printf %s ${text} > ${`${path}.new~`} && mv -f -- ${`${path}.new~`} ${path} || exit 1
    if command -v restorecon >/dev/null; then restorecon ${path}; fi`;
}

function runtime(address: string, gateway: string | undefined): Script {
  return sh`
    stop_dhcp
    ip -4 addr flush dev "$card"
    ip addr add ${address} dev "$card" && ip link set "$card" up || exit 1
    ${gateway === undefined ? raw(':') : sh`ip route replace default via ${gateway} dev "$card" || exit 1`}`;
}

/** `restart` lets whoever manages the card read its file again, and asks for an address anew. */
const IN_GUEST = sh`
    LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
    trap '' HUP
    dhcp_clients() {
      for process in /proc/[0-9]*; do
        words=" $(tr '\0' ' ' 2>/dev/null < "$process/cmdline") "
        case $words in *udhcpc*" $card "*|*dhclient*" $card "*) echo "\${process#/proc/}";; esac
      done
    }
    stop_dhcp() { for client in $(dhcp_clients); do kill "$client"; done; }
    restart() {
      if command -v nmcli >/dev/null && nmcli -t -f RUNNING general 2>/dev/null | grep -q ^running; then
        nmcli connection reload
        nmcli device connect "$card" && return
      fi
      if [ -d /etc/sysconfig/network-scripts ] && command -v ifup >/dev/null; then
        ifdown "$card" >/dev/null 2>&1
        ifup "$card" && return
      fi
      clients=$(dhcp_clients)
      case $(for client in $clients; do tr '\0' ' ' < "/proc/$client/cmdline"; done) in
        *udhcpc*) kill -USR2 $clients; sleep 1; kill -USR1 $clients; return;;
        *dhclient*) dhclient -r "$card"; dhclient "$card"; return;;
      esac
      if command -v networkctl >/dev/null && networkctl reconfigure "$card" 2>/dev/null; then return; fi
      if command -v ifup >/dev/null; then ifdown "$card" >/dev/null 2>&1; ifup "$card" && return; fi
      if command -v dhclient >/dev/null; then dhclient "$card" && return; fi
      if command -v udhcpc >/dev/null; then udhcpc -i "$card" -b -q -n && return; fi
      echo 'Nothing in the guest is known that would restart its card.'; exit 1
    }`;
