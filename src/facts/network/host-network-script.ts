import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';

export interface NetworkQuestions {
  /** IPv4 addresses that shall be free: where the host has not got them itself, the network is asked who has. */
  readonly free?: readonly string[];
  /** Where to ask that; default: the interface with the default route. */
  readonly through?: string | undefined;
  /** Guests' interfaces are asked of libvirt. */
  readonly guests?: boolean;
}

const PORT_FLAGS = [
  ...['isolated', 'hairpin_mode', 'learning', 'unicast_flood', 'multicast_flood', 'broadcast_flood'],
  ...['bpdu_guard', 'root_block', 'multicast_fast_leave', 'multicast_to_unicast', 'neigh_suppress'],
  ...['proxyarp', 'path_cost', 'priority', 'state'],
];

/** Prints groups of records, `what` first: link, text, file. */
export function hostNetworkScript({ free = [], through = '', guests = true }: NetworkQuestions): Script {
  return sh`
    LC_ALL=C; export LC_ALL
    # nmcli would print names of profiles with ? for what is not ASCII.
    CHARSET=UTF-8; export CHARSET
    PATH=$PATH:/usr/sbin:/sbin; export PATH
    field() { v=; [ ! -r "$2" ] || IFS= read -r v 2>/dev/null < "$2"; printf '%s=%s\0' "$1" "$v"; }
    text() { printf 'what=text\0name=%s\0text=' "$1"; shift; "$@" 2>/dev/null | tr -d '\0'; printf '\0end=\0'; }
    has() { command -v "$1" >/dev/null 2>&1; }
    ${LINKS}
    text link ip -d -o link show
    # Nothing that changes by itself is printed: what was read is compared with what a later read prints.
    text addresses sh -c 'ip -o addr show | sed "s/ *valid_lft .*//"'
    text routes4 ip -o -4 route show
    text routes6 sh -c 'ip -o -6 route show | sed "s/ expires [0-9a-z]*//"'
    text rules4 ip -4 rule show
    text rules6 ip -6 rule show
    text neighbours sh -c 'cat /sys/class/net/*/address | sort -u | while read -r m; do case $m in 00:00:00:00:00:00|"") ;; *) ip -4 neigh show | grep -F "lladdr $m";; esac; done'
    if has bridge; then text vlans bridge vlan show; fi
    if [ ! -d /sys/class/net ] && has brctl; then text brctl brctl show; fi
    ${FILES}
    ${OWNERS}
    ${SURROUNDINGS}
    ${guests ? GUESTS : raw(':')}
    ${free.length > 0 ? probe(free, through) : raw(':')}
    :
  `;
}

const LINKS = sh`
  for d in /sys/class/net/*; do
    [ -e "$d/ifindex" ] || continue
    printf 'what=link\0name=%s\0' "\${d##*/}"
    field index "$d/ifindex"; field type "$d/type"; field mac "$d/address"; field mtu "$d/mtu"
    field state "$d/operstate"; field flags "$d/flags"
    kind=
    if [ -d "$d/bridge" ]; then kind=bridge
    elif [ -d "$d/bonding" ]; then kind=bond
    elif [ -e "$d/tun_flags" ]; then kind=tun
    elif [ -d "$d/wireless" ] || [ -e "$d/phy80211" ]; then kind=wlan
    elif [ -e "/proc/net/vlan/\${d##*/}" ]; then kind=vlan
    fi
    printf 'kind=%s\0' "$kind"
    if [ -L "$d/master" ]; then m=$(readlink "$d/master"); printf 'master=%s\0' "\${m##*/}"
    elif [ -L "$d/brport/bridge" ]; then m=$(readlink "$d/brport/bridge"); printf 'master=%s\0' "\${m##*/}"
    fi
    uppers=
    for u in "$d"/upper_*; do [ ! -e "$u" ] || uppers="$uppers \${u##*/upper_}"; done
    printf 'uppers=%s\0' "$uppers"
    if [ "$kind" = bridge ]; then
      field bridge_id "$d/bridge/bridge_id"; field root_id "$d/bridge/root_id"; field stp "$d/bridge/stp_state"
      field forward_delay "$d/bridge/forward_delay"; field vlan_filtering "$d/bridge/vlan_filtering"
      ports=
      for p in "$d"/brif/*; do [ ! -e "$p" ] || ports="$ports \${p##*/}"; done
      printf 'ports=%s\0' "$ports"
    fi
    if [ -d "$d/brport" ]; then
      for f in ${PORT_FLAGS}; do [ ! -r "$d/brport/$f" ] || field "port_$f" "$d/brport/$f"; done
    fi
    printf 'end=\0'
  done
`;

