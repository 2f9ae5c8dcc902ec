import type { Script } from '../core/script.ts';
import { sh } from '../shell/sh.ts';
import type { PracticeUser } from './place.ts';

/** What the keeper of a namespace builds. */
export interface KeeperPlan {
  readonly hostname: string;
  readonly users: readonly PracticeUser[];
  /** Text of the `sudo` stand-in; undefined: none. */
  readonly sudo: string | undefined;
  /** Where the set-user-id copy of `setpriv` goes; undefined where users have no ids of their own. */
  readonly switcher: string | undefined;
}

/** The machine's programs: seen read-only. A link (`/bin` on most systems) is copied as a link. */
const programs =
  '/usr /bin /sbin /lib /lib32 /lib64 /libx32 /libexec /nix /gnu /var/lib/dpkg /var/lib/rpm'.split(' ');

/** What is taken over from the machine's /etc: what programs need, and what people like to practise on. No keys, no accounts. */
const settings = [
  'alternatives apt bash.bashrc ca-certificates.conf crypto-policies debian_version default dpkg environment ethertypes inputrc',
  'issue issue.net ld.so.cache ld.so.conf ld.so.conf.d locale.alias locale.conf localtime login.defs logrotate.conf logrotate.d',
  'lsb-release modprobe.d modules modules-load.d nsswitch.conf os-release pki profile profile.d protocols redhat-release rpc rpm',
  'services shells skel sysctl.conf sysctl.d system-release systemd terminfo timezone vim yum.conf yum.repos.d',
].flatMap((line) => line.split(' '));

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'net/tun'];

/** The office network of every practice host: addresses for documentation (RFC 5737), in a network of its own. */
export const practiceNetwork = {
  address: '198.51.100.10/24',
  gateway: '198.51.100.1',
  mac: '52:54:00:33:64:0a',
};

/**
 * The first process of a practice host's namespaces. It builds a root file system in memory, makes it the only one, puts a network card
 * in, says `ready PID NETWORK SYSFS` (PID as seen from outside), and then waits: when its input ends, it ends, and with it, by the
 * kernel's hand, every process, mount and interface of the host.
 */
export function keeperScript(plan: KeeperPlan): Script {
  // One function, so that the shell has read all of it before anything else may read from the same input.
  return sh`
    keeper() {
      set -eu
      # /proc is still the one from outside, so it tells the process id as seen from there.
      read -r outside _ </proc/self/stat
      exec 3<&0
      hostname ${plan.hostname} 2>/dev/null || :

      mount -t tmpfs -o mode=0755,size=4g practice /tmp
      cd /tmp
      mkdir -p dev/net dev/pts dev/shm etc home media mnt opt proc root run/lock srv sys tmp \
        var/cache var/lib/misc var/local var/log var/mail var/opt var/spool/cron var/tmp
      chmod 0700 root
      chmod 1777 tmp dev/shm run/lock var/tmp
      ln -s ../run var/run
      ln -s ../run/lock var/lock

      for directory in ${programs}; do
        inside=/tmp$directory
        if [ -L "$directory" ]; then cp -P "$directory" "$inside"
        elif [ -d "$directory" ]; then
          mkdir -p "$inside"
          mount --rbind "$directory" "$inside"
          while read -r _ _ _ _ place options _; do
            case $place in
              "$inside" | "$inside"/*) mount -o "remount,bind,$options,ro" "$place" ;;
            esac
          done </proc/self/mountinfo
        fi
      done
      if [ -d usr/local ]; then
        mount -t tmpfs -o mode=0755,size=1g practice usr/local
        mkdir usr/local/bin usr/local/etc usr/local/lib usr/local/libexec usr/local/sbin usr/local/share
      fi

      for name in ${settings}; do
        [ ! -e "/etc/$name" ] || cp -RP "/etc/$name" "etc/$name" 2>/dev/null || :
      done
      ln -sf ../proc/self/mounts etc/mtab
      ${accounts(plan)}

      for device in ${devices}; do
        [ -e "/dev/$device" ] || continue
        : >"dev/$device"
        mount --bind "/dev/$device" "dev/$device"
      done
      ln -s /proc/self/fd dev/fd
      ln -s /proc/self/fd/0 dev/stdin
      ln -s /proc/self/fd/1 dev/stdout
      ln -s /proc/self/fd/2 dev/stderr
      mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts 2>/dev/null && ln -s pts/ptmx dev/ptmx || :
      mount -t proc proc proc
      if mount -t sysfs sysfs sys 2>/dev/null; then sysfs=yes; else sysfs=no; fi

      mkdir .outside
      pivot_root . .outside
      umount -l /.outside
      rmdir /.outside
      cd /

      # The far end of eth0 lives in one more network namespace and plays the office network; its process also watches for the end.
      mkfifo /run/network
      ( unshare --net /bin/sh -c ${officeScript().text} || echo no >/run/network; exec cat <&3 >/dev/null ) &
      watch=$!
      read -r network </run/network
      rm /run/network
      echo "ready $outside $network $sysfs"
      exec >/dev/null 2>&1
      # dash, bash and busybox reap every orphan while they wait for this one.
      wait $watch
    }
    keeper`;
}

/** Builds eth0 from its far side: a veth pair, one end of which goes to the practice host (process 1). */
function officeScript(): Script {
  const { address, gateway, mac } = practiceNetwork;
  return sh`
    office() {
      ip link set lo up &&
      ip link add lan0 type veth peer name eth0 netns 1 &&
      ip address add ${`${gateway}/24`} dev lan0 &&
      nsenter --net=/proc/1/ns/net /bin/sh -c ${
        sh`
          set -e
          ip link set lo up
          ip link set eth0 address ${mac}
          ip address add ${address} dev eth0
          ip link set eth0 up
          ip route add default via ${gateway}
          ip link add hwprobe0 type bridge
          ip link delete hwprobe0`.text
      } &&
      ip link set lan0 up
    }
    if office >/dev/null 2>&1; then echo yes >/run/network; else echo no >/run/network; fi
    exec cat <&3 >/dev/null`;
}

/** Users, groups, names and `sudo`, below the current directory. */
function accounts(plan: KeeperPlan): Script {
  const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
  const passwd = plan.users.map(
    (user) => `${user.name}:x:${user.uid}:${user.uid}:${user.name}:${user.home}:/bin/sh`,
  );
  const groups = plan.users.map((user) => `${user.name}:x:${user.uid}:`);
  const hosts = ['127.0.0.1 localhost', '::1 localhost', `127.0.1.1 ${plan.hostname}`];
  const homes = plan.users.filter((user) => user.uid !== 0);
  const owners = homes.map(
    (user) =>
      sh`mkdir -p ${`.${user.home}`}; chown ${user.uid}:${user.uid} ${`.${user.home}`} 2>/dev/null || :`.text,
  );
  const sudo = plan.sudo
    ? sh`printf '%s\n' ${plan.sudo} >usr/local/bin/sudo; chmod 0755 usr/local/bin/sudo`
    : sh`:`;
  const switcher = plan.switcher
    ? sh`cp "$(command -v setpriv)" ${`.${plan.switcher}`}; chmod 4755 ${`.${plan.switcher}`}`
    : sh`:`;
  return sh`
    printf '%s\n' ${[...passwd, nobody]} >etc/passwd
    printf '%s\n' ${[...groups, 'adm:x:4:', 'users:x:100:', 'nogroup:x:65534:']} >etc/group
    printf '%s\n' ${hosts} >etc/hosts
    printf '%s\n' ${plan.hostname} >etc/hostname
    ${{ text: owners.join('\n') || ':' }}
    ${sudo}
    ${switcher}`;
}
