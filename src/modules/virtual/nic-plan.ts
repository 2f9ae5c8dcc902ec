import type { Change, Difference } from '../../core/change.ts';
import type { TaskView } from '../../core/module.ts';
import type { DomainState } from '../../facts/libvirt/domains.ts';
import type { HostLinks } from '../../facts/libvirt/host-links.ts';
import type { NetworkState } from '../../facts/libvirt/networks.ts';
import type { XmlElement } from '../../xml/element.ts';
import { checkMac, macsInUse } from './domain-checks.ts';
import { generatedMac } from './free-names.ts';
import { chosenMac, type NicChoice, type Sides } from './nic-choice.ts';
import {
  attachable,
  changedNic,
  isOn,
  type NicSettings,
  type NicSource,
  newNic,
  nicText,
  withNic,
} from './nic-xml.ts';
import { type Nic, nicsOf } from './nics.ts';
import {
  modelOfRunning,
  networkAsleep,
  notPersistent,
  notRunning,
  passthroughNic,
  sourceNeeded,
  unknownBridge,
  unknownDomain,
  unknownModel,
  unknownNetwork,
} from './problems.ts';

/** What a task wants of a card. */
export interface NicWish extends NicChoice {
  readonly scope: 'auto' | 'live' | 'config' | 'both';
}

/** One definition's part of a change: a card that comes (no before), goes (no after) or becomes another. */
export interface NicStep {
  readonly before: XmlElement | null;
  readonly after: XmlElement | null;
}

export interface NicData {
  readonly domain: DomainState;
  readonly mac: string;
  readonly live: NicStep | null;
  readonly config: NicStep | null;
  /** The domain as it will be. */
  readonly after: DomainState;
}

export interface NicReads {
  readonly domains: readonly DomainState[];
  readonly networks: readonly NetworkState[];
  readonly host: HostLinks;
  /** Models that the domain's emulator offers; empty: not known, or not needed. */
  readonly models: readonly string[];
}

/** Null: the card is as it shall be. */
export function planNic(wish: NicWish, reads: NicReads, view: TaskView): Change<NicData> | null {
  const domain = reads.domains.find(({ name }) => name === wish.domain);
  if (!domain)
    throw unknownDomain(
      wish.domain,
      reads.domains.map(({ name }) => name),
    );
  const sides = sidesOf(wish, domain);
  const mac = chosenMac(wish, domain, sides, ownMac(wish, domain, reads));
  if (mac === null) return null;
  const now = { live: nicIn(domain.live, mac), config: nicIn(domain.config, mac) };
  for (const nic of [now.live, now.config])
    if (nic?.type === 'hostdev') throw passthroughNic(mac, wish.domain);
  const step = (side: 'live' | 'config') => (sides[side] ? stepOf(wish, mac, now[side], now, side) : null);
  const [live, config] = [step('live'), step('config')];
  if (!live && !config) return null;
  if (wish.state === 'present') checkPossible(wish, mac, now, { live, config }, reads, view);
  const pending = isModelPending(wish, now.live, sides);
  const after = {
    ...domain,
    live: live && domain.live ? withNic(domain.live, mac, live.after) : domain.live,
    config: config && domain.config ? withNic(domain.config, mac, config.after) : domain.config,
  };
  return {
    differences: [
      ...(live ? [difference(`running network card ${mac} of domain/${wish.domain}`, live)] : []),
      ...(config ? [difference(`network card ${mac} of domain/${wish.domain}`, config)] : []),
    ],
    data: { domain, mac, live, config, after },
    ...(pending
      ? { warnings: [`the model of the network card ${mac} changes with the next start of ${wish.domain}`] }
      : {}),
  };
}

/** The card that a task is about, for its result; undefined where there is none. */
export function nicOfWish(wish: NicWish, reads: NicReads): string | undefined {
  const domain = reads.domains.find(({ name }) => name === wish.domain);
  return (domain && chosenMac(wish, domain, sidesOf(wish, domain), ownMac(wish, domain, reads))) ?? undefined;
}

