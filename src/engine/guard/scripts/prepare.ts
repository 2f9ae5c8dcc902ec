import type { Script } from '../../../core/script.ts';
import { type Interpolated, raw, sh } from '../../../shell/sh.ts';
import { STATUS } from './confirm.ts';
import { COMMON } from './ground.ts';
import { SNAPSHOT } from './snapshot.ts';

/** Seconds after which a transaction that never got armed counts as left behind. */
const STALE_SECONDS = 120;

/** Status of `lockScript` where another transaction is pending; its state is printed. */
export const HELD = 75;

/**
 * What can be known without touching anything, as `key=value` lines; `refuse=` lines say why it cannot be done.
 * The disk must take the copies and 10 MB more.
 */
export function preflightScript(net: string, paths: readonly string[]): Script {
  return sh`
    LC_ALL=C; export LC_ALL
    PATH=$PATH:/usr/sbin:/sbin
    refuse() { printf 'refuse=%s\n' "$1"; }
    have() { command -v "$1" >/dev/null 2>&1; }
    [ "$(id -u)" = 0 ] || refuse 'the guard needs root on the host: set become'
    for tool in ip sed grep find sha256sum readlink stat cp mv sync setsid; do
      have "$tool" || refuse "the host has no \"$tool\""
    done
    [ -r /proc/uptime ] || refuse 'the host has no /proc/uptime'
    case $(stat -f -c %T / 2>/dev/null) in nfs*) refuse 'its root file system is on the network that would change' ;; esac
    # The nearest directory that is there.
    above() { at=$1; while [ ! -d "$at" ]; do at=\${at%/*}; [ -n "$at" ] || at=/; done; printf '%s' "$at"; }
    writable() { [ -w "$1" ] && [ -w "$(above "$1")" ] || refuse "$(above "$1") cannot be written (read-only file system?)"; }
    writable "$(above ${net})"
    needed=10240
    for path in ${paths}; do
      writable "$(above "$path")"
      [ -e "$path" ] || continue
      size=$(du -sk "$path" 2>/dev/null | sed 's/[^0-9].*//')
      needed=$((needed + \${size:-0}))
      # Nobody may write an immutable file, and the shell's own test asks the kernel.
      fixed=$(find "$path" -type f 2>/dev/null | while IFS= read -r file; do [ -w "$file" ] || { printf '%s' "$file"; break; }; done)
      [ -z "$fixed" ] || refuse "$fixed cannot be written (immutable?)"
    done
    free=$(df -Pk "$(above ${net})" 2>/dev/null | sed -n '2s/^[^ ]* *[^ ]* *[^ ]* *\([0-9]*\).*/\1/p')
    [ -z "$free" ] || [ "$free" -ge "$needed" ] || refuse "only $free kB are free below ${raw('/var/lib')}, and $needed kB are needed"
    if [ -d /run/systemd/system ] && have systemctl; then echo init=systemd; else echo init=other; fi
    printf 'machine_id=%s\n' "$(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)"
    printf 'cards=%s\n' "$(ip -o addr show scope global 2>/dev/null | sed 's/^[0-9]*: *\([^ ]*\).*/\1/' | sort -u | tr '\n' ' ')"
    printf 'boot_id=%s\n' "$(cat /proc/sys/kernel/random/boot_id)"
    # Where we come from: sudo forgets it, a process above knows it.
    process=$$
    while [ "\${process:-0}" -gt 1 ]; do
      from=$(tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=\([^ ]*\).*/\1/p')
      [ -z "$from" ] || break
      process=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$process/status")
    done
    printf 'controller=%s\n' "$from"
    [ -z "$from" ] || ip -o route get "$from" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/way=\1/p'
    exit 0
  `;
}

/**
 * Takes the lock and makes the directory. Ends with HELD and the other transaction's state where one is pending that may still matter:
 * one that was never armed and is old, or that is over, is swept away.
 */
export function lockScript(
  net: string,
  transaction: string,
  { owner, since }: { readonly owner: string; readonly since: string },
): Script {
  return sh`
    umask 077
    net=${net}; tx=${transaction}
    mkdir -p "$net" && chmod 700 "$net" || exit 1
    find "$net" -maxdepth 1 -type d -name '*-*' -mtime +7 -exec rm -rf {} + 2>/dev/null
    mkdir "$net/$tx" || exit 1
    read -r up idle </proc/uptime
    boot=$(cat /proc/sys/kernel/random/boot_id)
    printf '%s %s\n' "$boot" "\${up%.*}" >"$net/$tx/stamp" || { rm -rf "$net/$tx"; exit 1; }
    # Whoever finds the lock wants to know whose it is.
    printf 'owner=%s\nsince=%s\n' ${owner} ${since} >"$net/$tx/meta"
    ln -sn "$tx" "$net/pending" 2>/dev/null && exit 0
    other=$(readlink "$net/pending")
    old=$net/$other
    busy=1
    if [ ! -e "$old/armed" ] && [ ! -e "$old/rolling" ]; then
      then_boot=; then_up=0
      read -r then_boot then_up <"$old/stamp"
      if [ "$then_boot" != "$boot" ] || [ "$((\${up%.*} - then_up))" -gt ${STALE_SECONDS} ]; then busy=; fi
      for over in confirmed rolled-back failed; do [ ! -e "$old/$over" ] || busy=; done
    fi 2>/dev/null
    if [ -z "$busy" ]; then
      rm -f "$net/pending"
      [ -e "$old/confirmed" ] || [ -e "$old/rolled-back" ] || [ -e "$old/failed" ] || rm -rf "$old"
      ln -sn "$tx" "$net/pending" && exit 0
    fi
    rm -rf "$net/$tx"
    ( which=; ${raw(STATUS)} )
    exit ${HELD}
  `;
}

/** Writes the transaction's files and keeps what the change may touch; the paths come on standard input. */
export function snapshotScript(directory: string, files: Readonly<Record<string, string>>): Script {
  const scripts = Object.keys(files).filter((name) => name.endsWith('.sh'));
  const writes = Object.entries(files).map(([name, text]) => sh`printf '%s\n' ${text} >${name} || exit 1`);
  return sh`
    umask 077
    cd ${directory} || exit 1
    ${raw(writes.map(({ text }) => text).join('\n'))}
    for script in ${scripts}; do sh -n "$script" || exit 1; done
    dir=${directory}
    ${raw(COMMON)}
    ${raw(SNAPSHOT)}
  `;
}

/** Gives the lock back after something went wrong before anything was armed. */
export function abandonScript(
  net: string,
  transaction: string,
  boot: { unit: string; link: string },
): Script {
  return sh`
    net=${net}; tx=${transaction}
    [ ! -e "$net/$tx/armed" ] && [ ! -e "$net/$tx/rolling" ] || exit 1
    if [ "$(readlink "$net/pending")" = "$tx" ]; then rm -f ${[boot.unit, boot.link]} "$net/pending"; fi
    rm -f /run/systemd/system/hostwright-guard-"$tx".service /run/systemd/system/hostwright-apply-"$tx".service
    rm -rf "$net/$tx"
    exit 0
  `;
}

/** The state of a transaction; empty: of the pending one, else of the last. */
export function statusScript(net: string, transaction: string): Script {
  return sh`
    net=${net}; which=${transaction as Interpolated}
    ${raw(STATUS)}
  `;
}
