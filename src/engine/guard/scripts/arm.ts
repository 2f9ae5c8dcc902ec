import type { Script } from '../../../core/script.ts';
import { raw, sh } from '../../../shell/sh.ts';
import { applyUnit, BOOT_UNIT_TEXT, watchdogUnit } from './boot.ts';
import { COMMON } from './ground.ts';

export interface ArmPlan {
  readonly directory: string;
  readonly transaction: string;
  /** Seconds from now until the host takes the change back. */
  readonly seconds: number;
  /** Where the boot guard goes; undefined on hosts without systemd. */
  readonly boot: { readonly unit: string; readonly link: string } | undefined;
}

/**
 * Arms: boot guard, deadline, `armed`, then the watchdog, which must have given two signs of life and live outside the login session.
 * Where it does not, everything is put away again and the status is 1, with a sentence on standard error.
 */
export function armScript({ directory, transaction, seconds, boot }: ArmPlan): Script {
  const bootGuard = boot
    ? sh`
      mkdir -p "$(dirname ${boot.link})" && printf '%s' ${BOOT_UNIT_TEXT} >${`${boot.unit}.new`} &&
        mv -f ${`${boot.unit}.new`} ${boot.unit} && chmod 644 ${boot.unit} && ln -sfn ${boot.unit} ${boot.link} ||
        give_up 'the guard for the next boot could not be installed'
      if have restorecon; then restorecon ${boot.unit}; fi
    `
    : sh`:`;
  const unit = `/run/systemd/system/hostwright-guard-${transaction}.service`;
  const apply = `/run/systemd/system/hostwright-apply-${transaction}.service`;
  return sh`
    dir=${directory}
    ${raw(COMMON)}
    give_up() { rm -f armed; printf '%s\n' "$1" >&2; exit 1; }
    ${bootGuard}
    now
    put deadline "$((up + ${seconds}))" && : >armed || give_up 'the disk does not take the state of the guard'
    flush
    note 'armed for ${raw(String(seconds))} seconds'
    journal "armed for ${raw(String(seconds))} seconds by $(meta owner)"
    launched=
    if systemd; then
      printf '%s' ${watchdogUnit(directory, transaction)} >${unit}
      printf '%s' ${applyUnit(directory, transaction)} >${apply}
      limited 20 systemctl daemon-reload
      limited 10 systemctl start ${`hostwright-guard-${transaction}.service`} && launched=systemd
    fi
    if [ -z "$launched" ]; then
      setsid sh watchdog.sh "$dir" </dev/null >/dev/null 2>&1 &
      launched=setsid
    fi
    tries=0
    until [ "$(word heartbeat)" -ge 2 ]; do
      tries=$((tries + 1))
      [ "$tries" -le 80 ] || give_up 'the watchdog shows no sign of life'
      sleep 0.1 2>/dev/null || sleep 1
    done 2>/dev/null
    watchdog=$(word watchdog.pid)
    ! grep -q 'session-[^/]*\.scope' "/proc/$watchdog/cgroup" 2>/dev/null ||
      give_up 'the watchdog would end with the login session (KillUserProcesses)'
    put launcher "$launched"
    echo "launcher=$launched"
    exit 0
  `;
}

/** Marks that the network is about to be touched, and starts the change outside the login session. */
export function startScript({ directory, transaction }: ArmPlan): Script {
  return sh`
    dir=${directory}
    ${raw(COMMON)}
    [ -e armed ] || { echo 'the guard is not armed any more' >&2; exit 1; }
    now; put applying "$up" || exit 1
    flush
    if [ "$(word launcher)" = systemd ]; then
      systemctl start --no-block ${`hostwright-apply-${transaction}.service`}
    else
      setsid sh run-apply.sh "$dir" </dev/null >/dev/null 2>&1 &
    fi
    exit 0
  `;
}

/** Marks that something is about to be changed over the session itself, by the tasks of a block. */
export function touchScript({ directory }: Pick<ArmPlan, 'directory'>): Script {
  return sh`
    dir=${directory}
    ${raw(COMMON)}
    [ -e armed ] || exit 1
    [ -e applying ] || { : >applying; flush; }
    exit 0
  `;
}

/** Confirms a transaction; see CONFIRM_STATUS for how it may end. */
export function confirmScript(
  { directory, token }: { readonly directory: string; readonly token: string },
  who: string,
): Script {
  return sh`sh ${`${directory}/confirm.sh`} ${directory} ${token} ${who}`;
}