function sidesOf({ scope }: NicWish, { name, live, config }: DomainState): Sides {
  if ((scope === 'live' || scope === 'both') && !live) throw notRunning(name, scope);
  if ((scope === 'config' || scope === 'both') && !config) throw notPersistent(name, scope);
  return { live: scope !== 'config' && live !== null, config: scope !== 'live' && config !== null };
}

function nicIn(definition: XmlElement | null, mac: string): Nic | undefined {
  return nicsOf(definition).find((nic) => nic.mac === mac);
}

/** The same each time, so that the card that a task made is known again; another where another domain has it. */
function ownMac({ source }: NicWish, { name }: DomainState, { domains, host }: NicReads): string {
  const others = domains.filter((one) => one.name !== name);
  return generatedMac(`${host.machineId} ${name} ${source?.kind} ${source?.name}`, macsInUse(others));
}

function stepOf(
  wish: NicWish,
  mac: string,
  nic: Nic | undefined,
  now: { readonly live: Nic | undefined; readonly config: Nic | undefined },
  side: 'live' | 'config',
): NicStep | null {
  if (wish.state === 'absent') return nic ? { before: nic.element, after: null } : null;
  if (!nic) {
    const other = now.live ?? now.config;
    const made = other
      ? changedNic(attachable(other.element), wish)
      : wish.source && newNic(mac, wish.source, wish);
    if (!made) throw sourceNeeded(wish.domain);
    return { before: null, after: made };
  }
  const settings = settingsToChange(wish, nic, side);
  return settings && { before: nic.element, after: changedNic(nic.element, settings) };
}

/** Null: nothing. The model of a card that a guest has cannot change under it. */
function settingsToChange(wish: NicWish, nic: Nic, side: 'live' | 'config'): NicSettings | null {
  const settings: NicSettings = {
    ...(wish.source && !isOn(nic.element, wish.source) ? { source: wish.source } : {}),
    ...(wish.model !== undefined && wish.model !== nic.model && side === 'config'
      ? { model: wish.model }
      : {}),
    ...(wish.link !== undefined && wish.link !== nic.link ? { link: wish.link } : {}),
  };
  if (wish.scope === 'live' && wish.model !== undefined && wish.model !== nic.model) {
    throw modelOfRunning(nic.mac, wish.domain);
  }
  return Object.keys(settings).length > 0 ? settings : null;
}

/** Whether a running card has another model than asked for; it gets it with the next start. */
export function isModelPending({ model, state }: NicWish, live: Nic | undefined, sides: Sides): boolean {
  return (
    state === 'present' && sides.live && live !== undefined && model !== undefined && live.model !== model
  );
}

function checkPossible(
  wish: NicWish,
  mac: string,
  now: { readonly live: Nic | undefined; readonly config: Nic | undefined },
  steps: Pick<NicData, 'live' | 'config'>,
  reads: NicReads,
  { pendingChanges }: TaskView,
): void {
  const isNew = [steps.live, steps.config].some((step) => step && !step.before);
  if (isNew) checkMac(mac, wish.domain, reads.domains);
  const { model, source } = wish;
  const hasModel = [now.live, now.config].some((nic) => nic?.model === model);
  if (model !== undefined && !hasModel && reads.models.length > 0 && !reads.models.includes(model)) {
    throw unknownModel(model, wish.domain, reads.models);
  }
  // In a check run an earlier task may make it.
  if (source && !pendingChanges) checkSource(source, steps.live !== null, reads);
}

function checkSource({ kind, name }: NicSource, live: boolean, { networks, host }: NicReads): void {
  if (kind === 'bridge') {
    const bridges = host.links.filter(({ isBridge }) => isBridge).map((link) => link.name);
    if (!bridges.includes(name)) throw unknownBridge(name, bridges);
    return;
  }
  const network = networks.find((one) => one.name === name);
  if (!network)
    throw unknownNetwork(
      name,
      networks.map((one) => one.name),
    );
  if (live && !network.active) throw networkAsleep(name);
}

function difference(label: string, { before, after }: NicStep): Difference {
  return { label, before: nicText(before), after: nicText(after) };
}
