import { sha256 } from '../../core/digest.ts';
import type { Script } from '../../core/script.ts';
import { sequence, sh } from '../../shell/sh.ts';
import type { HostNetwork, Link } from './network-value.ts';

/**
 * Ends with 0 where files, ports and the addresses that were given by hand are as the value says: what comes and goes by itself is not
 * asked, but for the place of `port`, which may be the tap of a guest.
 */
export function holdsNetwork(network: HostNetwork, port?: string): Script {
  const sums = [...network.files.values()]
    .filter(({ path }) => !/^\/(run|lib)\/|resolv\.conf$/.test(path))
    .map(({ path, text }) => `${sha256(new TextEncoder().encode(text))}  ${path}\n`);
  const given = network.addresses.filter(
    ({ scope, dynamic, family }) => scope === 'global' && !dynamic && family === 4,
  );
  const bridges = network.links.filter(({ bridge }) => bridge !== null);
  const cards = network.links.filter(
    ({ name, kind, master }) => master !== null && (name === port || (kind !== 'tun' && kind !== 'macvtap')),
  );
  const alone = network.links.filter(({ name, master }) => name === port && master === null);
  return sequence([
    sh`printf %s ${sums.join('')} | sha256sum -c - >/dev/null 2>&1`,
    ...bridges.map(({ name }) => sh`[ -d ${`/sys/class/net/${name}/bridge`} ]`),
    ...bridges.flatMap(settingsHold),
    ...profilesHold(network),
    ...cards.map(
      ({ name, master }) =>
        sh`m=$(readlink ${`/sys/class/net/${name}/master`}) && [ "\${m##*/}" = ${master ?? ''} ]`,
    ),
    ...alone.map(({ name }) => sh`[ ! -e ${`/sys/class/net/${name}/master`} ]`),
    ...given.map(
      ({ link, address, prefix }) =>
        sh`case $(ip -o -4 addr show dev ${link} 2>/dev/null) in *${` inet ${address}/${prefix} `}*) ;; *) false;; esac`,
    ),
  ]);
}

/** The delay of another root comes and goes with it. */
function settingsHold({ name, bridge }: Link): readonly Script[] {
  if (!bridge) return [];
  const { stp, isRoot, forwardDelay } = bridge;
  const is = (file: string, value: number) =>
    sh`[ "$(cat ${`/sys/class/net/${name}/${file}`} 2>/dev/null)" = ${value} ]`;
  return [
    is('bridge/stp_state', stp ? 1 : 0),
    ...(isRoot ? [is('bridge/forward_delay', Math.round(forwardDelay * 100))] : []),
  ];
}

/** NetworkManager's profiles, without those that it makes and drops by itself. */
function profilesHold({ profiles }: HostNetwork): readonly Script[] {
  const own = profiles.filter((profile) => profile['connection.autoconnect-priority'] !== '-999');
  return own.map((profile) => {
    const text = Object.entries(profile)
      .map(([name, value]) => `${name}:${value}\n`)
      .join('');
    const digest = sha256(new TextEncoder().encode(text));
    return sh`
      s=$(LC_ALL=C CHARSET=UTF-8 nmcli -t -e no connection show ${profile['connection.uuid'] ?? ''} 2>/dev/null |
        grep -E "^[a-z0-9-]+[.][a-z0-9-]+:" | grep -v "^connection.timestamp:" | sha256sum) && [ "\${s%% *}" = ${digest} ]
    `;
  });
}
