import type { Change, Difference, Side } from '../../core/change.ts';
import type { TaskView } from '../../core/module.ts';
import type { DomainState, PowerState } from '../../facts/libvirt/domains.ts';
import {
  childrenOf,
  element,
  find,
  mapElements,
  textOf,
  withAttributes,
  withChild,
  type XmlElement,
} from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import { equalXml, overlay } from '../../xml/overlay.ts';
import { parseXml } from '../../xml/parse.ts';
import { checkDomain, macsInUse } from './domain-checks.ts';
import { canonicalDomain, domainRules, isMachine } from './domain-rules.ts';
import { generatedMac } from './free-names.ts';
import { nicsOf } from './nics.ts';
import { hasSnapshots, otherName, savedState, transientDomain, unknownDomain } from './problems.ts';

/** What a task wants of a domain. */
export interface DomainWish {
  readonly name: string;
  readonly state: 'present' | 'running' | 'shutdown' | 'destroyed' | 'absent';
  readonly autostart?: boolean | undefined;
  /** Seconds. */
  readonly shutdown_timeout: number;
  readonly on_timeout: 'fail' | 'destroy';
}

export interface DomainData {
  readonly before: DomainState | null;
  /** As it will be; null: gone. */
  readonly after: DomainState | null;
  /** XML to be defined; null: the definition stays. */
  readonly define: string | null;
  readonly power: 'start' | 'shutdown' | 'destroy' | null;
  readonly autostart: boolean | null;
}

/**
 * Null: the domain is as it shall be. `document`: the XML that was given or rendered; null: none. `machineId`: makes MAC addresses of this host
 * others than those of other hosts.
 */
export function planDomain(
  wish: DomainWish,
  domains: readonly DomainState[],
  document: string | null,
  view: TaskView,
  machineId = '',
): Change<DomainData> | null {
  const before = domains.find(({ name }) => name === wish.name) ?? null;
  if (wish.state === 'absent') return before && planRemoval(before);
  if (document === null && !before) {
    throw unknownDomain(wish.name, view.pendingChanges ? [] : domains.map(({ name }) => name));
  }
  const definition =
    document === null
      ? null
      : withNewMacs(wantedDefinition(wish.name, document, before), `${machineId} ${wish.name}`, domains);
  const old = before?.config ?? null;
  const changed = definition !== null && (old === null || !equalXml(old, definition));
  if (changed) checkDomain(wish.name, definition, domains);
  const config = definition ?? old;
  const power = powerChange(wish.state, before?.state ?? 'shut off');
  if (config === null && (wish.autostart || power === 'start')) throw transientDomain(wish.name);
  const autostart =
    wish.autostart === undefined || wish.autostart === (before?.autostart ?? false) ? null : wish.autostart;
  const state = power === null ? (before?.state ?? 'shut off') : power === 'start' ? 'running' : 'shut off';
  const differences = [
    ...(changed ? [definitionDifference(wish.name, old, definition)] : []),
    ...(power === null
      ? []
      : [{ label: `state of domain/${wish.name}`, before: before?.state ?? null, after: state }]),
    ...(autostart === null
      ? []
      : [
          {
            label: `autostart of domain/${wish.name}`,
            before: onOff(!autostart),
            after: onOff(autostart),
          },
        ]),
  ];
  if (differences.length === 0) return null;
  // Nothing is left of a transient domain once it is off.
  const isGone = config === null && state === 'shut off';
  const live = state === 'shut off' ? null : power === 'start' ? asRunning(config) : (before?.live ?? null);
  return {
    differences,
    data: {
      before,
      after: isGone
        ? null
        : {
            uuid: before?.uuid ?? '',
            name: wish.name,
            state,
            persistent: config !== null,
            autostart: autostart ?? before?.autostart ?? false,
            managedSave: power === 'start' ? false : (before?.managedSave ?? false),
            hasSnapshots: before?.hasSnapshots ?? false,
            live,
            config,
          },
      define: changed ? formatXml(definition) : null,
      power,
      autostart,
    },
    ...warningsOf(wish.name, changed, before, power),
  };
}

function warningsOf(name: string, changed: boolean, before: DomainState | null, power: DomainData['power']) {
  const warnings = [
    ...(changed && before?.live && power === null
      ? [`the domain ${name} runs on with its old definition; the new one counts from its next start`]
      : []),
    ...(changed && before?.managedSave
      ? [
          `the domain ${name} has a saved state; its next start goes on from there, with the definition it had then`,
        ]
      : []),
  ];
  return warnings.length > 0 ? { warnings } : {};
}

