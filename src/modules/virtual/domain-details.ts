import type { DomainState } from '../../facts/libvirt/domains.ts';
import { find, findAll, type XmlElement } from '../../xml/element.ts';
import { domainSize, type Nic, nicsOf, passthroughOf } from './nics.ts';

/** A domain for playbooks and people. */
export function domainDetails(domain: DomainState) {
  const { live, config } = domain;
  const size = domainSize(live ?? config);
  return {
    name: domain.name,
    uuid: domain.uuid,
    state: domain.state,
    persistent: domain.persistent,
    autostart: domain.autostart,
    managed_save: domain.managedSave,
    memory_kib: size.memoryKib,
    vcpus: size.vcpus,
    pending_restart: isDomainPending(domain),
    nics: nicDetails(domain),
    passthrough: passthroughOf(live ?? config),
  };
}

/** Every card, with what it is while the domain runs and what it will be after its next start. */
export function nicDetails({ name, live, config }: DomainState) {
  const [now, then] = [nicsOf(live), nicsOf(config)];
  const macs = [...new Set([...now, ...then].map(({ mac }) => mac))];
  return macs.map((mac) => {
    const [running, defined] = [now.find((nic) => nic.mac === mac), then.find((nic) => nic.mac === mac)];
    const shown = (running ?? defined) as Nic;
    return {
      domain: name,
      mac,
      type: shown.type,
      source: shown.source,
      model: shown.model,
      link: shown.link,
      tap: running?.tap ?? null,
      bridge: running?.bridge ?? (shown.type === 'bridge' ? shown.source : null),
      alias: running?.alias ?? null,
      pci: shown.pci,
      live: running !== undefined,
      config: defined !== undefined,
    };
  });
}

/**
 * Whether a running domain is something else than its definition says, in what people change: processors, memory, cards and disks. The
 * whole documents always differ, since libvirt fills in much when a domain starts.
 */
export function isDomainPending({ live, config }: DomainState): boolean {
  if (!live || !config) return false;
  return JSON.stringify(essence(live)) !== JSON.stringify(essence(config));
}

function essence(domain: XmlElement) {
  return {
    ...domainSize(domain),
    nics: nicsOf(domain)
      .map(({ mac, type, source, model, link }) => [mac, type, source, model, link].join(' '))
      .toSorted(),
    disks: findAll(domain, 'devices', 'disk')
      .map((disk) => {
        const { file, dev, name, volume } = find(disk, 'source')?.attributes ?? {};
        return [find(disk, 'target')?.attributes.dev, file ?? dev ?? name ?? volume].join(' ');
      })
      .toSorted(),
  };
}
