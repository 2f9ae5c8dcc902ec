import type { Host } from '../lab/lab.ts';

/**
 * The whole state of a host's network, as text that is the same where the state is: files with their owners and modes, links, addresses,
 * routes, rules, ports with their flags and VLANs. What changes by itself (counters, lifetimes, indexes) is left out.
 */
const STATE = `
export LC_ALL=C
for path in /etc/network /etc/netplan /etc/systemd/network /etc/NetworkManager /etc/sysconfig /etc/resolv.conf /etc/cloud; do
  [ -e "$path" ] || continue
  find "$path" | sort | while read -r entry; do
    stat -c '%n %F %a %u %g' "$entry"
    [ -f "$entry" ] && echo "$entry $(sha256sum <"$entry" | cut -c1-16)"
  done
done
for link in /sys/class/net/*; do
  [ -d "$link" ] || continue
  master=$(readlink "$link/master"); read -r flags <"$link/flags"
  echo "link \${link##*/} $(cat "$link/address") $(cat "$link/mtu") up=$((flags & 1)) master=\${master##*/}"
  for file in "$link"/bridge/stp_state "$link"/bridge/forward_delay "$link"/bridge/vlan_filtering "$link"/brport/isolated \
    "$link"/brport/hairpin_mode "$link"/brport/learning "$link"/brport/unicast_flood "$link"/brport/path_cost; do
    [ -f "$file" ] && echo "$file $(cat "$file")"
  done
done
ip -o addr | sed -e 's/^[0-9]*: //' -e 's/ tentative//' -e 's/ noprefixroute//' -e 's/ dynamic//' -e 's/\\\\.*//' -e 's/  */ /g' -e 's/ *$//' | sort
ip -4 route show table all | sed -e 's/ linkdown//' -e 's/  */ /g' -e 's/ *$//' | grep -v -e ^local -e ^broadcast | sort
ip -6 route show table all | grep -v -e ^local -e ^multicast -e ^anycast | sed -e 's/ expires [0-9]*sec//' -e 's/ linkdown//' -e 's/  */ /g' -e 's/ *$//' | sort
ip rule
bridge vlan show
for card in /proc/sys/net/ipv6/conf/eth0; do echo "$(cat $card/disable_ipv6) $(cat $card/accept_ra)"; done
true`;

export async function stateOf(host: Host): Promise<string> {
  return (await host.inside(STATE)).stdout;
}

/** Locks, units, temporary files and links that the guard should not have left. */
const RESIDUE = `
ls -A /var/lib/hostwright/net 2>/dev/null | grep -v -e '^last$' -e '^2'
find /etc /run/systemd /run/network ( -name 'hostwright-guard*' -o -name 'hostwright-apply*' -o -name '.hostwright*' ) 2>/dev/null
systemctl list-units --all --no-legend --plain 'hostwright*' | grep -v -w inactive
ps -e -o args | grep -e '[w]atchdog.sh' -e '[r]ollback.sh'
true`;

export async function residueOf(host: Host): Promise<readonly string[]> {
  return (await host.inside(RESIDUE)).stdout.split('\n').filter((line) => line !== '');
}

/** Lines that differ between two states, for people. */
export function differenceOf(before: string, after: string): readonly string[] {
  const [was, is] = [before.split('\n'), after.split('\n')];
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `- ${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
  ];
}