/** Files of every backend; those that interfaces(5) sources are followed, four deep. */
const FILES = sh`
  seen=' '
  config() {
    [ -f "$1" ] && [ -r "$1" ] || return 0
    case $seen in *" $1 "*) return 0;; esac
    seen="$seen$1 "
    printf 'what=file\0path=%s\0' "$1"
    [ ! -L "$1" ] || printf 'link=1\0'
    printf 'text='; tr -d '\0' < "$1"; printf '\0end=\0'
  }
  interfaces() {
    config "$1"
    [ "$2" -gt 0 ] && [ -r "$1" ] || return 0
    while read -r word rest; do
      case $word in source|source-directory) ;; *) continue;; esac
      case $rest in /*) ;; *) rest=\${1%/*}/$rest;; esac
      for one in $rest; do
        if [ -d "$one" ]; then
          for inner in "$one"/*; do
            case \${inner##*/} in *[!A-Za-z0-9_-]*) ;; *) interfaces "$inner" $(($2 - 1));; esac
          done
        else interfaces "$one" $(($2 - 1)); fi
      done
    done < "$1"
  }
  interfaces /etc/network/interfaces 4
  for f in /etc/netplan/*.yaml /run/netplan/*.yaml /lib/netplan/*.yaml \
    /etc/systemd/network/*.network /etc/systemd/network/*.netdev /etc/systemd/network/*.d/*.conf \
    /run/systemd/network/*.network /run/systemd/network/*.netdev \
    /etc/sysconfig/network /etc/sysconfig/network-scripts/ifcfg-* /etc/sysconfig/network-scripts/route-* \
    /etc/sysconfig/network-scripts/route6-* /etc/sysconfig/network-scripts/rule-* /etc/sysconfig/network-scripts/rule6-* \
    /etc/cloud/cloud.cfg.d/*.cfg /etc/cloud/cloud-init.disabled /etc/resolv.conf; do
    config "$f"
  done
  # Their names hold no blanks, or they are not among those that are read.
  if has lsattr; then text attributes lsattr -d $seen; fi
`;

const OWNERS = sh`
  for n in nmcli ip bridge brctl ifup ifquery netplan networkctl arping busybox virsh firewall-cmd dhclient; do
    if has "$n"; then printf 'what=text\0name=tool %s\0text=\0end=\0' "$n"; fi
  done
  [ ! -e /usr/share/ifupdown2 ] || printf 'what=text\0name=tool ifupdown2\0text=\0end=\0'
  has nmcli && nm=$(nmcli -t -f RUNNING general 2>/dev/null) && [ "$nm" = running ] && {
    printf 'what=text\0name=active\0text=NetworkManager\0end=\0'
    text nm-version nmcli -t -f VERSION general
    text nm-devices nmcli -t -e yes -f DEVICE,STATE,CON-UUID,CONNECTION device status
    nmcli -t -f UUID,TYPE connection show 2>/dev/null | head -n 100 | while IFS=: read -r uuid type; do
      case $type in 802-3-ethernet|ethernet|bridge) text nm-profile sh -c 'nmcli -t -e no connection show "$1" | grep -E "^[a-z0-9-]+[.][a-z0-9-]+:" | grep -v "^connection.timestamp:"' sh "$uuid";; esac
    done
  }
  if [ -d /run/systemd/netif/links ]; then
    text networkd grep -E '^(ADMIN_STATE|NETWORK_FILE)=' /run/systemd/netif/links/* /dev/null
    text networkd-leases grep -H '^CLIENTID=' /run/systemd/netif/leases/* /dev/null
    text networkd-version networkctl --version
  fi
  for f in /run/network/ifstate /etc/network/run/ifstate; do [ ! -f "$f" ] || { text ifstate cat "$f"; break; }; done
  for f in /etc/rc.d/init.d/network /etc/init.d/network; do
    [ ! -x "$f" ] || printf 'what=text\0name=tool network-scripts\0text=\0end=\0'
  done
  if has netplan && has dpkg-query; then
    text netplan-version dpkg-query -W -f '\${Version}' netplan.io
  fi
`;

