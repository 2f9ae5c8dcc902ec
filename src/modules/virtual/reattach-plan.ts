import type { Change } from '../../core/change.ts';
import type { Script } from '../../core/script.ts';
import type { DomainState } from '../../facts/libvirt/domains.ts';
import type { HostLinks } from '../../facts/libvirt/host-links.ts';
import { sh } from '../../shell/sh.ts';
import { find } from '../../xml/element.ts';
import { nicsOf } from './nics.ts';
import { unknownBridge, unknownDomain } from './problems.ts';
import { TAPS } from './taps.ts';

/** A tap that is not a port of the bridge that its card is connected to. */
export interface LooseTap {
  readonly domain: string;
  readonly mac: string;
  readonly tap: string;
  /** Where it belongs. */
  readonly bridge: string;
  /** Where it is; null: nowhere. */
  readonly master: string | null;
  /** Flags of a port that libvirt sets, as sysfs names them. */
  readonly flags: readonly string[];
}

/** Which taps of running guests are not where they belong. Throws where a named domain, or a bridge, is not there. */
export function looseTaps(
  domains: readonly DomainState[],
  { links }: HostLinks,
  names: readonly string[] | 'all',
): readonly LooseTap[] {
  const known = domains.map(({ name }) => name);
  for (const name of names === 'all' ? [] : names)
    if (!known.includes(name)) throw unknownDomain(name, known);
  const chosen = domains.filter(({ name }) => names === 'all' || names.includes(name));
  const loose = chosen.flatMap(({ name, live }) =>
    nicsOf(live).flatMap(({ mac, tap, bridge, element }): LooseTap[] => {
      const link = links.find((one) => one.name === tap);
      if (tap === null || bridge === null || !link || link.master === bridge) return [];
      const isolated = find(element, 'port')?.attributes.isolated === 'yes';
      return [{ domain: name, mac, tap, bridge, master: link.master, flags: isolated ? ['isolated=1'] : [] }];
    }),
  );
  const bridges = links.filter(({ isBridge }) => isBridge).map(({ name }) => name);
  const missing = loose.find(({ bridge }) => !bridges.includes(bridge));
  if (missing) throw unknownBridge(missing.bridge, bridges);
  return loose;
}

export function planReattach(taps: readonly LooseTap[]): Change<readonly LooseTap[]> | null {
  if (taps.length === 0) return null;
  return {
    differences: taps.map(({ domain, tap, bridge, master }) => ({
      label: `bridge of the tap ${tap} of domain/${domain}`,
      before: master,
      after: bridge,
    })),
    data: taps,
  };
}

export function applyReattach({ data }: Change<readonly LooseTap[]>): Script {
  return put(data.map(({ tap, bridge, flags }) => sh`put_tap ${bridge} ${tap} ${flags} || exit 1`));
}

export function undoReattach({ data }: Change<readonly LooseTap[]>): Script {
  return put(
    data.map(({ tap, master }) =>
      master === null
        ? sh`ip link set dev ${tap} nomaster || exit 1`
        : sh`put_tap ${master} ${tap} || exit 1`,
    ),
  );
}

function put(steps: readonly Script[]): Script {
  return steps.reduce(
    (all, step) => sh`${all}
${step}`,
    sh`
      LC_ALL=C; export LC_ALL
      ${TAPS}`,
  );
}
