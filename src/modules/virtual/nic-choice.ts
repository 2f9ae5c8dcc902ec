import type { DomainState } from '../../facts/libvirt/domains.ts';
import { isOn, type NicSettings } from './nic-xml.ts';
import { type Nic, nicsOf } from './nics.ts';
import { ambiguousNic, noSuchNic, sourceNeeded, undescribedNic } from './problems.ts';

/** What tells which card is meant. */
export interface NicMatch {
  readonly network?: string | undefined;
  readonly bridge?: string | undefined;
  readonly model?: string | undefined;
  readonly alias?: string | undefined;
}

export interface NicChoice extends NicSettings {
  readonly domain: string;
  readonly mac?: string | undefined;
  readonly match?: NicMatch | undefined;
  readonly state: 'present' | 'absent';
}

/** Which definitions of a domain a task is about. */
export interface Sides {
  readonly live: boolean;
  readonly config: boolean;
}

/**
 * The MAC address of the card that is meant; null: there is none, and `absent` is content. Throws where several fit, or none that must. A card
 * of which only the source is said is one of its own, known again by `ownMac`, whatever else is connected to that source.
 */
export function chosenMac(
  choice: NicChoice,
  domain: DomainState,
  sides: Sides,
  ownMac: string,
): string | null {
  const { mac, match, source, state } = choice;
  if (mac !== undefined) return mac;
  const nics = nicsOn(domain, sides);
  const among = (fits: (nic: Nic) => boolean) => [
    ...new Set(nics.filter((nic) => nic.type !== 'hostdev' && fits(nic)).map((nic) => nic.mac)),
  ];
  if (match) {
    const found = among((nic) => matches(nic, match));
    if (found.length > 1) throw ambiguousNic(choice.domain, shown(match), found);
    if (found.length === 1 || state === 'absent') return found[0] ?? null;
    // What was moved away from where it is looked for is where it should be.
    const [there] = source ? among((nic) => fulfils(nic, choice)) : [];
    if (there === undefined) throw noSuchNic(choice.domain, shown(match), listed(nics));
    return there;
  }
  if (!source) throw state === 'absent' ? undescribedNic(choice.domain) : sourceNeeded(choice.domain);
  if (state === 'present') return ownMac;
  const found = among((nic) => fulfils(nic, choice));
  if (found.length > 1) throw ambiguousNic(choice.domain, `${source.kind} ${source.name}`, found);
  return found[0] ?? null;
}

function nicsOn({ live, config }: DomainState, sides: Sides): readonly Nic[] {
  return [...(sides.live ? nicsOf(live) : []), ...(sides.config ? nicsOf(config) : [])];
}

function matches(nic: Nic, { network, bridge, model, alias }: NicMatch): boolean {
  return (
    (network === undefined || (nic.type === 'network' && nic.source === network)) &&
    (bridge === undefined || (nic.type === 'bridge' && nic.source === bridge)) &&
    (model === undefined || nic.model === model) &&
    (alias === undefined || nic.alias === alias)
  );
}

function fulfils(nic: Nic, { source, model }: NicChoice): boolean {
  return source !== undefined && isOn(nic.element, source) && (model === undefined || nic.model === model);
}

function shown(match: NicMatch): string {
  return Object.entries(match)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(' and ');
}

function listed(nics: readonly Nic[]): readonly string[] {
  return [...new Set(nics.map(({ mac, type, source }) => `${mac} on ${type} ${source ?? ''}`.trim()))];
}
