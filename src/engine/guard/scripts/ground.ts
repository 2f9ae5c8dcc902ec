import { sh } from '../../../shell/sh.ts';

/** Where transactions live on a host: on a disk that is there at boot, for root alone. */
export const NET = '/var/lib/hostwright/net';

/** Unit that takes an unconfirmed change back at boot; there while a transaction is pending. */
export const BOOT_UNIT = '/etc/systemd/system/hostwright-guard-boot.service';
export const BOOT_LINK = '/etc/systemd/system/sysinit.target.wants/hostwright-guard-boot.service';

/**
 * What all scripts of a transaction share; each sources it with `$dir`, the transaction's directory, set. Times are seconds since boot:
 * nobody can step that clock. A state is one file, and its change a rename, which only one of two can win.
 */
export const COMMON = sh`
  PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; export PATH
  LC_ALL=C; export LC_ALL
  umask 077
  unset CDPATH
  dir=$(cd "$dir" && pwd -P) && cd "$dir" || exit 1
  net=\${dir%/*}
  tx=\${dir##*/}

  have() { command -v "$1" >/dev/null 2>&1; }
  now() { read -r up up_idle </proc/uptime; up=\${up%.*}; }
  note() { now; printf '%s %s\n' "$up" "$*" >>log; } 2>/dev/null
  meta() { sed -n "s/^$1=//p" meta; }
  # The first word of a file, or nothing.
  word() { hw_word=; [ -r "$1" ] && read -r hw_word <"$1" 2>/dev/null; printf '%s' "$hw_word"; }
  flush() { sync -f "$dir" 2>/dev/null || sync; }
  # A file with this text, there whole or not at all.
  put() { printf '%s\n' "$2" >"$1.new" && mv -f "$1.new" "$1"; }
  journal() { if have logger; then logger -t hostwright -- "$tx: $*"; fi; } 2>/dev/null
  systemd() { [ -d /run/systemd/system ] && have systemctl; }

  # Runs a command for so many seconds at most.
  limited() {
    hw_seconds=$1; shift
    if timeout -s KILL 5 true >/dev/null 2>&1; then timeout -s KILL "$hw_seconds" "$@" </dev/null; return; fi
    "$@" </dev/null &
    hw_child=$!
    while [ "$hw_seconds" -gt 0 ] && kill -0 "$hw_child" 2>/dev/null; do sleep 1; hw_seconds=$((hw_seconds - 1)); done
    kill -KILL "$hw_child" 2>/dev/null
    wait "$hw_child"
  }

  # Links of a kernel are directories; bonding_masters is not.
  links() { for hw_link in /sys/class/net/*; do [ -d "$hw_link" ] && printf '%s\n' "\${hw_link##*/}"; done; }
  is_link() { [ -d "/sys/class/net/$1" ]; }
  master_of() { hw_master=$(readlink "/sys/class/net/$1/master" 2>/dev/null) && printf '%s' "\${hw_master##*/}"; }
  # 1 where it is up, else 0.
  is_up() { hw_flags=0; read -r hw_flags <"/sys/class/net/$1/flags"; printf '%s' "$((hw_flags & 1))"; } 2>/dev/null

  # One line per address: link, family, address, and what it was added with. What changes by itself is left out.
  addresses() {
    ip -o addr show | sed -e 's/^[0-9]*: *//' -e 's/\\.*//' -e 's/ *valid_lft.*//' \
      -e 's/ \(dynamic\|tentative\|deprecated\|dadfailed\|secondary\|stable-privacy\|mngtmpaddr\)\>//g' \
      -e 's/  */ /g' -e 's/ *$//' | grep -v -e ' temporary' -e ' fe80::' | sort
  }
  # One line per route that somebody made: family first. The kernel makes the others itself.
  routes() {
    for hw_family in 4 6; do
      ip -o "-$hw_family" route show table all 2>/dev/null |
        grep -v -e '^local ' -e '^broadcast ' -e '^multicast ' -e '^anycast ' -e '^unreachable .* dev lo ' -e '^fe80::' -e '^ff00::' |
        sed -e 's/ \(linkdown\|dead\|offload\|rt_offload\|pref medium\)\>//g' -e 's/ expires [0-9]*sec//' \
          -e 's/ error -[0-9]*//' -e 's/  */ /g' -e 's/ *$//' -e "s/^/$hw_family /"
    done | sort
  }
  rules() { for hw_family in 4 6; do ip "-$hw_family" rule show 2>/dev/null | sed "s/^/$hw_family /"; done; }
`.text;

/** First line of a script that runs in a transaction's directory. */
export const IN_TRANSACTION = 'dir=$1; . "$dir/ground.sh"';
