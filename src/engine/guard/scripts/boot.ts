import { sh } from '../../../shell/sh.ts';
import { IN_TRANSACTION, NET } from './ground.ts';

/** At boot, before anything configures a network: the old files come back, then the network starts with them. */
export const BOOT = `${IN_TRANSACTION}
. "$dir/files.sh"
. "$dir/cleanup.sh"
${
  sh`
  # Whoever isolates a target starts this too, in a system that runs: the watchdog decides then.
  [ "$(meta boot_id)" != "$(cat /proc/sys/kernel/random/boot_id)" ] || exit 0
  if [ -e armed ]; then
    mv armed rolling
    put reason 'the host was started anew'
  fi
  if [ -e rolling ]; then
    [ -s began ] || { now; put began "$up"; }
    if [ -e applying ]; then
      restore_files
      if [ -s boot-restore.sh ]; then limited 60 sh boot-restore.sh >>log 2>&1; fi
    else
      : >untouched
    fi
    now; put ended "$up"
    finish rolled-back
  else
    leave_no_trace
  fi
`.text
}`;

/** The boot guard's unit; as a file, so that it needs no running systemd to be there at the next boot. */
export const BOOT_UNIT_TEXT = `[Unit]
Description=Hostwright: takes an unconfirmed network change back before the network starts
DefaultDependencies=no
RequiresMountsFor=${NET} /etc
After=local-fs.target systemd-remount-fs.service
Before=network-pre.target NetworkManager.service systemd-networkd.service networking.service network.service ifupdown-pre.service firewalld.service nftables.service
Wants=network-pre.target
ConditionPathExists=${NET}/pending

[Service]
Type=oneshot
ExecStart=/bin/sh ${NET}/pending/boot.sh ${NET}/pending

[Install]
WantedBy=sysinit.target
`;

/** A plain script path on its line: inline commands do not survive a reload of systemd. Its deadline is its own, not a timer's. */
export function watchdogUnit(directory: string, transaction: string): string {
  return `[Unit]
Description=Hostwright: takes the network change ${transaction} back unless it is confirmed
DefaultDependencies=no
IgnoreOnIsolate=yes

[Service]
Type=simple
ExecStart=/bin/sh ${directory}/watchdog.sh ${directory}
Restart=on-failure
RestartSec=1
StartLimitInterval=0
OOMScoreAdjust=-1000
KillMode=process
`;
}

/** What the change starts (a DHCP client) outlives it. */
export function applyUnit(directory: string, transaction: string): string {
  return `[Unit]
Description=Hostwright: makes the network change ${transaction}
DefaultDependencies=no
IgnoreOnIsolate=yes

[Service]
Type=simple
ExecStart=/bin/sh ${directory}/run-apply.sh ${directory}
KillMode=process
`;
}
