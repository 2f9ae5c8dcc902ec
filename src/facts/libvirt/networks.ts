import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { find, textOf, type XmlElement } from '../../xml/element.ts';
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
}

export const NETWORKS = 'libvirt:networks';

/** All networks, active or not. */
export function libvirtNetworks(): HostRead<readonly NetworkState[]> {
  return {
    kind: 'host',
    name: 'networks of libvirt',
    subject: NETWORKS,
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
      },
    ];
  });
}
