import { sh } from '../../../shell/sh.ts';
import { IN_TRANSACTION } from './ground.ts';

/**
 * The dead man's switch: takes the change back when its time is up, when it failed or hangs, or when somebody asks. Started anew where
 * it is killed; one that was killed in the middle of a rollback finishes it.
 */
export const WATCHDOG = `${IN_TRANSACTION}
${
  sh`
  trap '' HUP
  put watchdog.pid $$
  [ ! -e rolling ] || exec sh rollback.sh "$dir"
  boot=$(cat /proc/sys/kernel/random/boot_id)
  beats=0
  while [ -e armed ]; do
    beats=$((beats + 1))
    put heartbeat "$beats" 2>/dev/null
    now
    reason=
    deadline=$(word deadline)
    if [ "$boot" != "$(meta boot_id)" ]; then reason='the host was started anew'
    elif [ -e rollback-now ]; then reason=$(cat rollback-now); reason=\${reason:-somebody asked for it}
    elif [ -s apply.rc ] && [ "$(word apply.rc)" != 0 ]; then reason="the change ended with status $(word apply.rc)$(cat said 2>/dev/null)"
    elif [ -s applying ] && [ ! -e apply.rc ] && [ "$((up - $(word applying)))" -ge "$(meta apply_seconds)" ]; then
      reason="the change did not end within $(meta apply_seconds) seconds"
    elif [ "$up" -ge "\${deadline:-0}" ]; then reason='nobody confirmed it in time'
    fi
    if [ -n "$reason" ]; then
      # Only one of this and a confirmation can rename the file.
      mv armed rolling 2>/dev/null || exit 0
      put reason "$reason"
      exec sh rollback.sh "$dir"
    fi
    sleep 1
  done
  exit 0
`.text
}`;

/** Runs the change detached, and tells how it ended. */
export const RUN_APPLY = `${IN_TRANSACTION}
. "$dir/runtime.sh"
${
  sh`
  trap '' HUP
  put apply.group $$
  note 'makes the change'
  if [ -e apply.input ]; then sh apply.sh <apply.input >>log 2>&1; else sh apply.sh </dev/null >>log 2>&1; fi
  rc=$?
  # Its last words, for whoever is told that it failed.
  [ "$rc" = 0 ] || sed -n '/^[0-9]* makes the change$/,$ { /^[0-9]* makes the change$/d; /./h; }; $ { x; s/^\(.\{1,200\}\).*/: \1/p; }' log >said
  put_ports_back after-apply
  announce
  put apply.rc "$rc"
  flush
  note "the change ended with status $rc"
`.text
}`;
