import type { HostRead, ReadOutput } from '../../core/read.ts';
import { sh } from '../../shell/sh.ts';
import { find, textOf, type XmlElement } from '../../xml/element.ts';
import { type About, asPrinted, type Print, steady } from './steady.ts';
import { ASK, parseAnswers, parseDescription, parseUuids } from './virsh.ts';

/** `other`: on its way down, crashed, or asleep. */
export type PowerState = 'running' | 'paused' | 'shut off' | 'other';

/** A domain (virtual machine) of libvirt. */
export interface DomainState {
  readonly uuid: string;
  readonly name: string;
  readonly state: PowerState;
  /** Defined, so that it is there after it was shut down. */
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** Its memory was saved to disk (`virsh managedsave`); the next start goes on from there. */
  readonly managedSave: boolean;
  readonly hasSnapshots: boolean;
  /** What runs now (`dumpxml`); null while it is shut off. */
  readonly live: XmlElement | null;
  /** What runs after the next start (`dumpxml --inactive --security-info`); null where it is not persistent. Holds passwords. */
  readonly config: XmlElement | null;
  /** Both as they were printed; undefined where they were not read but foreseen. */
  readonly printed?: { readonly live: string; readonly config: string };
}

export const DOMAINS = 'libvirt:domains';

/** All domains, running or not. `about`: whose state a task depends on. */
export function libvirtDomains(about: About = 'all'): HostRead<readonly DomainState[]> {
  return {
    kind: 'host',
    name: 'domains of libvirt',
    subject: DOMAINS,
    foresight: steady(DOMAINS, about, PRINT),
    script: sh`
      ${ASK}
      all=$(v list --all --uuid) || exit 1
      for one in running paused other; do mark "$one"; commands="$commands list --state-$one --uuid;"; done
      for one in persistent autostart with-managed-save with-snapshot; do
        mark "$one"; commands="$commands list --all --$one --uuid;"
      done
      count=0
      for uuid in $all; do
        mark "live:$uuid"; commands="$commands dumpxml $uuid;"
        mark "config:$uuid"; commands="$commands dumpxml --inactive --security-info $uuid;"
        # An argument may have 128 KiB.
        count=$((count + 1)); if [ $((count % 200)) -eq 0 ]; then ask; fi
      done
      ask
      :`,
    parse: parseDomains,
  };
}

function parseDomains(output: ReadOutput): readonly DomainState[] {
  const answers = parseAnswers(output);
  const among = (mark: string) => new Set(parseUuids(answers.get(mark)));
  const [running, paused, other] = [among('running'), among('paused'), among('other')];
  const [persistent, autostart] = [among('persistent'), among('autostart')];
  const [saved, snapshots] = [among('with-managed-save'), among('with-snapshot')];
  return [...answers.keys()].flatMap((mark): DomainState[] => {
    const uuid = /^live:(.*)$/.exec(mark)?.[1];
    if (uuid === undefined) return [];
    const read = (kind: string) =>
      parseDescription(answers.get(`${kind}:${uuid}`), `the XML of the domain ${uuid}`, 'domain');
    const state = running.has(uuid)
      ? 'running'
      : paused.has(uuid)
        ? 'paused'
        : other.has(uuid)
          ? 'other'
          : 'shut off';
    const config = persistent.has(uuid) ? read('config') : null;
    // A domain that crashed or sleeps is active, one that has shut off is not, though both are `other` to older versions.
    const shown = state === 'shut off' ? null : read('live');
    const live = shown?.attributes.id === undefined ? null : shown;
    const name = textOf(find(config ?? live ?? undefined, 'name'));
    if (name === undefined) return [];
    return [
      {
        uuid,
        name,
        state: live === null ? 'shut off' : state,
        persistent: config !== null,
        autostart: autostart.has(uuid),
        managedSave: saved.has(uuid),
        hasSnapshots: snapshots.has(uuid),
        live,
        config,
        printed: { live: answers.get(`live:${uuid}`) ?? '', config: answers.get(`config:${uuid}`) ?? '' },
      },
    ];
  });
}

/** Of what runs only the network cards are compared, without what libvirt numbers anew; the rest is in the definition. */
const PRINT: Print<DomainState> = {
  functions: sh`
    count_all() { v list --all --uuid | grep -c .; }
    print_one() {
      uuid=$(v domuuid "$1") || { echo absent; return; }
      info=$(v dominfo "$uuid")
      case $(printf '%s\n' "$info" | sed -n 's/^State: *//p') in
        running) echo running;;
        paused) echo paused;;
        'shut off') echo 'shut off';;
        *) echo other;;
      esac
      printf '%s\n' "$info" | sed -n -e 's/^Persistent: *//p' -e 's/^Autostart: *//p'
      printf '%s\n' "$(v dumpxml --inactive --security-info "$uuid")" "$(v dumpxml "$uuid" | sed -n '/<interface /,/<\/interface>/p' |
        sed -e '/<target /d' -e '/<alias /d' -e "s/ portid='[^']*'//")"
    }`,
  of: ({ state, persistent, autostart, printed }) =>
    printed &&
    `${state}\n${persistent ? 'yes' : 'no'}\n${autostart ? 'enable' : 'disable'}\n${asPrinted(printed.config)}${asPrinted(cards(printed.live))}`,
};

function cards(text: string): string {
  const blocks = text.match(/^.*<interface [\s\S]*?<\/interface>.*\n/gm) ?? [];
  const lines = blocks
    .join('')
    .split('\n')
    .filter((line) => !/<(target|alias) /.test(line));
  return lines.map((line) => line.replace(/ portid='[^']*'/, '')).join('\n');
}
