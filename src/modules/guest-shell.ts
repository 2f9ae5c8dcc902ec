import { z } from 'zod';
import type { JobOutput, Script } from '../core/script.ts';
import { sh } from '../shell/sh.ts';
import { guestAddresses } from './guest-addresses.ts';
import { count, text } from './params.ts';

/** How a script gets into a guest of the host: over ssh from the host, or typed at its serial console. */

export const guestShellParams = {
  via: z
    .enum(['auto', 'ssh', 'console'])
    .default('auto')
    .describe(
      "How to get into the guest: over the host's own ssh client and its keys, over the guest's serial console, or whichever works.",
    ),
  user: text.default('root').describe('Account to log in as in the guest.'),
  password: text
    .optional()
    .describe(
      'Password for a login prompt on the console; give the task no_log: true. ssh goes by keys alone.',
    ),
  address: z
    .string()
    .regex(/^[A-Za-z0-9_.:%-]+$/, { error: 'must be a host name or an address' })
    .optional()
    .describe('Address for ssh. Default: what leases, the guest agent or ARP say.'),
  console_timeout: count
    .default(30)
    .describe('Seconds until a shell must answer, and that the work may take beyond what it waits for.'),
};

export interface GuestShell {
  readonly domain: string;
  readonly via: 'auto' | 'ssh' | 'console';
  readonly user: string;
  readonly password?: string | undefined;
  readonly address?: string | undefined;
  readonly console_timeout: number;
}

/** What a script in a guest gave, or why it could not be run there. */
export type GuestAnswer =
  | { readonly via: 'ssh' | 'console'; readonly rc: number; readonly output: string }
  | { readonly via: undefined; readonly reason: string };

/** Bytes kept of what comes over a console. */
const CONSOLE_LIMIT_KIB = 512;

/**
 * Runs a script in a guest, from its host. A question always ends with 0, and `guestAnswer` reads what it prints; work ends as the
 * script did, with what it said on standard error. `seconds` is what the script itself may take. It must not read its standard input.
 */
export function inGuest(
  guest: GuestShell,
  script: Script,
  seconds: number,
  kind: 'question' | 'work' = 'question',
): Script {
  const job = btoa(String.fromCharCode(...new TextEncoder().encode(script.text)));
  return sh`
    LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
    domain=${guest.domain} user=${guest.user} job=${job} said=
    clock() { read -r now _ < /proc/uptime; now=\${now%%.*}; }
    clock; deadline=$((now + ${guest.console_timeout + seconds}))
    nap() { sleep 0.2 2>/dev/null || sleep 1; }
    call() { virsh -q -c qemu:///system "$@" </dev/null; }
    work=$(mktemp -d) || exit 1
    reader= lock=
    tidy() { if [ -n "$reader" ]; then kill "$reader"; fi; rm -rf "$work" $lock; } 2>/dev/null
    trap tidy EXIT; trap 'exit 1' HUP INT TERM
    nonce=$$.$now
    ${kind === 'question' ? ANSWER : END_AS_WORK}
    ${guest.via === 'console' ? sh`` : sshWay(guest)}
    ${guest.via === 'ssh' ? sh`` : consoleWay(guest)}
    no_way "\${said#; }"`;
}

const ANSWER = sh`
    answer() { printf 'via=%s\nrc=%s\n' "$1" "$2"; cat "$work/output"; exit 0; }
    no_way() { printf 'reason=%s\n' "$1"; }`;
// Over ssh the answer may be lost with the card that was restarted: what came of it is then for the next look to say.
const END_AS_WORK = sh`
    answer() {
      if [ "$1" = ssh ]; then case $2 in 124|255) exit 0;; esac; fi
      tail -n 5 "$work/output" >&2; exit "$2"
    }
    no_way() { printf 'There is no way into %s: %s.\n' "$domain" "$1" >&2; exit 1; }`;

function sshWay(guest: GuestShell): Script {
  return sh`
    over_ssh() {
      if ! command -v ssh >/dev/null; then said="$said; the host has no ssh client"; return; fi
      ${guestAddresses}
      address=${guest.address ?? ''}
      if [ -z "$address" ]; then address=$(addresses_of "$domain" | sed -n '1s/.* //p'); fi
      if [ -z "$address" ]; then said="$said; no address of it is known for ssh"; return; fi
      limit=
      if command -v timeout >/dev/null; then limit="timeout $((deadline - now))"; fi
      # BatchMode: nobody is there to be asked. Host keys are judged as the host's own settings say.
      {
        { printf '%s\n' "echo begin-$nonce"; printf %s "$job" | base64 -d; printf '\n'; } |
          $limit ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=5 -l "$user" -- "$address" sh -s 2>"$work/error"
        echo $? >"$work/rc"
      } | head -c ${CONSOLE_LIMIT_KIB * 1024} >"$work/ssh"
      if grep -q "^begin-$nonce" "$work/ssh"; then
        # Not 1,/mark/d: where the mark is the first line, as it is without a banner, sed looks for the end after it.
        sed -n "/^begin-$nonce/,\$p" "$work/ssh" | sed 1d >"$work/output"
        answer ssh "$(cat "$work/rc")"
      fi
      said="$said; ssh to $address: $(tail -n 1 "$work/error" | tr -d '\r')"
    }
    over_ssh`;
}

