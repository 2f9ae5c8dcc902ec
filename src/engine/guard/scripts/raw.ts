import { sh } from '../../../shell/sh.ts';
import { IN_TRANSACTION } from './ground.ts';

/**
 * The second layer of a rollback: the network as the snapshot has it, made with nothing but `ip` and /sys, for when the host's own
 * tools do not bring it back. Touches only what differs.
 */
export const RAW = `${IN_TRANSACTION}
. "$dir/runtime.sh"
${
  sh`
  note 'replays addresses and routes from the snapshot'
  exec 2>>log
  drop_new_links
  while read -r link mac mtu was_up master kind; do
    [ "$kind" = bridge ] && ! is_link "$link" || continue
    note "makes the bridge $link again"
    ip link add "$link" type bridge || brctl addbr "$link"
    [ "$mac" = - ] || ip link set "$link" address "$mac"
    settings_back "/sys/class/net/$link/bridge/"
  done <runtime/links

  # name, MAC, MTU, up, master, kind
  while read -r link mac mtu was_up master kind; do
    is_link "$link" || continue
    at=/sys/class/net/$link
    own=$(master_of "$link")
    if [ "\${own:--}" != "$master" ]; then
      if [ "$master" = - ]; then ip link set "$link" nomaster; else is_link "$master" && ip link set "$link" master "$master"; fi
    fi
    [ "$mac" = - ] || [ "$(word "$at/address")" = "$mac" ] || {
      ip link set "$link" address "$mac" || { ip link set "$link" down; ip link set "$link" address "$mac"; }
    }
    [ "$(word "$at/mtu")" = "$mtu" ] || ip link set "$link" mtu "$mtu"
    [ "$was_up" = "$(is_up "$link")" ] || {
      # A guest's card goes up last, with its flags.
      if [ "$was_up" = 0 ]; then ip link set "$link" down; elif [ "$master" = - ] || [ ! -d "$at/brport" ]; then ip link set "$link" up; fi
    }
  done <runtime/links
  put_ports_back rollback
  for card in $(meta interfaces); do
    grep -q "^$card [^ ]* [^ ]* 1 " runtime/links && [ "$(is_up "$card")" = 0 ] && ip link set "$card" up
  done

  addresses >addresses.now
  while read -r link family address more; do
    was_link "$link" || continue
    grep -q "^$link $family $address " runtime/addresses || ip addr del "$address" dev "$link"
  done <addresses.now
  addresses >addresses.now
  while read -r link family address more; do
    is_link "$link" || continue
    grep -q "^$link $family $address " addresses.now && continue
    broadcast=; scope=; peer=; flags=
    set -- $more
    while [ $# -gt 0 ]; do
      case $1 in
        brd) broadcast=$2; shift ;;
        scope) scope=$2; shift ;;
        peer) peer=$2; shift ;;
        noprefixroute) flags=$1 ;;
      esac
      shift
    done
    ip addr add "$address" \${peer:+peer "$peer"} \${broadcast:+brd "$broadcast"} \${scope:+scope "$scope"} dev "$link" $flags
  done <runtime/addresses
  rm -f addresses.now

  routes >routes.now
  while read -r family route; do
    grep -q -F -x "$family $route" runtime/routes && continue
    case $route in *'proto kernel'* | *'proto ra'*) ;; *) ip "-$family" route del $route ;; esac
  done <routes.now
  # Twice: a gateway can be reached once the way to it is there.
  for round in 1 2; do
    routes >routes.now
    while read -r family route; do
      case $route in *'proto ra'*) continue ;; esac
      grep -q -F -x "$family $route" routes.now || ip "-$family" route replace $route
    done <runtime/routes
  done
  rm -f routes.now

  rules >rules.now
  while read -r family priority rule; do
    grep -q -F "$family $priority" rules.now || ip "-$family" rule add pref "\${priority%:}" $rule
  done <runtime/rules
  rm -f rules.now

  settings_back /proc/sys/
  settings_back /sys/class/net/
  exit 0
`.text
}`;
