import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { DOMAINS, libvirtDomains } from '../../facts/libvirt/domains.ts';
import { HOST_LINKS, hostLinks } from '../../facts/libvirt/host-links.ts';
import { namesOrAll } from '../virtual/params.ts';
import { applyReattach, looseTaps, planReattach, undoReattach } from '../virtual/reattach-plan.ts';

export const libvirtReattach = defineModule({
  name: 'libvirt_reattach',
  summary: "Put every running guest's tap back on the bridge that its network card is connected to.",
  params: z.strictObject({
    domains: namesOrAll
      .default('all')
      .describe('The domains; those that do not run have no tap and are passed over.'),
  }),
  examples: [
    { title: "After the host's network was restarted", params: {} },
    { title: 'Of two guests', params: { domains: ['web1', 'web2'] } },
  ],
  reads: () => ({ domains: libvirtDomains([]), host: hostLinks('ports') }),
  check: ({ domains: names }, { domains, host }) => planReattach(looseTaps(domains, host, names)),
  expected: ({ data }, _, { domains, host }) => ({
    [DOMAINS]: domains,
    [HOST_LINKS]: {
      ...host,
      links: host.links.map((link) => ({
        ...link,
        master: data.find(({ tap }) => tap === link.name)?.bridge ?? link.master,
      })),
    },
  }),
  apply: applyReattach,
  undo: undoReattach,
  result: (_, { change }) => ({
    taps: (change?.data ?? []).map(({ domain, mac, tap, bridge, master }) => ({
      domain,
      mac,
      tap,
      bridge,
      was: master,
    })),
  }),
});
