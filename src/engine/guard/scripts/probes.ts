import type { Script } from '../../../core/script.ts';
import { sh } from '../../../shell/sh.ts';
import { IN_TRANSACTION } from './ground.ts';

/** Seconds that a user's probe may take. */
export const PROBE_SECONDS = 15;

/**
 * Prints `name ok` or `name failed` for each probe, with the network as it is now: what worked before the change must work after it.
 * The gateway may refuse to answer pings; that it answers for its address is enough then. A packet as large as the card allows finds a
 * card that was promised more than the network carries.
 */
export function probesScript(userProbes: readonly string[]): string {
  const own = userProbes.map(
    (command, index): Script => sh`
      if limited ${PROBE_SECONDS} sh -c ${command} >/dev/null 2>>log; then echo ${`probe-${index + 1} ok`}; else echo ${`probe-${index + 1} failed`}; fi
    `,
  );
  return [
    `${IN_TRANSACTION}\n. "$dir/runtime.sh"`,
    NETWORK_PROBES,
    ...own.map(({ text }) => text),
    'exit 0',
  ].join('\n');
}

const NETWORK_PROBES = sh`
  say() { if [ "$2" = 0 ]; then echo "$1 ok"; else echo "$1 failed"; fi; }
  reaches() { limited 6 ping -c 1 -W 1 "$@" >/dev/null 2>&1 || limited 6 ping -c 2 -W 2 "$@" >/dev/null 2>&1; }

  default=$(ip -4 route show default 2>/dev/null | head -n 1)
  gateway=$(printf '%s\n' "$default" | sed -n 's/.* via \([^ ]*\).*/\1/p')
  card=$(printf '%s\n' "$default" | sed -n 's/.* dev \([^ ]*\).*/\1/p')
  if [ -n "$gateway" ]; then
    ip neigh flush dev "$card" to "$gateway" >/dev/null 2>&1
    reaches "$gateway"; say gateway-ping $?
    ip neigh show "$gateway" dev "$card" 2>/dev/null | grep -q lladdr; say gateway-arp $?
    mtu=$(word "/sys/class/net/$card/mtu")
    reaches -M do -s "$((\${mtu:-1500} - 28))" "$gateway"; say large-packet $?
  else
    say gateway-arp 1
  fi
  gateway6=$(ip -6 route show default 2>/dev/null | sed -n '1s/.* via \([^ ]*\).*/\1/p')
  if [ -n "$gateway6" ]; then
    card6=$(ip -6 route show default | sed -n '1s/.* dev \([^ ]*\).*/\1/p')
    limited 6 ping -6 -c 2 -W 2 -I "$card6" "$gateway6" >/dev/null 2>&1; say gateway6-ping $?
  fi
  resolver=$(sed -n 's/^nameserver[ \t]*\([^ \t]*\).*/\1/p' /etc/resolv.conf 2>/dev/null | head -n 1)
  if [ -n "$resolver" ] && have getent; then
    # Any answer counts: the name of the resolver itself, or of this host.
    limited 6 getent hosts "$resolver" >/dev/null 2>&1; say resolver $?
  fi
`.text;

export interface ProbeResult {
  readonly name: string;
  readonly ok: boolean;
}

/** Reads what the probes printed. */
export function parseProbes(text: string): readonly ProbeResult[] {
  return text.split('\n').flatMap((line) => {
    const [, name, verdict] = /^([a-z0-9-]+) (ok|failed)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, ok: verdict === 'ok' }];
  });
}

/** Probes that passed before and fail, or are missing, now. */
export function failedSince(
  before: readonly ProbeResult[],
  after: readonly ProbeResult[],
): readonly string[] {
  const good = new Set(after.filter(({ ok }) => ok).map(({ name }) => name));
  return before.filter(({ name, ok }) => ok && !good.has(name)).map(({ name }) => name);
}
