import type { Change } from '../../core/change.ts';
import type { Script } from '../../core/script.ts';
import { raw, sh } from '../../shell/sh.ts';
import { formatXml } from '../../xml/format.ts';
import { LIBVIRT } from './host-scripts.ts';
import type { LiveUpdate } from './network-live.ts';
import type { NetworkData } from './network-plan.ts';
import { TAPS } from './taps.ts';

const NOTHING = raw(':');

/** Keeps the XML that is there, then makes the change. A restart that fails puts the old network back. */
export function applyNetwork({ data }: Change<NetworkData>, { name }: { readonly name: string }): Script {
  const { before, define, updates, restart, start, stop, autostart, bridges } = data;
  const gone = data.after === null;
  return sh`
    ${LIBVIRT}
    ${TAPS}
    ${before ? backUp(before.uuid, name) : NOTHING}
    ${define === null ? NOTHING : sh`${defineNetwork(define)} || exit 1`}
    ${updates.length > 0 ? sh`${updates.map(updateLive(name)).reduce(both)}` : NOTHING}
    ${restart ? restartNetwork(name, bridges, before?.config ? formatXml(before.config) : null) : NOTHING}
    ${stop ? sh`v net-destroy ${name} >/dev/null || exit 1` : NOTHING}
    ${gone && before?.persistent ? sh`v net-undefine ${name} >/dev/null || exit 1` : NOTHING}
    ${start ? sh`v net-start ${name} >/dev/null || exit 1` : NOTHING}
    ${autostart === null ? NOTHING : setAutostart(name, autostart)}
    ${gone ? NOTHING : sh`printf 'uuid=%s\0' "$(v net-uuid ${name})"`}`;
}

/** The network as it was: definition, autostart, and what ran; guests' taps go back to it. */
export function undoNetwork({ data }: Change<NetworkData>, { name }: { readonly name: string }): Script {
  const { before, restart, start, stop, updates, bridges } = data;
  if (!before) {
    return sh`
      ${LIBVIRT}
      v net-destroy ${name} >/dev/null 2>&1
      v net-undefine ${name} >/dev/null`;
  }
  const config = before.config ? formatXml(before.config) : null;
  const live = before.live ? formatXml(before.live) : null;
  return sh`
    ${LIBVIRT}
    ${TAPS}
    ${config === null ? NOTHING : sh`${defineNetwork(config)} || exit 1`}
    ${updates.length > 0 ? sh`${updates.toReversed().map(reversed).map(updateLive(name)).reduce(both)}` : NOTHING}
    ${restart ? restartNetwork(name, [bridges[1], bridges[0]], null) : NOTHING}
    ${start ? sh`v net-destroy ${name} >/dev/null || exit 1` : NOTHING}
    ${stop ? startAgain(name, config, live) : NOTHING}
    ${before.persistent ? setAutostart(name, before.autostart) : sh`v net-undefine ${name} >/dev/null`}`;
}

function backUp(uuid: string, name: string): Script {
  return sh`
    { v net-dumpxml --inactive ${uuid} || fail 'The network is gone.'; } | back_up network ${name} || fail ${`The XML of the network ${name} could not be kept.`}`;
}

function defineNetwork(xml: string): Script {
  return sh`printf '%s' ${xml} | define network`;
}

function updateLive(name: string) {
  return ({ command, section, xml, parentIndex }: LiveUpdate): Script =>
    sh`v net-update ${name} ${command} ${section} ${xml} --live --parent-index ${parentIndex} >/dev/null || exit 1`;
}

function reversed(update: LiveUpdate): LiveUpdate {
  return { ...update, command: update.command === 'delete' ? 'add-last' : 'delete' };
}

function both(one: Script, other: Script): Script {
  return sh`${one}
${other}`;
}

function restartNetwork(name: string, [from, to]: NetworkData['bridges'], old: string | null): Script {
  const keep = from === null ? raw('taps=') : sh`keep_taps ${from}`;
  const put = (bridge: string | null) => (bridge === null ? NOTHING : sh`put_taps ${bridge}`);
  const again =
    old === null ? NOTHING : sh`${defineNetwork(old)} && v net-start ${name} >/dev/null && ${put(from)}`;
  return sh`
    ${keep}
    v net-destroy ${name} >/dev/null || exit 1
    if v net-start ${name} >/dev/null; then
      ${put(to)} || fail 'Not every tap could be put back on its bridge.'
    else
      ${again}
      exit 1
    fi`;
}

/** Taps of guests that still run have lost their bridge and are found by libvirt_reattach; here only the network starts. */
function startAgain(name: string, config: string | null, live: string | null): Script {
  if (config === null && live !== null)
    return sh`printf '%s' ${live} | v net-create /dev/stdin >/dev/null || exit 1`;
  return sh`v net-start ${name} >/dev/null || exit 1`;
}

function setAutostart(name: string, on: boolean): Script {
  return sh`v net-autostart ${name} ${on ? [] : ['--disable']} >/dev/null || exit 1`;
}
