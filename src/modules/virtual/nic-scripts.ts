import type { Change } from '../../core/change.ts';
import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';
import { formatXml } from '../../xml/format.ts';
import { LIBVIRT } from './host-scripts.ts';
import type { NicData, NicStep } from './nic-plan.ts';
import { attachable } from './nic-xml.ts';

const NOTHING = raw(':');

/** Seconds that a guest gets to let go of a card. */
const RELEASE_SECONDS = 30;

/** `detach_live UUID MAC` waits until the guest has let go of the card: until then it is still there. */
const DETACH: Script = sh`
  detach_live() {
    xml=$(cat)
    began=$(date +%s); asked=
    while v domiflist "$1" | grep -qi -F -- "$2"; do
      now=$(($(date +%s) - began))
      if [ "$now" -ge ${RELEASE_SECONDS} ]; then
        echo "The guest did not let go of the network card $2 within ${RELEASE_SECONDS} seconds; it is still attached, and the definition is as it was. A guest must run an operating system that knows hotplug; scope: config takes it away with the next start." >&2
        return 1
      fi
      # Asked again: a guest that boots hears nothing.
      if [ "$asked" != $((now / 10)) ]; then
        asked=$((now / 10))
        said=$(printf '%s' "$xml" | v detach-device "$1" /dev/stdin --live 2>&1) || case $said in
          *'already in the process of unplug'*) ;;
          *) printf '%s\n' "$said" >&2; return 1;;
        esac
      fi
      sleep 0.5 2>/dev/null || sleep 1
    done
  }
`;

/** First what runs, then the definition: a guest that keeps its card keeps its definition too. */
export function applyNic({ data }: Change<NicData>): Script {
  const { uuid } = data.domain;
  return sh`
    ${LIBVIRT}
    ${DETACH}
    ${data.config ? backUp(uuid, data.domain.name) : NOTHING}
    ${steps(data, data.live, data.config)}
    printf 'live=%s\0' "$(v dumpxml ${uuid} 2>/dev/null)"
    printf 'config=%s\0' "$(v dumpxml --inactive ${uuid} 2>/dev/null)"`;
}

/** The card as it was. One that was taken out comes back at its place, with its MAC address. */
export function undoNic({ data }: Change<NicData>): Script {
  const reversed = (step: NicStep | null) => step && { before: step.after, after: step.before };
  return sh`
    ${LIBVIRT}
    ${DETACH}
    ${steps(data, reversed(data.live), reversed(data.config))}`;
}

function steps({ domain, mac }: NicData, live: NicStep | null, config: NicStep | null): Script {
  const isNew = (step: NicStep | null) => step !== null && step.before === null;
  if (isNew(live) && isNew(config) && live?.after) {
    // In one go, so that the card has the same place in both.
    return attach(domain.uuid, attachable(live.after), ['--live', '--config']);
  }
  return sh`
    ${live ? step(domain.uuid, mac, live, '--live') : NOTHING}
    ${config ? step(domain.uuid, mac, config, '--config') : NOTHING}`;
}

function step(uuid: string, mac: string, { before, after }: NicStep, side: '--live' | '--config'): Script {
  if (after === null) {
    const xml = formatXml(before as NonNullable<typeof before>);
    return side === '--live'
      ? sh`printf '%s' ${xml} | detach_live ${uuid} ${mac} || exit 1`
      : sh`printf '%s' ${xml} | v detach-device ${uuid} /dev/stdin --config >/dev/null || exit 1`;
  }
  if (before === null) return attach(uuid, attachable(after), [side]);
  return sh`printf '%s' ${formatXml(after)} | v update-device ${uuid} /dev/stdin ${side} >/dev/null || exit 1`;
}

function attach(uuid: string, nic: NicStep['after'], sides: readonly string[]): Script {
  return sh`printf '%s' ${formatXml(nic as NonNullable<typeof nic>)} | v attach-device ${uuid} /dev/stdin ${sides} >/dev/null || exit 1`;
}

function backUp(uuid: string, name: string): Script {
  return sh`
    { v dumpxml --inactive --security-info ${uuid} || fail 'The domain is gone.'; } | back_up domain ${name} || fail ${`The XML of the domain ${name} could not be kept.`}`;
}