function powerChange(wanted: DomainWish['state'], now: PowerState): DomainData['power'] {
  if (wanted === 'running') return now === 'running' ? null : 'start';
  if (wanted === 'shutdown') return now === 'shut off' ? null : 'shutdown';
  if (wanted === 'destroyed') return now === 'shut off' ? null : 'destroy';
  return null;
}

/** The definition as it shall be, with uuid, MAC addresses and places of devices of the one that is there. */
function wantedDefinition(name: string, document: string, before: DomainState | null): XmlElement {
  const wanted = canonicalDomain(parseXml(document, `the XML of the domain ${name}`, 'domain'));
  const found = textOf(find(wanted, 'name'));
  if (found !== name) throw otherName('domain', found, name);
  const known = before?.config ?? before?.live;
  const uuid = find(known ?? undefined, 'uuid');
  const own = uuid ? withChild(wanted, 'uuid', uuid) : wanted;
  if (!before?.config) return own;
  const base = before.config;
  if (hasOtherMachine(base, own)) return withMacs(own, base);
  const memory = find(own, 'memory');
  // Without it, libvirt gives the guest all of its memory.
  const whole =
    memory && !find(own, 'currentMemory')
      ? [...own.children, { ...memory, name: 'currentMemory' }]
      : own.children;
  return overlay(base, { ...own, children: whole }, domainRules);
}

/** Places of devices of one machine mean nothing on another. */
function hasOtherMachine(base: XmlElement, wanted: XmlElement): boolean {
  const [now, then] = [
    find(base, 'os', 'type')?.attributes ?? {},
    find(wanted, 'os', 'type')?.attributes ?? {},
  ];
  const otherMachine =
    then.machine !== undefined && now.machine !== undefined && !isMachine(now.machine, then.machine);
  return (
    otherMachine ||
    (then.arch !== undefined && then.arch !== now.arch) ||
    wanted.attributes.type !== base.attributes.type
  );
}

/** Cards that have no MAC address of their own get those of the cards that are there, in order. */
function withMacs(wanted: XmlElement, base: XmlElement): XmlElement {
  const macs = childrenOf(find(base, 'devices'), 'interface').map((one) => find(one, 'mac'));
  const made = mapElements(wanted, (one) => {
    if (one.name !== 'interface') return one;
    const mac = macs.shift();
    return find(one, 'mac') || !mac ? one : withChild(one, 'mac', mac);
  });
  return made ?? wanted;
}

/** Cards that have none yet get MAC addresses here, so that a check run shows the same ones as the run. */
function withNewMacs(definition: XmlElement, purpose: string, domains: readonly DomainState[]): XmlElement {
  const taken = [...macsInUse(domains), ...nicsOf(definition).map(({ mac }) => mac)];
  const made = mapElements(definition, (one) => {
    if (one.name !== 'interface' || find(one, 'mac')) return one;
    const mac = generatedMac(purpose, taken);
    taken.push(mac);
    return { ...one, children: [element('mac', { address: mac }), ...one.children] };
  });
  return made ?? definition;
}

function planRemoval(before: DomainState): Change<DomainData> {
  if (before.managedSave) throw savedState(before.name);
  if (before.hasSnapshots) throw hasSnapshots(before.name);
  return {
    differences: [definitionDifference(before.name, before.config ?? before.live, null)],
    data: {
      before,
      after: null,
      define: null,
      power: before.state === 'shut off' ? null : 'shutdown',
      autostart: null,
    },
  };
}

/** For a check run: what libvirt adds when a domain starts is not known, but that it runs is. */
function asRunning(config: XmlElement | null): XmlElement | null {
  return config && withAttributes(config, { id: '0' });
}

export function definitionDifference(
  name: string,
  before: XmlElement | null,
  after: XmlElement | null,
): Difference {
  return { label: `XML of domain/${name}`, before: shownXml(before), after: shownXml(after) };
}

/** XML for people: passwords of consoles are not shown. */
export function shownXml(one: XmlElement | null): Side {
  if (one === null) return null;
  const hidden = mapElements(one, (each) =>
    each.attributes.passwd === undefined ? each : withAttributes(each, { passwd: '(hidden)' }),
  );
  return formatXml(hidden ?? one);
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}
