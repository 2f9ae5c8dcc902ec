import type { Script } from '../../core/script.ts';
import { raw, sequence, sh } from '../../shell/sh.ts';
import { BACK_UP_TARGET } from '../backup-area.ts';
import { isInside } from './ipv4.ts';
import { linkNamed } from './runtime-state.ts';
import { addressOf, type BridgeWork, type FileEdit, type Ipv4Wish } from './wish.ts';

/** One after the other; what has nothing to do is left out, since a group without a command is none. */
export function steps(scripts: readonly Script[]): Script {
  const some = scripts.filter(({ text }) => text.trim() !== '');
  return some.length > 0 ? sequence(some) : sh`:`;
}

/**
 * Puts files in place, each whole or not at all. A file that was there keeps its owner, mode and context, and is kept in the backup area,
 * which nothing ever loads from. A symbolic link stays one: what it leads to is written.
 */
export function placeFiles(edits: readonly FileEdit[]): Script {
  return steps(edits.map(placeFile));
}

function placeFile({ path, before, after, mode }: FileEdit): Script {
  const backUp = before === null ? raw(':') : sh`( ${BACK_UP_TARGET} ) >/dev/null || exit 1`;
  if (after === null) {
    return sh`
      target=${path}
      ${backUp}
      rm -f -- "$target"
    `;
  }
  return sh`
    target=${path}
    umask 022
    if [ -e "$target" ]; then target=$(readlink -f -- "$target") || exit 1; else mkdir -p -- "\${target%/*}" || exit 1; fi
    ${backUp}
    temporary=$(mktemp -- "\${target%/*}/.hostwright.XXXXXXXXXX") || exit 1
    if [ -e "$target" ]; then cp -p -- "$target" "$temporary" || exit 1; else chmod ${mode} "$temporary" || exit 1; fi
    printf %s ${after} > "$temporary" && sync -d "$temporary" 2>/dev/null || { [ -s "$temporary" ] || { rm -f "$temporary"; exit 1; }; }
    if [ -e /sys/fs/selinux/enforce ]; then chcon --reference="$target" "$temporary" 2>/dev/null || :; fi
    mv -fT -- "$temporary" "$target" || { rm -f "$temporary"; exit 1; }
    if [ -e /sys/fs/selinux/enforce ]; then restorecon -- "$target" 2>/dev/null; fi
    :
  `;
}

/** The same files the other way round. */
export function reversed(edits: readonly FileEdit[]): readonly FileEdit[] {
  return edits.map(({ path, before, after, mode }) => ({ path, before: after, after: before, mode }));
}

/** Ports have no address of their own: what an address there receives is dead. */
export function clearPorts(ports: readonly string[]): Script {
  return sh`
    for p in ${ports}; do
      [ -e "/sys/class/net/$p" ] || continue
      case $(ip -o addr show dev "$p" scope global) in ?*)
        ip addr flush dev "$p" scope global
        ip link set "$p" up;;
      esac
    done
  `;
}

/** Gives a new bridge's neighbours its place at once. */
export function announce(link: string): Script {
  return sh`
    if command -v arping >/dev/null 2>&1; then
      for a in $(ip -o -4 addr show dev ${link} scope global 2>/dev/null | sed -n 's/.* inet \([0-9.]*\).*/\1/p'); do
        arping -U -c 1 -w 1 -I ${link} "$a" >/dev/null 2>&1 || :
      done
    fi
    :
  `;
}

/** The bridge's own settings, by the kernel; for backends that only look at them when they make a bridge. */
export function settings({ wish }: BridgeWork): Script {
  const { name, stp, forwardDelay, mtu, vlanFiltering } = wish;
  const parts: Script[] = [];
  const attribute = (file: string, value: number) =>
    sh`printf %s ${value} > ${`/sys/class/net/${name}/bridge/${file}`}`;
  const delay = forwardDelay === null ? [] : [attribute('forward_delay', Math.round(forwardDelay * 100))];
  const tree = stp === null ? [] : [attribute('stp_state', stp ? 1 : 0)];
  parts.push(...inTurn(stp ?? true, delay, tree).flat());
  if (mtu !== null) {
    for (const port of wish.ports) parts.push(sh`ip link set ${port} mtu ${mtu}`);
    parts.push(sh`ip link set ${name} mtu ${mtu}`);
  }
  if (vlanFiltering !== null) parts.push(attribute('vlan_filtering', vlanFiltering ? 1 : 0));
  return steps(parts);
}

/** While STP is on the kernel refuses less than two seconds: the delay first where it comes on, and last where it goes off. */
export function inTurn<T>(stp: boolean, delay: T, tree: T): readonly [T, T] {
  return stp ? [delay, tree] : [tree, delay];
}

