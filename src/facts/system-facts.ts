import type { HostRead, ReadOutput } from '../core/read.ts';
import { sh } from '../shell/sh.ts';
import { clockFacts } from './clock.ts';
import { distributionFacts } from './distribution.ts';
import { hardwareFacts } from './hardware.ts';
import { networkFacts } from './network-facts.ts';
import { unexpectedOutput } from './problems.ts';
import { parseRecords } from './records.ts';
import { type FileLines, parseFileLines } from './system-files.ts';
import { accountFacts, kernelFacts, securityFacts, toolFacts } from './system-identity.ts';

/**
 * What is known of a host, under Ansible's names without `ansible_`. Interfaces have their own name as a key too (`facts.br0`, dashes as
 * underscores); a fact of the system is never hidden by one.
 */
export type SystemFacts = Readonly<Record<string, unknown>> &
  ReturnType<typeof distributionFacts> &
  ReturnType<typeof clockFacts> &
  ReturnType<typeof hardwareFacts> &
  ReturnType<typeof kernelFacts> &
  ReturnType<typeof networkFacts>['facts'] &
  ReturnType<typeof toolFacts>;

/**
 * Files are read by one grep, which puts each file's name before its lines; all else that costs a process is `ip`, `uname`, `id`, `date`
 * and `stat`. Nothing needs root, and nothing is missed where a tool is not there.
 */
const script = sh`
  LC_ALL=C; export LC_ALL
  PATH=$PATH:/usr/sbin:/sbin; export PATH
  printf 'files='
  grep -sH '' /etc/os-release /usr/lib/os-release /etc/debian_version /etc/redhat-release /etc/alpine-release \
    /etc/hosts /etc/resolv.conf /etc/machine-id /etc/selinux/config /run/systemd/container \
    /proc/meminfo /proc/uptime /proc/loadavg /proc/mounts /proc/cmdline /proc/1/comm \
    /proc/sys/kernel/ostype /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /proc/sys/kernel/version \
    /proc/sys/crypto/fips_enabled /sys/fs/selinux/enforce /sys/fs/selinux/policyvers \
    /sys/module/apparmor/parameters/enabled /sys/hypervisor/type \
    /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/product_version \
    /sys/class/dmi/id/bios_vendor /sys/class/dmi/id/bios_version /sys/class/dmi/id/bios_date \
    /sys/class/dmi/id/chassis_type /sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/operstate \
    /sys/class/net/*/type /sys/class/net/*/flags /sys/class/net/*/bridge/stp_state /sys/class/net/*/bridge/bridge_id
  grep -sHE '^(processor|vendor_id|model name|Processor|physical id|cpu cores|siblings)[[:space:]]*:' /proc/cpuinfo
  printf '\0'
  printf 'machine=%s\0' "$(uname -m)"
  printf 'date=%s\0' "$(date '+%Y|%m|%d|%H|%M|%S|%s|%Z|%z|%A|%w|%W')"
  identity=$(id)
  printf 'id=%s\0' "$identity"
  user=\${identity#*\(}; user=\${user%%\)*}
  while IFS= read -r line; do
    case $line in "$user:"*) printf 'account=%s\0' "$line";; esac
  done < /etc/passwd
  printf 'addresses=%s\0' "$(ip -o addr 2>/dev/null)"
  # Addresses far away: nothing is sent, the kernel only says which way it would go.
  printf 'route4=%s\0' "$(ip -4 route get 8.8.8.8 2>/dev/null)"
  printf 'route6=%s\0' "$(ip -6 route get 2001:4860:4860::8888 2>/dev/null)"
  printf 'ports='
  for link in /sys/class/net/*/brif/* /sys/class/net/*/bonding; do
    if [ -e "$link" ]; then printf '%s\n' "$link"; fi
  done
  printf '\0'
  printf 'tools='
  for tool in apt-get dnf5 dnf yum zypper apk pacman virsh; do
    if command -v "$tool" >/dev/null; then printf '%s ' "$tool"; fi
  done
  printf '\0'
  printf 'places='
  for place in /run/systemd/system /run/openrc /etc/init.d /.dockerenv /run/.containerenv /dev/kvm /proc/xen /proc/vz /proc/bc; do
    if [ -e "$place" ]; then printf '%s ' "$place"; fi
  done
  if grep -qs '^flags.* hypervisor' /proc/cpuinfo; then printf hypervisor; fi
  printf '\0'
  # Only of local disks: asking a network file system that does not answer would hang.
  set --
  while read -r device mount _; do
    case $device in /dev/*) case $mount in *\\*) ;; *) set -- "$@" "$mount";; esac;; esac
  done < /proc/mounts
  if [ $# -gt 0 ]; then printf 'sizes=%s\0' "$(stat -f -c '%n|%S|%b|%a|%c|%d' -- "$@" 2>/dev/null)"; fi
  name=; read -r name < /proc/sys/kernel/hostname
  case $name in
    *.*) ;;
    *) if ! grep -qsE "[[:space:]]$name([[:space:]]|$)" /etc/hosts && command -v timeout >/dev/null; then
         printf 'fqdn=%s\0' "$(timeout 2 hostname -f 2>/dev/null)"
       fi;;
  esac
  :
`;

/** The facts of a host, in one read. */
export function systemFacts(): HostRead<SystemFacts> {
  return { kind: 'host', name: 'facts', script, parse: parseSystemFacts };
}

function parseSystemFacts(output: ReadOutput): SystemFacts {
  const records = parseRecords(output.stdout);
  const text = (name: string) => records.text(name) ?? '';
  if (records.text('machine') === undefined) throw unexpectedOutput('the facts', output);
  const files: FileLines = parseFileLines(text('files'));
  const network = networkFacts(files, {
    addresses: text('addresses'),
    route4: text('route4'),
    route6: text('route6'),
    ports: text('ports'),
  });
  const words = (name: string) =>
    text(name)
      .split(' ')
      .filter((word) => word !== '');
  const places = words('places');
  return {
    ...network.devices,
    ...distributionFacts(files),
    ...kernelFacts(files, text('machine'), text('fqdn')),
    ...hardwareFacts(files, places, text('sizes')),
    ...network.facts,
    ...toolFacts(files, words('tools'), places),
    ...securityFacts(files),
    ...accountFacts(text('id'), text('account')),
    ...clockFacts(text('date')),
  };
}
