import { sh } from '../../../shell/sh.ts';

/**
 * Keeps everything that the change may touch: the files of `paths` whole, and how the network is. Paths, one per line, on standard
 * input. Ends with a sentence on standard error where something cannot be kept.
 */
export const SNAPSHOT = sh`
  give_up() { printf '%s\n' "$1" >&2; exit 1; }

  keep_path() {
    hw_path=$1
    if [ ! -e "$hw_path" ] && [ ! -L "$hw_path" ]; then printf 'absent %s\n' "$hw_path" >>files.list; return; fi
    [ -z "$(find "$hw_path" -name '*
*' 2>/dev/null)" ] || give_up "a file below $hw_path has a line break in its name"
    mkdir -p "files\${hw_path%/*}" && cp -a "$hw_path" "files\${hw_path%/*}/" ||
      give_up "$hw_path could not be copied"
    printf 'present %s\n' "$hw_path" >>files.list
    find "$hw_path" -type f -exec sha256sum {} + >>files.sum || give_up "$hw_path could not be read"
  }
  rm -rf files files.list files.sum
  mkdir files && : >files.list && : >files.sum || give_up 'the disk does not take the copies'
  while read -r path; do
    keep_path "$path"
    # What a link leads to would be changed through the link, the links inside of a directory too.
    [ -e "$path" ] || [ -L "$path" ] || continue
    find "$path" -type l >links.new
    while read -r link; do
      target=$(readlink -f "$link")
      case $target in /run/* | /proc/* | /sys/* | /dev/* | /usr/* | /lib/* | '') continue ;; esac
      [ ! -f "$target" ] && [ "$link" != "$path" ] || [ -e "files$target" ] || keep_path "$target"
    done <links.new
    rm -f links.new
  done
  sed 's,  /,  files/,' files.sum >files.copied
  [ ! -s files.copied ] || sha256sum -c files.copied >/dev/null 2>&1 ||
    give_up 'the copies are not equal to the files: the disk is full, or somebody is changing them'

  mkdir -p runtime
  for link in $(links); do
    at=/sys/class/net/$link
    kind=other
    [ ! -d "$at/bridge" ] || kind=bridge
    mac=$(word "$at/address")
    master=$(master_of "$link")
    printf '%s %s %s %s %s %s\n' "$link" "\${mac:--}" "$(word "$at/mtu")" "$(is_up "$link")" "\${master:--}" "$kind"
  done >runtime/links
  # name of the setting, its value
  for link in $(links); do
    at=/sys/class/net/$link
    for file in "$at"/bridge/* "$at"/brport/*; do
      [ -f "$file" ] && [ -w "$file" ] || continue
      case \${file##*/} in flush | *_timer | group_addr) continue ;; esac
      value=$(cat "$file" 2>/dev/null) || continue
      case $value in *'
'*) ;; *) printf '%s %s\n' "$file" "$value" ;; esac
    done
    for file in /proc/sys/net/ipv[46]/conf/"$link"/*; do
      case \${file##*/} in
        disable_ipv6 | accept_ra | autoconf | forwarding | rp_filter | proxy_arp | arp_ignore | arp_announce)
          printf '%s %s\n' "$file" "$(word "$file")" ;;
      esac
    done
  done >runtime/settings
  for file in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/bridge/bridge-nf-call-*; do
    [ -e "$file" ] && printf '%s %s\n' "$file" "$(word "$file")"
  done >>runtime/settings
  have bridge && bridge vlan show 2>/dev/null >runtime/vlans
  addresses >runtime/addresses || give_up 'the addresses could not be read with "ip"'
  ip -6 -o addr show scope link | sed 's/^[0-9]*: *\([^ ]*\) *inet6 \([^ ]*\).*/\1 \2/' >runtime/link-local
  routes >runtime/routes
  rules >runtime/rules
  if have nmcli; then nmcli -t -f UUID,DEVICE connection show --active >runtime/nmcli 2>/dev/null; fi
  # For people.
  ip -d link >runtime/ip-link 2>/dev/null
  cat /run/network/ifstate >runtime/ifstate 2>/dev/null
  if have firewall-cmd; then firewall-cmd --get-active-zones >runtime/firewalld 2>/dev/null; fi
  if have nft; then nft list ruleset >runtime/nft 2>/dev/null; fi
  for family in iptables ip6tables; do
    if have "$family-save"; then "$family-save" >"runtime/$family" 2>/dev/null; fi
  done
  flush
`.text;