/** Settings that files do not bring back while their interfaces stay: of the bridge that was there, and the MTU of its ports. */
export function settingsBack({ wish, network, state }: BridgeWork): Script {
  const bridge = linkNamed(network, wish.name);
  const mtus = [...(state === 'present' ? wish.ports : []), ...(bridge ? [wish.name] : [])].flatMap(
    (name) => {
      const mtu = linkNamed(network, name)?.mtu;
      return mtu
        ? [
            sh`[ "$(cat ${`/sys/class/net/${name}/mtu`} 2>/dev/null || echo ${mtu})" = ${mtu} ] || ip link set ${name} mtu ${mtu}`,
          ]
        : [];
    },
  );
  if (!bridge?.bridge) return steps(mtus);
  const { stp, forwardDelay, vlanFiltering } = bridge.bridge;
  const settings = [
    ['vlan_filtering', vlanFiltering ? 1 : 0],
    ...inTurn(
      stp,
      ['forward_delay', Math.round(forwardDelay * 100)] as const,
      ['stp_state', stp ? 1 : 0] as const,
    ),
  ] as const;
  return steps([
    ...mtus,
    ...settings.map(
      ([file, value]) => sh`
        f=${`/sys/class/net/${wish.name}/bridge/${file}`}
        [ ! -w "$f" ] || [ "$(cat "$f")" = ${value} ] || printf %s ${value} > "$f" || :
      `,
    ),
  ]);
}

/** Ports that have to join, by the kernel. */
export function join({ wish, gap }: BridgeWork): Script {
  return steps(
    gap.joining.map(
      (port) => sh`
        ip link set ${port} master ${wish.name}
        ip link set ${port} up
      `,
    ),
  );
}

/**
 * Other addresses on an interface that stays: without taking it down, which would take guests off. The new address comes before the old one
 * goes. A DHCP client that ran for it is ended by its pid file, and started where there shall be one. `onLink`: whether the backend's own
 * tools always make the default route with `onlink`, as ifupdown does; otherwise only a gateway outside the addresses' subnets gets it.
 * `metric`: of the default route there is, which keeps it; another one would stand beside it.
 */
export function readdress(
  link: string,
  from: Ipv4Wish,
  to: Ipv4Wish,
  /** The name servers that are asked before. */
  asked: Ipv4Wish['dns'],
  { onLink, metric }: { readonly onLink: boolean; readonly metric: number | null },
): Script {
  const old = from.addresses.filter((address) => !to.addresses.includes(address));
  const parts: Script[] = [];
  if (to.method !== 'dhcp') {
    parts.push(sh`
      for f in ${[`/run/dhclient.${link}.pid`, `/run/dhclient-${link}.pid`, `/var/run/dhclient-${link}.pid`]}; do
        [ ! -f "$f" ] || { kill "$(cat "$f")" 2>/dev/null; rm -f "$f"; }
      done
    `);
  }
  for (const address of to.addresses) parts.push(sh`ip addr replace ${address} broadcast + dev ${link}`);
  if (to.method === 'static' && from.method === 'dhcp') {
    parts.push(sh`
      for a in $(ip -o -4 addr show dev ${link} scope global | sed -n 's/.* inet \([^ ]*\).*/\1/p'); do
        case ${` ${to.addresses.join(' ')} `} in *" $a "*) ;; *) ip addr del "$a" dev ${link};; esac
      done
    `);
  }
  for (const address of old) parts.push(sh`ip addr del ${address} dev ${link} 2>/dev/null || :`);
  // With the first address of a subnet the kernel takes the others of it too.
  for (const address of to.addresses) parts.push(sh`ip addr replace ${address} broadcast + dev ${link}`);
  if (to.gateway !== null) {
    const { gateway } = to;
    const flags = onLink || !to.addresses.some((address) => isInside(gateway, address)) ? ['onlink'] : [];
    const words = [...(metric === null ? [] : ['metric', metric]), ...flags];
    parts.push(sh`ip route replace default via ${gateway} dev ${link} ${words}`);
  } else if (to.method === 'static') parts.push(sh`ip route del default dev ${link} 2>/dev/null || :`);
  if (to.method === 'dhcp' && from.method !== 'dhcp') {
    parts.push(sh`
      ip addr flush dev ${link} scope global
      dhclient -v -pf ${`/run/dhclient.${link}.pid`} -lf ${`/var/lib/dhcp/dhclient.${link}.leases`} ${link} </dev/null >/dev/null 2>&1
    `);
  }
  if (to.dns.length > 0 && to.dns.join() !== asked.join()) {
    parts.push(sh`
      if [ -f /etc/resolv.conf ] && [ ! -L /etc/resolv.conf ]; then
        { grep -v '^nameserver' /etc/resolv.conf; printf 'nameserver %s\n' ${to.dns}; } > /etc/.hostwright.resolv &&
          mv -f /etc/.hostwright.resolv /etc/resolv.conf
      fi
    `);
  }
  return steps(parts);
}

/** Takes a bridge that was made now away again. */
export function removeBridge({ wish, gap, state }: BridgeWork): Script {
  if (state === 'present' && !gap.bridge) {
    return steps(gap.joining.map((port) => sh`ip link set ${port} nomaster 2>/dev/null || :`));
  }
  return sh`
    for p in ${wish.ports}; do ip link set "$p" nomaster 2>/dev/null || :; done
    ip link set ${wish.name} down 2>/dev/null || :
    ip link del ${wish.name} 2>/dev/null || :
    for p in ${wish.ports}; do ip addr flush dev "$p" scope global 2>/dev/null || :; done
  `;
}

export function isOnlyAddressed({ gap, state }: BridgeWork): boolean {
  return state === 'present' && !gap.bridge;
}

export function addressList(wish: Ipv4Wish): string {
  return wish.addresses.map(addressOf).join(', ');
}
