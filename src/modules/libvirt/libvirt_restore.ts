import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { newestBackup } from '../../facts/libvirt/backup-sets.ts';
import { DOMAINS, libvirtDomains } from '../../facts/libvirt/domains.ts';
import { HOST_LINKS, hostLinks } from '../../facts/libvirt/host-links.ts';
import { libvirtNetworks, NETWORKS } from '../../facts/libvirt/networks.ts';
import { hostPath } from '../params.ts';
import { namesOrAll } from '../virtual/params.ts';
import { applyRestore, planRestore, restoredObjects, undoRestore } from '../virtual/restore-plan.ts';

export const libvirtRestore = defineModule({
  name: 'libvirt_restore',
  summary: 'Define domains and networks again as a backup has them; what runs goes on as it is.',
  params: z.strictObject({
    from: hostPath.describe(
      'On the host: a directory of backups (the newest counts), one backup in it, or a single XML file.',
    ),
    domains: namesOrAll
      .optional()
      .describe('Domains by name, or all of the backup. Default: all, where networks is not given either.'),
    networks: namesOrAll
      .optional()
      .describe('Networks by name, or all of the backup. Default: all, where domains is not given either.'),
  }),
  examples: [
    {
      title: 'One guest from the newest backup',
      params: { from: '/var/lib/hostwright/libvirt/backups', domains: ['web1'] },
    },
    { title: 'A network from a file', params: { from: '/root/default.xml' } },
  ],
  reads: ({ from, domains, networks }) => ({
    set: newestBackup(from),
    domains: libvirtDomains(domains ?? (networks ? [] : 'all')),
    networks: libvirtNetworks(networks ?? (domains ? [] : 'all')),
    host: hostLinks(),
  }),
  check: (wish, reads, view) => planRestore(wish, reads, view),
  expected: ({ data }, _, { domains, networks, host }) => {
    const names = (kind: string) => data.filter((part) => part.kind === kind).map(({ name }) => name);
    const [newDomains, newNetworks] = [names('domain'), names('network')];
    return {
      [HOST_LINKS]: host,
      [DOMAINS]: [
        ...domains.filter(({ name }) => !newDomains.includes(name)),
        ...data.flatMap((part) => (part.kind === 'domain' ? (part.change.data.after ?? []) : [])),
      ],
      [NETWORKS]: [
        ...networks.filter(({ name }) => !newNetworks.includes(name)),
        ...data.flatMap((part) => (part.kind === 'network' ? (part.change.data.after ?? []) : [])),
      ],
    };
  },
  apply: applyRestore,
  undo: undoRestore,
  result: (wish, { values: { set }, change }) => ({
    from: set.directory ?? wish.from,
    objects: restoredObjects(wish, set).map((one) => ({
      ...one,
      restored: (change?.data ?? []).some(({ kind, name }) => kind === one.kind && name === one.name),
    })),
  }),
});
