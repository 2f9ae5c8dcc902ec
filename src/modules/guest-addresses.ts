import type { Script } from '../core/script.ts';
import { sh } from '../shell/sh.ts';

/**
 * Functions of sh: `cards_of DOMAIN` prints `TAP MAC BRIDGE` of each card of a running guest; `addresses_of DOMAIN` prints
 * `TAP MAC BRIDGE ADDRESS` for each IPv4 address that is known. Needs `call`, a quiet virsh.
 */
export const guestAddresses: Script = sh`
  cards_of() {
    call domiflist "$1" 2>/dev/null | while read -r tap _ _ _ mac; do
      case $mac in *:*:*:*:*:*) ;; *) continue;; esac
      master=$(readlink "/sys/class/net/$tap/master") || continue
      printf '%s %s %s\n' "$tap" "$mac" "\${master##*/}"
    done
  }
  # What the host has learned on that very bridge; a guest that was moved is still remembered on its old one.
  neighbours_of() {
    ip -4 neigh show dev "$2" 2>/dev/null | while read -r address rest; do
      case " $rest " in *" FAILED "*|*" INCOMPLETE "*) ;; *" $1 "*) printf '%s\n' "$address";; esac
    done
  }
  addresses_of() {
    { call domifaddr "$1" --source lease; call domifaddr "$1" --source agent; } 2>/dev/null > "$work/known"
    cards_of "$1" | while read -r tap mac bridge; do
      {
        while read -r _ known _ address _; do
          if [ "$known" = "$mac" ]; then printf '%s\n' "\${address%%/*}"; fi
        done < "$work/known"
        neighbours_of "$mac" "$bridge"
      } | grep -E '^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$' | awk '!seen[$0]++' | while read -r address; do
        printf '%s %s %s %s\n' "$tap" "$mac" "$bridge" "$address"
      done
    done
  }`;
