import { sh } from '../../../shell/sh.ts';
import { IN_TRANSACTION } from './ground.ts';

/** How often the two layers are tried. */
const TRIES = 3;

/**
 * Takes the change back; run by the watchdog alone, after it has claimed the transaction (`rolling` is there). May be killed at any
 * point and run again. First the host's own tools under the new configuration, then the old files, then the host's own tools under
 * the old one; what they do not bring back, the raw replay does.
 */
export const ROLLBACK = `${IN_TRANSACTION}
. "$dir/files.sh"
. "$dir/runtime.sh"
. "$dir/cleanup.sh"
${
  sh`
  [ -e rolling ] || exit 0
  [ -s began ] || { now; put began "$up"; }
  note "takes the change back: $(cat reason 2>/dev/null)"
  journal "takes the change back: $(cat reason 2>/dev/null)"

  if systemd; then systemctl kill -s KILL "hostwright-apply-$tx.service"; fi >/dev/null 2>&1
  group=$(word apply.group)
  if [ -n "$group" ] && [ ! -e apply.rc ]; then kill -KILL "-$group"; fi 2>/dev/null

  # Whether anything is different at all: a change that was never begun must not disturb the network.
  touched=1
  [ -e applying ] || touched=0
  if [ "$(meta backend)" = block ] && [ ! -e torn-down ] && files_as_before && as_before && firewall_as_before; then touched=0; fi

  if [ "$touched" = 0 ]; then
    : >untouched
  else
    if [ ! -e torn-down ]; then
      # The tear-down takes the bridge away, and with it the knowledge of who was on it.
      name_guests
      note 'runs the first step'
      limited 60 sh teardown.sh >>log 2>&1
      : >torn-down
    fi
    restore_files
    try=1
    while :; do
      note "runs the second step, try $try"
      limited 90 sh restore.sh >>log 2>&1
      drop_new_links
      cards_back
      put_ports_back rollback
      settings_back /proc/sys/
      firewall_back
      announce
      wait_for_old_network 8 && break
      note 'the network is not as before yet'
      : >degraded
      limited 60 sh raw.sh "$dir" >>log 2>&1
      announce
      wait_for_old_network 4 && break
      [ "$try" -lt ${TRIES} ] || { : >incomplete; break; }
      try=$((try + 1))
    done
    put_ports_back rollback
    link_local_back
    restore_files
  fi
  now; put ended "$up"
  if [ -e incomplete ]; then finish failed; else finish rolled-back; fi
`.text
}`;

/** Functions of rollback and boot guard that end a transaction. */
export const CLEANUP = sh`
  wait_for_old_network() {
    hw_left=$1
    while ! as_before; do
      [ "$hw_left" -gt 0 ] || return 1
      hw_left=$((hw_left - 1))
      sleep 1
    done
  }

  firewall_as_before() {
    if have nft && [ -e runtime/nft ]; then
      nft list ruleset 2>/dev/null | without_counters >nft.now
      without_counters <runtime/nft | cmp -s - nft.now
      hw_same=$?
      rm -f nft.now
      [ "$hw_same" = 0 ] || return 1
    fi
    for hw_family in iptables ip6tables; do
      [ -s "runtime/$hw_family" ] || continue
      "$hw_family-save" 2>/dev/null | without_counters >rules.now
      without_counters <"runtime/$hw_family" | cmp -s - rules.now
      hw_same=$?
      rm -f rules.now
      [ "$hw_same" = 0 ] || return 1
    done
  }
  without_counters() { sed -e '/^#/d' -e 's/\[[0-9]*:[0-9]*\]//g' -e 's/packets [0-9]* bytes [0-9]*//g' -e 's/ *$//'; }
  # Only a block may have changed the firewall itself; for others it is the host's own business.
  firewall_back() {
    [ "$(meta backend)" = block ] && ! firewall_as_before || return 0
    note 'puts the firewall back'
    if have nft && [ -e runtime/nft ]; then { echo 'flush ruleset'; cat runtime/nft; } | nft -f - && return; fi
    for hw_family in iptables ip6tables; do
      [ -s "runtime/$hw_family" ] && "$hw_family-restore" <"runtime/$hw_family"
    done
  } 2>>log

  # The last thing: the outcome, then nothing is left but the record.
  finish() {
    flush
    mv -f rolling "$1" 2>/dev/null
    journal "$1: $(cat reason 2>/dev/null)"
    note "$1"
    leave_no_trace
  }

  # The boot guard, the lock and the units go; the directory stays as a record until it expires.
  leave_no_trace() {
    if [ "$(readlink "$net/pending" 2>/dev/null)" = "$tx" ]; then
      rm -f "$(meta boot_unit)" "$(meta boot_link)" "$net/pending"
    fi
    rm -f /run/systemd/system/hostwright-apply-"$tx".service /run/systemd/system/hostwright-guard-"$tx".service
    rm -f ./*.new
    ln -sfn "$tx" "$net/last"
    flush
  }
`.text;
