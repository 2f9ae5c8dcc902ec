import { sha256 } from '../../core/digest.ts';
import type { Script } from '../../core/script.ts';
import { sequence, sh } from '../../shell/sh.ts';
import type { HostNetwork } from './network-value.ts';

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
