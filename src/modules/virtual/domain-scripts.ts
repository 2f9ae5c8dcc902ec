import type { Change } from '../../core/change.ts';
import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';
import { find } from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import type { DomainData, DomainWish } from './domain-plan.ts';
import { LIBVIRT } from './host-scripts.ts';

const NOTHING = raw(':');

/**
 * Shell functions that switch a domain on and off. `power_off DOMAIN SECONDS fail|destroy` presses the power button, again every ten seconds
 * (a guest that boots hears nothing), and waits.
 */
export const POWER: Script = sh`
  domain_state() { v domstate "$1" 2>/dev/null | head -n 1; }
  power_on() {
    case $(domain_state "$1") in
      running|idle) ;;
      paused) v resume "$1" >/dev/null;;
      pmsuspended) v dompmwakeup "$1" >/dev/null;;
      crashed) v destroy "$1" >/dev/null; v start "$1" >/dev/null;;
      *) v start "$1" >/dev/null;;
    esac || return 1
    # What only just began to go down is not running.
    [ "$(domain_state "$1")" != 'in shutdown' ] || { sleep 5; v start "$1" >/dev/null; }
  }
  power_off() {
    if [ "$(domain_state "$1")" = paused ]; then v resume "$1" >/dev/null; fi
    began=$(date +%s); pressed=
    while :; do
      case $(domain_state "$1") in 'shut off'|'') return 0;; esac
      now=$(($(date +%s) - began))
      [ "$now" -lt "$2" ] || break
      if [ "$pressed" != $((now / 10)) ]; then pressed=$((now / 10)); v shutdown "$1" >/dev/null 2>&1; fi
      sleep 0.5 2>/dev/null || sleep 1
    done
    if [ "$3" = destroy ]; then v destroy "$1" >/dev/null; return; fi
    echo "The domain $1 did not shut down within $2 seconds; it still runs. Set on_timeout: destroy to pull its plug then, or give it more time with shutdown_timeout." >&2
    return 1
  }
`;

/** Keeps the XML that is there where the definition changes, then makes the change. */
export function applyDomain({ data }: Change<DomainData>, wish: DomainWish): Script {
  const { before, after, define, power, autostart } = data;
  // virsh takes a name of digits for the number of a running domain.
  const name = (/^\d+$/.test(wish.name) && before?.uuid) || wish.name;
  const gone = after === null;
  return sh`
    ${LIBVIRT}
    ${POWER}
    ${before && (define !== null || gone) ? backUp(before.uuid, wish.name) : NOTHING}
    ${define === null ? NOTHING : sh`printf '%s' ${define} | define domain || exit 1`}
    ${power === null ? NOTHING : switchPower(power, name, wish)}
    ${gone && before?.persistent ? undefine(data, name) : NOTHING}
    ${autostart === null ? NOTHING : setAutostart(name, autostart)}
    ${gone ? NOTHING : sh`printf 'uuid=%s\0' "$(v domuuid ${name} | head -n 1)"`}`;
}

/** The domain as it was: its definition, autostart and power. */
export function undoDomain({ data }: Change<DomainData>, wish: DomainWish): Script | null {
  const { before, define, power } = data;
  const { name } = wish;
  if (before?.persistent === false && power !== null && power !== 'start') return null;
  if (!before) {
    return sh`
      ${LIBVIRT}
      v destroy ${name} >/dev/null 2>&1
      ${undefine(data, name)}`;
  }
  const old = before.config && formatXml(before.config);
  const wasOn = before.state !== 'shut off';
  const back =
    power === 'start'
      ? wasOn
        ? NOTHING
        : switchPower('shutdown', name, wish)
      : sh`power_on ${name} || exit 1`;
  return sh`
    ${LIBVIRT}
    ${POWER}
    ${old === null || (define === null && data.after) ? NOTHING : sh`printf '%s' ${old} | define domain || exit 1`}
    ${power === null ? NOTHING : back}
    ${before.persistent ? setAutostart(name, before.autostart) : NOTHING}`;
}

function switchPower(power: NonNullable<DomainData['power']>, name: string, wish: DomainWish): Script {
  if (power === 'start') return sh`power_on ${name} || exit 1`;
  if (power === 'destroy') return sh`v destroy ${name} >/dev/null || exit 1`;
  return sh`power_off ${name} ${wish.shutdown_timeout} ${wish.on_timeout} || exit 1`;
}

/** A firmware's variables stay on the disk, so that a domain that is defined again boots as before. */
function undefine({ before, after }: DomainData, name: string): Script {
  const firmware = [before?.config, after?.config].some(
    (one) =>
      find(one ?? undefined, 'os', 'nvram') ||
      find(one ?? undefined, 'os')?.attributes.firmware !== undefined,
  );
  return sh`v undefine ${firmware ? ['--keep-nvram'] : []} ${name} >/dev/null || exit 1`;
}

function backUp(uuid: string, name: string): Script {
  return sh`
    { v dumpxml --inactive --security-info ${uuid} || fail 'The domain is gone.'; } | back_up domain ${name} || fail ${`The XML of the domain ${name} could not be kept.`}`;
}

function setAutostart(name: string, on: boolean): Script {
  return sh`v autostart ${on ? [] : ['--disable']} ${name} >/dev/null || exit 1`;
}
