import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { find, textOf, type XmlElement } from '../../xml/element.ts';
import { type About, asPrinted, type Print, steady } from './steady.ts';
import { ASK, parseAnswers, parseDescription, parseUuids } from './virsh.ts';

/** A virtual network of libvirt. */
export interface NetworkState {
  readonly uuid: string;
  readonly name: string;
  readonly active: boolean;
  /** Defined, so that it is there after a restart of libvirt. */
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** What runs now (`net-dumpxml`); null while it is not active. */
  readonly live: XmlElement | null;
  /** What runs after the next start (`net-dumpxml --inactive`); null where it is not persistent. */
  readonly config: XmlElement | null;
  /** Both as they were printed; undefined where they were not read but foreseen. */
  readonly printed?: { readonly live: string; readonly config: string };
}

export const NETWORKS = 'libvirt:networks';

/** All networks, active or not. `about`: whose state a task depends on. */
export function libvirtNetworks(about: About = 'all'): HostRead<readonly NetworkState[]> {
  return {
    kind: 'host',
    name: 'networks of libvirt',
    subject: NETWORKS,
    foresight: steady(NETWORKS, about, PRINT),
    script: sh`
      ${ASK}
      all=$(v net-list --all --uuid) || exit 1
      mark active; commands="$commands net-list --uuid;"
      mark persistent; commands="$commands net-list --all --persistent --uuid;"
      mark autostart; commands="$commands net-list --all --autostart --uuid;"
      for uuid in $all; do
        mark "live:$uuid"; commands="$commands net-dumpxml $uuid;"
        mark "config:$uuid"; commands="$commands net-dumpxml --inactive $uuid;"
      done
      ask
      :`,
    parse: parseNetworks,
  };
}

function parseNetworks(output: ReadOutput): readonly NetworkState[] {
  const answers = parseAnswers(output);
  const among = (mark: string) => new Set(parseUuids(answers.get(mark)));
  const [active, persistent, autostart] = [among('active'), among('persistent'), among('autostart')];
  return [...answers.keys()].flatMap((mark): NetworkState[] => {
    const uuid = /^live:(.*)$/.exec(mark)?.[1];
    if (uuid === undefined) return [];
    const read = (kind: string) =>
      parseDescription(answers.get(`${kind}:${uuid}`), `the XML of the network ${uuid}`, 'network');
    const live = active.has(uuid) ? read('live') : null;
    const config = persistent.has(uuid) ? read('config') : null;
    const name = textOf(find(config ?? live ?? undefined, 'name'));
    // It was there when the list was made, and is gone.
    if (name === undefined) return [];
    return [
      {
        uuid,
        name,
        active: live !== null,
        persistent: config !== null,
        autostart: autostart.has(uuid),
        live,
        config,
        printed: { live: answers.get(`live:${uuid}`) ?? '', config: answers.get(`config:${uuid}`) ?? '' },
      },
    ];
  });
}

const yesNo = (one: boolean) => (one ? 'yes' : 'no');

const PRINT: Print<NetworkState> = {
  functions: sh`
    count_all() { v net-list --all --uuid | grep -c .; }
    print_one() {
      uuid=$(v net-uuid "$1") || { echo absent; return; }
      v net-info "$uuid" | sed -n -e 's/^Active: *//p' -e 's/^Persistent: *//p' -e 's/^Autostart: *//p'
      printf '%s\n' "$(v net-dumpxml --inactive "$uuid")" "$(v net-dumpxml "$uuid" | sed "s/ connections='[0-9]*'//g")"
    }`,
  of: ({ active, persistent, autostart, printed }) =>
    printed &&
    `${[active, persistent, autostart].map(yesNo).join('\n')}\n${asPrinted(printed.config)}${asPrinted(printed.live.replaceAll(/ connections='[0-9]*'/g, ''))}`,
};
