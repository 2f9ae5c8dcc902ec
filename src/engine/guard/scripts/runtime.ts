import { sh } from '../../../shell/sh.ts';

/** Functions that compare the network with the snapshot and put it back with nothing but \`ip\`, \`bridge\` and /sys. */
export const RESTORE_RUNTIME = sh`
  # Links that the change made. Taps of guests that were started meanwhile are not among them.
  new_links() {
    for hw_name in $(meta new_interfaces); do is_link "$hw_name" && ! was_link "$hw_name" && printf '%s\n' "$hw_name"; done
    [ "$(meta backend)" = block ] || return 0
    for hw_name in $(links); do
      was_link "$hw_name" && continue
      case $(sed -n 's/^DEVTYPE=//p' "/sys/class/net/$hw_name/uevent") in bridge | bond | vlan) printf '%s\n' "$hw_name" ;; esac
    done
  }
  was_link() { grep -q "^$1 " runtime/links; }

  # Guests that were started on a link which goes now.
  name_guests() {
    for hw_new in $(new_links | sort -u); do
      for hw_port in /sys/class/net/"$hw_new"/brif/*; do
        [ -e "$hw_port" ] || continue
        hw_port=\${hw_port##*/}
        was_link "$hw_port" || grep -q " $hw_port was added to " log ||
          note "$hw_port was added to $hw_new meanwhile and loses its link"
      done
    done
  } 2>>log

  drop_new_links() {
    name_guests
    for hw_new in $(new_links | sort -u); do
      for hw_port in /sys/class/net/"$hw_new"/brif/*; do
        [ -e "$hw_port" ] || continue
        ip link set "\${hw_port##*/}" nomaster
      done
      note "removes the link $hw_new"
      ip link set "$hw_new" down
      ip link del "$hw_new"
    done
  } 2>>log

  # Puts a port that lost its bridge back, flags and VLANs first, so that it never forwards without them.
  put_ports_back() {
    while read -r hw_link hw_mac hw_mtu hw_was_up hw_bridge hw_kind; do
      [ "$hw_bridge" != - ] || continue
      is_link "$hw_link" && [ -d "/sys/class/net/$hw_bridge/bridge" ] || continue
      # Where the change itself takes a card, only a rollback gives it back.
      case "$1 $(meta interfaces) " in after-apply*" $hw_link "*) continue ;; esac
      hw_now=$(master_of "$hw_link")
      [ -z "$hw_now" ] || [ "$hw_now" = "$hw_bridge" ] || [ "$1" = rollback ] || continue
      if [ "$hw_now" != "$hw_bridge" ]; then
        note "puts $hw_link back on $hw_bridge"
        ip link set "$hw_link" down
        ip link set "$hw_link" master "$hw_bridge" || { note "$hw_link could not be put back on $hw_bridge"; continue; }
      fi
      settings_back "/sys/class/net/$hw_link/brport/"
      vlans_back "$hw_link"
      [ "$hw_was_up" = 0 ] || [ "$(is_up "$hw_link")" = 1 ] || ip link set "$hw_link" up
    done <runtime/links
  } 2>>log

  # Writes kept settings below a path that are different now.
  settings_back() {
    grep "^$1" runtime/settings | while read -r hw_file hw_value; do
      [ -e "$hw_file" ] || continue
      [ "$(cat "$hw_file" 2>/dev/null)" = "$hw_value" ] || printf '%s\n' "$hw_value" >"$hw_file"
    done
  } 2>>log

  # The VLANs of a port in one line each: number, then its flags.
  port_vlans() {
    awk -v port="$1" '
      /^[^ \t]/ { mine = ($1 == port); $1 = "" }
      mine && /[0-9]/ { line = tolower($0); gsub(/egress/, "", line); gsub(/^[ \t]+|[ \t]+$/, "", line); gsub(/[ \t]+/, " ", line); print line }'
  }
  vlans_back() {
    [ -s runtime/vlans ] && have bridge && have awk || return 0
    bridge vlan show dev "$1" 2>/dev/null | port_vlans "$1" | sort >vlans.now
    port_vlans "$1" <runtime/vlans | sort >vlans.was
    if ! cmp -s vlans.now vlans.was; then
      while read -r hw_vlan hw_flags; do bridge vlan del dev "$1" vid "$hw_vlan"; done <vlans.now
      while read -r hw_vlan hw_flags; do bridge vlan add dev "$1" vid "$hw_vlan" $hw_flags; done <vlans.was
    fi
    rm -f vlans.now vlans.was
  } 2>>log

  # Tools that take a configuration back leave what it said of the card itself.
  cards_back() {
    for hw_name in $(meta interfaces); do
      hw_at=/sys/class/net/$hw_name
      hw_line=$(grep "^$hw_name " runtime/links) && [ -d "$hw_at" ] || continue
      set -- $hw_line
      [ "$2" = - ] || [ "$(word "$hw_at/address")" = "$2" ] || ip link set "$hw_name" address "$2"
      [ "$(word "$hw_at/mtu")" = "$3" ] || ip link set "$hw_name" mtu "$3"
    done
  } 2>>log

  # The address that every card makes for itself when it comes up, and does not make again after it was flushed.
  link_local_back() {
    [ -s runtime/link-local ] || return 0
    while read -r hw_link hw_address; do
      is_link "$hw_link" || continue
      ip -6 -o addr show dev "$hw_link" scope link | grep -q -F " $hw_address " || ip -6 addr add "$hw_address" dev "$hw_link"
    done <runtime/link-local
  } 2>>log

  # Tells the neighbours where the addresses are now; a stale entry elsewhere keeps us unreachable for minutes.
  announce() {
    for hw_at in $(addresses | awk '$2 == "inet" && $1 != "lo" { print $1 "=" $3 }'); do
      hw_dev=\${hw_at%%=*}; hw_ip=\${hw_at#*=}; hw_ip=\${hw_ip%/*}
      [ "$(word "/sys/class/net/$hw_dev/carrier")" = 1 ] || continue
      # Guests' networks were not touched.
      case " $(meta interfaces) $(meta new_interfaces) " in *" $hw_dev "*) ;; *) continue ;; esac
      if have arping; then (limited 4 arping -U -c 3 -I "$hw_dev" "$hw_ip" >/dev/null 2>&1 &); fi
      for hw_peer in $(meta controller) $(gateways); do
        case $hw_peer in *:*) hw_ping='ping -6' ;; *) hw_ping=ping ;; esac
        # Whoever is asked for its own address learns ours.
        (limited 4 $hw_ping -c 2 -W 1 -I "$hw_dev" "$hw_peer" >/dev/null 2>&1 &)
      done
    done
  }
  gateways() { ip route show default 2>/dev/null | sed -n 's/.* via \([^ ]*\).*/\1/p'; }

  # 0 where the cards have their addresses and routes again.
  as_before() {
    [ -z "$(new_links)" ] || return 1
    addresses >addresses.now
    hw_good=0
    for hw_name in $(meta interfaces); do
      was_link "$hw_name" || continue
      is_link "$hw_name" || { hw_good=1; continue; }
      grep "^$hw_name inet" runtime/addresses >addresses.was
      # A lease may be another one; an address there must be.
      while read -r hw_dev hw_family hw_ip hw_more; do
        grep -q "^$hw_dev $hw_family $hw_ip " addresses.now || hw_good=1
      done <addresses.was
      hw_line=$(grep "^$hw_name " runtime/links)
      set -- $hw_line
      [ "$(master_of "$hw_name")" = "$(printf '%s' "$5" | sed 's/^-$//')" ] || hw_good=1
    done
    rm -f addresses.now addresses.was
    routes >routes.now
    while read -r hw_line; do
      case $hw_line in *' default '*) grep -q -F -x "$(plain_route "$hw_line")" routes.now || plain_routes_have "$hw_line" || hw_good=1 ;; esac
    done <<END
$(sed 's/^/ /' runtime/routes | grep ' default ' | grep -v 'proto ra')
END
    rm -f routes.now
    return "$hw_good"
  }
  plain_route() { printf '%s' "$1" | sed 's/^ *//'; }
  # The same way out, whatever metric and protocol it has now.
  plain_routes_have() {
    hw_way=$(printf '%s\n' "$1" | sed -n 's/^ *\([46] default\( via [^ ]*\)\{0,1\} dev [^ ]*\).*/\1/p')
    [ -n "$hw_way" ] && grep -q -F "$hw_way" routes.now
  }
`.text;
