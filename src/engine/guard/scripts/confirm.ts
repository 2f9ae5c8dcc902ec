import { sh } from '../../../shell/sh.ts';
import { IN_TRANSACTION } from './ground.ts';

/** Statuses of confirm.sh: confirmed (also before), already taken back or being taken back, too late, not the owner's token. */
export const CONFIRM_STATUS = { confirmed: 0, rolledBack: 3, tooLate: 4, wrongToken: 5 } as const;

/** `confirm.sh DIRECTORY TOKEN WHO`: ends the transaction with the change in place. Whoever renames `armed` first has decided. */
export const CONFIRM = `${IN_TRANSACTION}
. "$dir/runtime.sh"
. "$dir/cleanup.sh"
${
  sh`
  [ "$2" = "$(cat token)" ] || exit ${CONFIRM_STATUS.wrongToken}
  [ ! -e confirmed ] || { leave_no_trace; exit 0; }
  if [ -e armed ]; then
    now
    [ "$(($(word deadline) - up))" -ge 2 ] || exit ${CONFIRM_STATUS.tooLate}
  fi
  mv armed confirmed 2>/dev/null || { [ -e confirmed ] && exit 0; exit ${CONFIRM_STATUS.rolledBack}; }
  now; put ended "$up"
  flush
  note "confirmed by $3"
  journal "confirmed by $3"
  leave_no_trace
  if systemd; then systemctl stop --no-block "hostwright-guard-$tx.service"; fi >/dev/null 2>&1
  exit 0
`.text
}`;

/**
 * What a transaction is doing, as `key=value` lines. `$which` names it; empty: the pending one, else the last. Ends with status 3 where
 * there is none.
 */
export const STATUS = sh`
  dir=
  for candidate in "$net/\${which:-pending}" "$net/\${which:-last}"; do
    [ -d "$candidate" ] && [ -r "$candidate/meta" ] && { dir=$(cd "$candidate" && pwd -P); break; }
  done
  [ -n "$dir" ] || exit 3
  cd "$dir" || exit 3
  LC_ALL=C; export LC_ALL
  state=preparing
  for name in armed rolling confirmed rolled-back failed refused; do [ -e "$name" ] && state=$name; done
  # A rename in between hides both names for nobody, but a listing may have come just before it.
  printf 'transaction=%s\nstate=%s\n' "\${dir##*/}" "$state"
  cat meta
  read -r up idle </proc/uptime
  printf 'uptime=%s\n' "\${up%.*}"
  printf 'now_boot_id=%s\n' "$(cat /proc/sys/kernel/random/boot_id)"
  printf 'now_machine_id=%s\n' "$(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)"
  for name in deadline apply.rc heartbeat began ended reason; do
    [ -s "$name" ] && printf '%s=%s\n' "$name" "$(head -n 1 "$name")"
  done
  for name in applying untouched degraded incomplete; do [ -e "$name" ] && printf '%s=yes\n' "$name"; done
  grep ' added to .* meanwhile and loses' log 2>/dev/null | sed 's/^[0-9]* /warning=/'
  printf 'pending=%s\n' "$(readlink "$net/pending" 2>/dev/null)"
  exit 0
`.text;
