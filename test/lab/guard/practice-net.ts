import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { GuardedChange } from '../../../src/core/guard.ts';
import { armScript, startScript } from '../../../src/engine/guard/scripts/arm.ts';
import { transactionFiles } from '../../../src/engine/guard/scripts/files-of-transaction.ts';
import { NET } from '../../../src/engine/guard/scripts/ground.ts';
import { lockScript, snapshotScript } from '../../../src/engine/guard/scripts/prepare.ts';
import { quote } from '../../../src/shell/sh.ts';

/** Shells that a host may have; busybox brings its own tools with it. */
export const SHELLS = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof SHELLS)[number];

export const TX = '20260101-000000-test';
export const DIR = `${NET}/${TX}`;
export const TOKEN = 'token-of-the-test';

/** A bridge over the card, as a backend would make it, with files of its own. */
const CHANGE: GuardedChange = {
  backend: 'test',
  interfaces: ['eth0'],
  newInterfaces: ['br0'],
  paths: ['/srv/net', '/srv/absent'],
  apply: {
    text: `
      echo new >/srv/net/interfaces; echo other >/srv/net/out; rm /srv/net/gone; echo more >/srv/net/more; echo x >/srv/absent
      ip link add br0 type bridge; ip link set br0 address 02:00:00:00:00:02; ip addr flush dev eth0 scope global
      ip link set eth0 master br0; ip link set br0 up; ip addr add 10.0.0.2/24 dev br0; ip route add default via 10.0.0.1`,
  },
  tearDown: { text: 'ip link set br0 down; ip link set eth0 nomaster; ip link del br0' },
  // As on a host whose own tools fail, where a test says so: all is left to the raw replay then.
  restore: {
    text: '[ ! -e own-tools-fail ] || exit 1; ip addr replace 10.0.0.2/24 dev eth0; ip route replace default via 10.0.0.1',
  },
  restoreAtBoot: null,
  applySeconds: 5,
  forwardingSeconds: 0,
};

/** Changes a script of the transaction before it is written, for a test that kills it. */
export type Edit = (name: string, script: string) => string;

/** Shell text that makes a machine: a card with an address, a bridge with a guest's isolated port, files; and arms the guard on it. */
function setUp(shell: Shell, seconds: number, edit: Edit): string {
  const meta = {
    backend: CHANGE.backend,
    owner: 'the test',
    since: 'now',
    machine_id: 'test',
    boot_id: '$BOOT',
    controller: '',
    interfaces: CHANGE.interfaces.join(' '),
    new_interfaces: CHANGE.newInterfaces.join(' '),
    apply_seconds: String(CHANGE.applySeconds),
    boot_unit: '/run/boot-unit',
    boot_link: '/run/boot-link',
  };
  const files = Object.fromEntries(
    Object.entries(transactionFiles(CHANGE, [], meta, TOKEN)).map(([name, body]) => [name, edit(name, body)]),
  );
  const plan = { directory: DIR, transaction: TX, seconds, boot: undefined };
  const busybox = `
    mount -t tmpfs none /usr/local/sbin
    for applet in $(busybox --list); do
      case $applet in ip | bridge | mount | unshare | ping | arping | sh | busybox) continue ;; esac
      ln -s /usr/bin/busybox /usr/local/sbin/$applet
    done`;
  return `
    set -e
    mount -t sysfs none /sys
    for place in /run /srv /var/lib; do mount -t tmpfs none $place; done
    ${shell === 'dash' ? '' : `mount --bind "$(readlink -f /usr/bin/${shell})" "$(readlink -f /bin/sh)"`}
    ${shell === 'busybox' ? busybox : ''}
    ip link set lo up
    ip link add eth0 type veth peer name other; ip link set other up; ip link set eth0 address 02:00:00:00:00:02
    ip link set eth0 up; ip addr add 10.0.0.2/24 dev eth0; ip route add default via 10.0.0.1
    ip link add virbr0 type bridge; ip link set virbr0 up
    ip link add vnet0 type veth peer name guest; ip link set vnet0 master virbr0; ip link set vnet0 up
    bridge link set dev vnet0 isolated on
    mkdir /srv/net; echo old >/srv/net/interfaces; echo gone >/srv/net/gone; chmod 600 /srv/net/gone; ln -s interfaces /srv/net/link
    echo elsewhere >/srv/elsewhere; ln -s /srv/elsewhere /srv/net/out
    set +e
    run() { sh -c "$1" || { echo "a step ended with $?"; exit 99; }; }
    run ${quote(lockScript(NET, TX, { owner: 'the test', since: 'now' }).text)}
    printf '%s\\n' ${CHANGE.paths.join(' ')} | sh -c ${quote(snapshotScript(DIR, files).text)} || exit 98
    sed -i "s/\\$BOOT/$(cat /proc/sys/kernel/random/boot_id)/" ${DIR}/meta
    state() {
      (cd /srv; find . | sort; cat net/* absent 2>/dev/null; stat -c '%a %u' net/gone)
      ip -o addr show scope global | sed 's/^[0-9]*: //; s/ *valid.*//; s/ *\\\\$//'; ip route
      for l in eth0 br0 vnet0; do [ ! -d /sys/class/net/$l ] || echo $l $(cat /sys/class/net/$l/address) $(readlink /sys/class/net/$l/master); done
      cat /sys/class/net/vnet0/brport/isolated
    } 2>&1
    # As systemd does with the unit: started anew while it is killed.
    supervise() { while [ -e ${DIR}/armed ] || [ -e ${DIR}/rolling ]; do sh ${DIR}/watchdog.sh ${DIR}; sleep 0.2; done; }
    over() {
      tries=0
      while [ -e ${DIR}/armed ] || [ -e ${DIR}/rolling ] || [ -L ${NET}/pending ]; do
        tries=$((tries + 1)); [ $tries -lt 600 ] || { echo 'it does not end'; cat ${DIR}/log; break; }
        sleep 0.1
      done
    }
    ended() { for name in confirmed rolled-back failed; do [ ! -e ${DIR}/$name ] || echo "$name"; done; }
    start() { run ${quote(startScript(plan).text)}; while [ ! -s ${DIR}/apply.rc ]; do sleep 0.1; done; }
    state >/run/before
    run ${quote(armScript(plan).text)} >/dev/null
  `;
}

/** Runs shell text on such a machine, in namespaces of its own; gives what it printed. */
export async function onMachine(
  shell: Shell,
  body: string,
  { seconds = 30, edit = (_, script) => script }: { readonly seconds?: number; readonly edit?: Edit } = {},
): Promise<string> {
  const child = spawn('unshare', ['-n', '-m', '-p', '--fork', '--mount-proc', '--kill-child', 'bash', '-s'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(`${setUp(shell, seconds, edit)}\n${body}\n`);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const said = stderr
    .split('\n')
    .filter((line) => line !== '' && !/Killed|Cannot find device|does not exist/.test(line));
  return [stdout.trim(), ...said].join('\n');
}
