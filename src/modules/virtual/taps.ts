import type { Script } from '../../core/script.ts';
import { sh } from '../../shell/sh.ts';

/**
 * Shell functions for taps of guests (vnetN), for when their bridge goes and comes back. A tap without a bridge is a guest without network, and
 * one that comes back without its flags is a guest that is no longer isolated.
 */
export const TAPS: Script = sh`
  # keep_taps BRIDGE: remembers the ports of a bridge with their flags in $taps.
  keep_taps() {
    taps=
    for port in "/sys/class/net/$1/brif"/*; do
      [ -e "$port" ] || continue
      case $port in *-nic) continue;; esac
      taps="$taps\${port##*/}"
      for flag in isolated hairpin_mode learning unicast_flood multicast_flood broadcast_flood bpdu_guard root_block multicast_fast_leave neigh_suppress path_cost priority; do
        if [ -r "$port/$flag" ]; then taps="$taps $flag=$(cat "$port/$flag")"; fi
      done
      taps="$taps
  "
    done
  }
  # put_tap BRIDGE TAP [FLAG=VALUE ...]: a tap that is isolated forwards nothing until it is so again.
  put_tap() {
    bridge=$1; tap=$2; shift 2
    [ -e "/sys/class/net/$tap" ] || return 0
    case " $* " in *' isolated=1 '*) ip link set dev "$tap" down;; esac
    master=$(readlink "/sys/class/net/$tap/master" 2>/dev/null)
    if [ "\${master##*/}" != "$bridge" ]; then
      ip link set dev "$tap" master "$bridge" || return 1
    fi
    for flag in "$@"; do
      file=/sys/class/net/$tap/brport/\${flag%%=*}
      if [ -e "$file" ] && [ "$(cat "$file")" != "\${flag#*=}" ]; then echo "\${flag#*=}" > "$file"; fi
    done
    ip link set dev "$tap" up
  }
  # put_taps BRIDGE: puts back what keep_taps remembered.
  put_taps() {
    printf '%s' "$taps" | {
      failed=0
      while read -r tap flags; do
        [ -z "$tap" ] || put_tap "$1" "$tap" $flags || failed=1
      done
      exit "$failed"
    }
  }
`;