/**
 * Typed at a terminal that may show a login prompt, a shell, or nothing yet. What is typed is echoed, so marks are typed in two pieces
 * that only a shell puts together. The lock is the one that virsh console takes: nobody types in between.
 */
function consoleWay(guest: GuestShell): Script {
  return sh`
    type_line() { printf '%s\n' "$1" >&3; }
    heard() { tail -c +$((seen + 1)) "$work/heard" | tr -d '\000\r'; }
    forget() { seen=$(($(wc -c < "$work/heard"))); }
    # Until what was heard has a text, or the tenths of a second are over.
    hear() {
      left=$2
      while [ "$left" -gt 0 ]; do
        case $(heard) in *"$1"*) return 0;; esac
        clock; if [ "$now" -ge "$deadline" ]; then return 1; fi
        nap; left=$((left - 2))
      done
      return 1
    }
    take_lock() {
      if [ ! -d /var/lock ]; then return 0; fi
      lock=/var/lock/LCK..$(printf %s "\${device#/dev/}" | tr / _)
      holder=$(tr -dc 0-9 2>/dev/null < "$lock")
      if [ -n "$holder" ] && [ ! -d "/proc/$holder" ]; then rm -f "$lock"; fi
      if (set -C; printf '%10d\n' $$ > "$lock") 2>/dev/null; then return 0; fi
      lock=; return 1
    }
    over_console() {
      device=$(call ttyconsole "$domain" 2>&1)
      case $device in
        /dev/*) ;;
        *) said="$said; it has no serial console on a pty, or does not run: $(printf %s "$device" | tail -n 1)"; return;;
      esac
      while ! take_lock; do
        clock; if [ "$now" -ge "$deadline" ]; then said="$said; its console is in use by process $holder"; return; fi
        nap
      done
      exec 3<>"$device"
      : > "$work/heard"
      # In blocks of 512 bytes; a guest that writes without end ends its reader.
      (ulimit -f ${CONSOLE_LIMIT_KIB * 2}; exec cat <&3 >"$work/heard" 2>/dev/null) &
      reader=$! seen=0 asked_user=no logged_in=no
      # qemu looks once a second whether somebody has opened its pty.
      sleep 1
      while :; do
        clock
        if [ "$now" -ge "$deadline" ]; then
          said="$said; nothing on its console answered as a shell does; the last line was: $(heard | tail -n 1 | tr -dc '[:print:]')"
          return
        fi
        forget; type_line ''
        hear 'ogin: ' 8 || hear 'assword:' 2
        case $(heard | tail -n 1) in
          *ogin:*)
            if [ $logged_in = tried ]; then said="$said; its console did not let $user in"; return; fi
            forget; type_line "$user"; asked_user=yes
            hear 'assword:' 30
            case $(heard | tail -n 1) in *assword:*)
              logged_in=tried
              ${
                guest.password === undefined
                  ? sh`type_line ''; said="$said; its console asks for a password of $user, and none is given"; return`
                  : sh`sleep 1; forget; type_line ${guest.password}; hear "$user" 20`
              };;
            esac
            continue;;
          *assword:*) type_line ''; sleep 1; continue;;
        esac
        forget; type_line " echo ready''-$nonce"
        if hear "ready-$nonce" 20; then break; fi
      done
      forget
      type_line " stty -echo 2>/dev/null; printf '\nbegin%s\n' -$nonce; { base64 -d | sh 2>&1; } <<'.$nonce'; printf '\nend%s %s\n' -$nonce \"\$?\"; stty echo 2>/dev/null"
      # In pieces: a terminal line holds 4096 bytes, and a slow guest reads slowly.
      sent=0
      printf '%s\n' "$job" | fold -w 200 | while IFS= read -r line; do
        type_line "$line"; sent=$((sent + 200))
        if [ $((sent % 2000)) = 0 ]; then sleep 1; fi
      done
      type_line ".$nonce"
      while ! hear "
    end-$nonce " 10; do
        clock; if [ "$now" -ge "$deadline" ]; then said="$said; the work in the guest did not end in time"; return; fi
      done
      nap
      heard | sed "1,/^begin-$nonce/d; /^end-$nonce /,\$d" >"$work/output"
      rc=$(heard | sed -n "s/^end-$nonce //p")
      # Whoever logged in logs out.
      if [ $asked_user = yes ]; then type_line ' exit'; fi
      answer console "$rc"
    }
    over_console`;
}

/** What the script of `inGuest` printed. */
export function guestAnswer(output: JobOutput | { readonly stdout: Uint8Array }): GuestAnswer {
  const bytes = output.stdout instanceof Uint8Array ? output.stdout : output.stdout.bytes;
  // Escape sequences are what a shell draws its prompt with.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const said = new TextDecoder().decode(bytes).replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
  const match = /^via=(ssh|console)\nrc=(\d+)\s*\n([\s\S]*)$/.exec(said);
  if (match) return { via: match[1] as 'ssh' | 'console', rc: Number(match[2]), output: match[3] ?? '' };
  return { via: undefined, reason: /^reason=(.*)$/m.exec(said)?.[1] ?? 'the host said nothing' };
}
