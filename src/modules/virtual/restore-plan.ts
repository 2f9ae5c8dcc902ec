import type { Change } from '../../core/change.ts';
import type { TaskView } from '../../core/module.ts';
import type { Script } from '../../core/script.ts';
import type { BackupSet, KeptDescription } from '../../facts/libvirt/backup-sets.ts';
import type { DomainState } from '../../facts/libvirt/domains.ts';
import type { HostLinks } from '../../facts/libvirt/host-links.ts';
import type { NetworkState } from '../../facts/libvirt/networks.ts';
import { sequence } from '../../shell/sh.ts';
import { find, withChild } from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import { equalXml } from '../../xml/overlay.ts';
import { type ChosenObject, chosenObjects } from './chosen-objects.ts';
import { checkDomain } from './domain-checks.ts';
import { type DomainData, definitionDifference } from './domain-plan.ts';
import { applyDomain, undoDomain } from './domain-scripts.ts';
import { type NetworkData, planNetwork } from './network-plan.ts';
import { applyNetwork, undoNetwork } from './network-scripts.ts';
import { noBackup, notInBackup } from './problems.ts';

export interface RestoreWish {
  readonly from: string;
  readonly domains?: readonly string[] | 'all' | undefined;
  readonly networks?: readonly string[] | 'all' | undefined;
}

/** The change of one domain or network. */
type Part =
  | { readonly kind: 'domain'; readonly name: string; readonly change: Change<DomainData> }
  | { readonly kind: 'network'; readonly name: string; readonly change: Change<NetworkData> };

export interface RestoreReads {
  readonly set: BackupSet;
  readonly domains: readonly DomainState[];
  readonly networks: readonly NetworkState[];
  readonly host: HostLinks;
}

/** What is to be brought back, networks first: a domain may need one. */
export function restoredObjects(
  wish: RestoreWish,
  { directory, descriptions }: BackupSet,
): readonly ChosenObject[] {
  if (descriptions.length === 0) throw noBackup(wish.from);
  const chosen = chosenObjects(wish, descriptions, (kind, name, known) =>
    notInBackup(directory ?? wish.from, kind, name, known),
  );
  return chosen.toSorted((one, other) => other.kind.localeCompare(one.kind));
}

/** Null: everything is as it was kept. */
export function planRestore(
  wish: RestoreWish,
  reads: RestoreReads,
  view: TaskView,
): Change<readonly Part[]> | null {
  const parts = restoredObjects(wish, reads.set).flatMap(({ kind, name }): readonly Part[] => {
    const kept = reads.set.descriptions.find(
      (one) => one.kind === kind && one.name === name,
    ) as KeptDescription;
    if (kind === 'network') {
      const change = planNetwork(
        { name, state: 'present', restart: 'never' },
        { networks: reads.networks, host: reads.host, document: formatXml(kept.xml) },
        view,
      );
      return change ? [{ kind, name, change }] : [];
    }
    const change = planDomainBack(name, kept, reads.domains);
    return change ? [{ kind, name, change }] : [];
  });
  if (parts.length === 0) return null;
  const warnings = parts.flatMap(({ change }) => change.warnings ?? []);
  return {
    differences: parts.flatMap(({ change }) => change.differences),
    data: parts,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** The definition comes back whole: what was added since is gone, and only the uuid is that of now. */
function planDomainBack(
  name: string,
  { xml }: KeptDescription,
  domains: readonly DomainState[],
): Change<DomainData> | null {
  const before = domains.find((one) => one.name === name) ?? null;
  const uuid = find(before?.config ?? before?.live ?? undefined, 'uuid');
  const config = uuid ? withChild(xml, 'uuid', uuid) : xml;
  const old = before?.config ?? null;
  if (old && equalXml(old, config)) return null;
  checkDomain(name, config, domains);
  const warning = `the domain ${name} runs on with its old definition; the new one counts from its next start`;
  return {
    differences: [definitionDifference(name, old, config)],
    data: {
      before,
      after: {
        uuid: before?.uuid ?? '',
        name,
        state: before?.state ?? 'shut off',
        persistent: true,
        autostart: before?.autostart ?? false,
        managedSave: before?.managedSave ?? false,
        hasSnapshots: before?.hasSnapshots ?? false,
        live: before?.live ?? null,
        config,
      },
      define: formatXml(config),
      power: null,
      autostart: null,
    },
    ...(before?.live ? { warnings: [warning] } : {}),
  };
}

const DOMAIN = { state: 'present', shutdown_timeout: 0, on_timeout: 'fail' } as const;

export function applyRestore({ data }: Change<readonly Part[]>): Script {
  return sequence(
    data.map((part) =>
      part.kind === 'domain'
        ? applyDomain(part.change, { name: part.name, ...DOMAIN })
        : applyNetwork(part.change, { name: part.name }),
    ),
  );
}

export function undoRestore({ data }: Change<readonly Part[]>): Script {
  const scripts = data
    .toReversed()
    .map((part) =>
      part.kind === 'domain'
        ? undoDomain(part.change, { name: part.name, ...DOMAIN })
        : undoNetwork(part.change, { name: part.name }),
    );
  return sequence(scripts.filter((script) => script !== null));
}
