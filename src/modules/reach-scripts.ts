import type { Script } from '../core/script.ts';
import { type RawShell, raw, sh } from '../shell/sh.ts';
import { guestAddresses } from './guest-addresses.ts';
import { connector } from './port-scripts.ts';

/** What to look for from one place; printed as lines that `parseReach` reads. */
export interface Reach {
  readonly to: readonly string[];
  /** TCP port to connect to; ping without one. */
  readonly port: number | undefined;
  readonly reachable: boolean;
  /** Seconds until all of it must be as expected. */
  readonly timeout: number;
  /** Whether to ask who is the first router on the way to the first target. */
  readonly hop: boolean;
}

export interface Reached {
  readonly to: string;
  readonly reachable: boolean;
}

/** Asks each target until all answer, or until none does, as is expected; for any POSIX sh with ping, iputils or busybox. */
export function reachScript({ to, port, reachable, timeout, hop }: Reach): Script {
  return sh`
    LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
    ${clock}
    ${one(port)}
    clock; end=$((now + ${timeout}))
    while :; do
      lines= wrong=no
      for target in ${words(to)}; do
        if reach "$target"; then answers=yes; else answers=no; fi
        lines="$lines$target $answers
    "
        if [ $answers != ${reachable ? 'yes' : 'no'} ]; then wrong=yes; fi
      done
      clock
      if [ $wrong = no ] || [ "$now" -ge "$end" ]; then break; fi
      sleep 1
    done
    printf %s "$lines" | sed 's/^/reach /'
    ${hop && to[0] !== undefined ? firstHop(to[0]) : sh`:`}`;
}

/** Waits until each guest has an address that answers; a bridge's whole subnet is asked where nothing tells the address. */
export function guestsScript(
  guests: readonly string[],
  bridge: string | undefined,
  { port, reachable, timeout }: Reach,
): Script {
  return sh`
    LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
    ${clock}
    call() { virsh -q -c qemu:///system "$@" </dev/null; }
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT; trap 'exit 1' HUP INT TERM
    ${guestAddresses}
    ${one(port)}
    only=${bridge ?? ''}
    clock; end=$((now + ${timeout})) round=0
    while :; do
      : > "$work/lines"; : > "$work/sweep"
      for guest in ${words(guests)}; do
        cards_of "$guest" > "$work/cards"
        if [ ! -s "$work/cards" ]; then echo "none $guest" >> "$work/lines"; fi
        addresses_of "$guest" > "$work/addresses"
        while read -r tap mac on; do
          if [ -n "$only" ] && [ "$on" != "$only" ]; then continue; fi
          answered=
          while read -r _ card _ address; do
            if [ "$card" = "$mac" ] && [ -z "$answered" ] && reach "$address"; then answered=$address; fi
          done < "$work/addresses"
          echo "card $tap $mac $on \${answered:--} $guest" >> "$work/lines"
          if [ -z "$answered" ]; then echo "$on" >> "$work/sweep"; fi
        done < "$work/cards"
      done
      if ! grep -q ${reachable ? raw("-e ' - ' -e '^none '") : raw("-v -e ' - ' -e '^none '")} "$work/lines"; then break; fi
      clock
      if [ "$now" -ge "$end" ]; then break; fi
      # Who was asked answers, or at least tells ARP where it is.
      if [ $((round % 4)) = 0 ]; then sort -u "$work/sweep" | while read -r on; do sweep "$on"; done; fi
      round=$((round + 1))
      sleep 1
    done
    cat "$work/lines"`;
}

const clock = sh`clock() { read -r now _ < /proc/uptime; now=\${now%%.*}; }
    sweep() {
      own=$(ip -o -4 addr show dev "$1" 2>/dev/null | sed -n '1s/.* inet \([0-9./]*\).*/\1/p')
      case $own in */2[2-9]|*/30) ;; *) return;; esac
      address=\${own%/*} bits=$((32 - \${own#*/}))
      rest=\${address#*.*.}
      number=$(((\${rest%.*} << 8) + \${rest#*.}))
      first=$((number >> bits << bits)) last=$(((number >> bits << bits) + (1 << bits) - 1))
      prefix=\${address%.*.*} at=$((first + 1))
      while [ $at -lt $last ]; do
        ping -c 1 -W 1 "$prefix.$((at >> 8)).$((at & 255))" >/dev/null 2>&1 &
        at=$((at + 1))
        if [ $((at % 64)) = 0 ]; then wait; fi
      done
      wait
    }`;

/** Defines `reach ADDRESS`. */
function one(port: number | undefined): Script {
  if (port === undefined) return sh`reach() { ping -c 1 -W 1 "$1" >/dev/null 2>&1; }`;
  return sh`
    ${connector(3)}
    reach() { connect_to "$1" ${port}; }`;
}

/** A packet that may take one step alone: whoever drops it says so. traceroute and iputils' ping show who; busybox has traceroute. */
function firstHop(target: string): Script {
  return sh`
    hop=
    if command -v traceroute >/dev/null; then
      hop=$(traceroute -n -m 1 -q 2 -w 2 ${target} 2>/dev/null | sed -n 's/^ *1  *\([0-9a-fA-F.:]*\) .*/\1/p' | head -n 1)
    fi
    if [ -z "$hop" ]; then
      hop=$(ping -n -c 1 -W 2 -t 1 ${target} 2>/dev/null | sed -n 's/^.*[Ff]rom \([0-9a-fA-F.:]*[0-9a-fA-F]\)[: ].*/\1/p' | head -n 1)
    fi
    printf 'hop %s\n' "\${hop:--}"`;
}

function words(list: readonly string[]): readonly string[] | RawShell {
  return list.length === 0 ? raw('') : list;
}

export interface ReachLines {
  readonly reached: readonly Reached[];
  readonly hop: string | undefined;
  /** Cards of guests, with the address that answered. */
  readonly cards: readonly {
    readonly guest: string;
    readonly tap: string;
    readonly mac: string;
    readonly bridge: string;
    readonly address: string | undefined;
  }[];
  /** Guests that have no card there, or do not run. */
  readonly absent: readonly string[];
}

/** What the scripts above print. */
export function parseReach(text: string): ReachLines {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const all = (pattern: RegExp) =>
    lines.flatMap((line) => {
      const match = pattern.exec(line);
      return match ? [match as unknown as readonly string[]] : [];
    });
  const hop = all(/^hop (\S+)$/)[0]?.[1];
  return {
    reached: all(/^reach (\S+) (yes|no)$/).map(([, to = '', answers]) => ({
      to,
      reachable: answers === 'yes',
    })),
    hop: hop === '-' ? undefined : hop,
    cards: all(/^card (\S+) (\S+) (\S+) (\S+) (.+)$/).map(
      ([, tap = '', mac = '', bridge = '', address = '-', guest = '']) => ({
        guest,
        tap,
        mac,
        bridge,
        address: address === '-' ? undefined : address,
      }),
    ),
    absent: all(/^none (.+)$/).map(([, guest = '']) => guest),
  };
}
