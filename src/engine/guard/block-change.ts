import type { GuardedChange } from '../../core/guard.ts';
import { raw, sh } from '../../shell/sh.ts';
import { IN_TRANSACTION } from './scripts/ground.ts';

/** Everything that says how a host is reached: whoever configures its network, its names, its firewall, its login. */
const PATHS = [
  '/etc/network',
  '/etc/netplan',
  '/etc/systemd/network',
  '/etc/systemd/networkd.conf',
  '/etc/systemd/resolved.conf',
  '/etc/NetworkManager',
  '/etc/sysconfig/network',
  '/etc/sysconfig/network-scripts',
  '/etc/sysconfig/iptables',
  '/etc/sysconfig/ip6tables',
  '/etc/sysconfig/nftables.conf',
  '/etc/resolv.conf',
  '/etc/hosts',
  '/etc/hosts.allow',
  '/etc/hosts.deny',
  '/etc/dhcp',
  '/etc/dhcpcd.conf',
  '/etc/sysctl.conf',
  '/etc/sysctl.d',
  '/etc/nftables.conf',
  '/etc/nftables.d',
  '/etc/iptables',
  '/etc/firewalld',
  '/etc/ufw',
  '/etc/cloud/cloud.cfg.d',
  '/etc/ssh',
];

/**
 * A change that tasks make over the session: nobody knows beforehand what it will be, so all of the network's configuration is kept, and
 * whoever manages the network is told to read it again when it is back. The cards are those that have addresses when it is armed.
 */
export const BLOCK_CHANGE: GuardedChange = {
  backend: 'block',
  interfaces: [],
  newInterfaces: [],
  paths: PATHS,
  apply: { text: ':' },
  tearDown: { text: ':' },
  restore: sh`
    ${raw(IN_TRANSACTION.replace('$1', '.'))}
    . "$dir/runtime.sh"
    runs() { systemd && systemctl is-active --quiet "$1"; }
    if have sshd && sshd -t 2>/dev/null; then
      for unit in ssh.service sshd.service; do runs "$unit" && systemctl reload "$unit"; done
    fi
    if runs firewalld.service; then firewall-cmd --reload >/dev/null; fi
    as_before && exit 0
    if [ -d /etc/netplan ] && have netplan; then netplan generate; fi
    if runs systemd-networkd.service; then
      drop_new_links
      networkctl reload || systemctl restart systemd-networkd.service
      for card in $(meta interfaces); do networkctl reconfigure "$card"; done
    fi
    if runs NetworkManager.service; then
      nmcli connection reload
      while IFS=: read -r uuid card; do
        # Cards of guests, and the loopback, are not NetworkManager's to bring up: it only watches them.
        case $card in '' | lo) continue ;; esac
        [ -e "/sys/class/net/$card/tun_flags" ] || limited 20 nmcli connection up uuid "$uuid" ifname "$card"
      done <runtime/nmcli
    fi
    exit 0
  `,
  restoreAtBoot: sh`
    if [ -d /etc/netplan ] && command -v netplan >/dev/null 2>&1; then rm -rf /run/systemd/network; netplan generate; fi
    exit 0
  `,
  applySeconds: 0,
  forwardingSeconds: 0,
};