const SURROUNDINGS = sh`
  text release cat /etc/os-release
  text old-release cat /etc/redhat-release
  text machine-id cat /etc/machine-id
  controller=\${SSH_CONNECTION%% *}
  pid=$$
  # sudo takes SSH_CONNECTION away from us, but not from itself.
  while [ -z "$controller" ] && [ "$pid" -gt 1 ] && [ -r "/proc/$pid/environ" ]; do
    controller=$(tr '\0' '\n' 2>/dev/null < "/proc/$pid/environ" | sed -n 's/^SSH_CONNECTION=\([^ ]*\) .*/\1/p')
    pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null); pid=\${pid:-1}
  done
  printf 'what=text\0name=controller\0text=%s\0end=\0' "$controller"
  case $controller in ?*) text controller-route ip -o route get "$controller";; esac
  if has firewall-cmd; then text zones firewall-cmd --get-active-zones; fi
  if has iptables-save; then text filter-rules sh -c 'iptables-save | grep -E -e "-[io] |^:FORWARD" | sed "s/ \[[0-9:]*\]$//" | head -n 400'; fi
  text bridge-netfilter cat /proc/sys/net/bridge/bridge-nf-call-iptables
  text root-filesystem sh -c 'while read -r a b c d; do [ "$b" != / ] || echo "$c"; done < /proc/mounts'
  # The shell's own test asks the kernel, which knows of read-only file systems; nothing is written.
  for d in /etc /var/lib; do [ -w "$d" ] || printf 'what=text\0name=not-writable\0text=%s\0end=\0' "$d"; done
  # What is enough is told as just enough.
  text free sh -c 'df -Pk /var/lib | tail -n 1 | { read -r a b c d e; [ "$d" -le 2048 ] 2>/dev/null || d=2048; echo "$a $b $c $d"; }'
`;

const GUESTS = sh`
  if has virsh && [ -S /run/libvirt/libvirt-sock -o -S /var/run/libvirt/libvirt-sock -o -S /run/libvirt/virtqemud-sock ]; then
    virsh -q list --name 2>/dev/null | head -n 500 | while IFS= read -r domain; do
      [ -n "$domain" ] || continue
      printf 'what=text\0name=guest\0domain=%s\0text=' "$domain"
      virsh -q domiflist "$domain" 2>/dev/null < /dev/null; printf '\0end=\0'
    done
    virsh -q net-list --name 2>/dev/null | while IFS= read -r network; do
      [ -n "$network" ] || continue
      printf 'what=text\0name=guest-network\0network=%s\0text=' "$network"
      virsh -q net-info "$network" 2>/dev/null < /dev/null; printf '\0end=\0'
    done
  fi
`;

/** Asks by ARP; where there is no arping, one ping makes the kernel ask, and its neighbour table tells. */
function probe(addresses: readonly string[], through: string): Script {
  return sh`
    link=${through}
    [ -n "$link" ] && [ -e "/sys/class/net/$link" ] || link=$(ip -o -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
    for a in ${addresses}; do
      case $(ip -o -4 addr show) in *"inet $a/"*) continue;; esac
      answer=
      if [ -n "$link" ] && has arping; then
        answer=$(arping -D -c 2 -w 2 -I "$link" "$a" 2>/dev/null | sed -n 's/.*\[\([0-9A-Fa-f:]\{17\}\)\].*/\1/p' | head -n 1)
      elif [ -n "$link" ]; then
        ping -c 1 -W 1 "$a" >/dev/null 2>&1
        answer=$(ip -4 neigh show "$a" dev "$link" 2>/dev/null | sed -n 's/.*lladdr \([0-9A-Fa-f:]\{17\}\) [RSDP].*/\1/p' | head -n 1)
      fi
      printf 'what=text\0name=probe\0address=%s\0text=%s\0end=\0' "$a" "$answer"
    done
  `;
}
