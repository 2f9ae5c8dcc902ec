import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import { renderedTemplate } from '../../facts/controller.ts';
import { DOMAINS, type DomainState, libvirtDomains } from '../../facts/libvirt/domains.ts';
import { HOST_LINKS, hostLinks } from '../../facts/libvirt/host-links.ts';
import { parseRecords } from '../../facts/records.ts';
import { count, flag, localPath } from '../params.ts';
import { domainDetails, isDomainPending } from '../virtual/domain-details.ts';
import { type DomainData, planDomain } from '../virtual/domain-plan.ts';
import { applyDomain, undoDomain } from '../virtual/domain-scripts.ts';
import { libvirtName, xmlText } from '../virtual/params.ts';

const params = z
  .strictObject({
    name: libvirtName.describe('The domain.'),
    xml: xmlText
      .optional()
      .describe(
        'Its description as XML. What libvirt adds (uuid, addresses, controllers, …) may be left out and stays.',
      ),
    template: localPath
      .optional()
      .describe(
        'Template beside the playbook (or in templates/) of its description as XML; values are escaped.',
      ),
    state: z
      .enum(['present', 'running', 'shutdown', 'destroyed', 'absent'])
      .default('present')
      .describe(
        'present: defined, running or not; shutdown: switched off by its power button; destroyed: by pulling its plug; absent: shut down and undefined (disks stay).',
      ),
    autostart: flag.optional().describe('Whether it starts with libvirt.'),
    shutdown_timeout: count.default(120).describe('Seconds that it may take to shut down.'),
    on_timeout: z
      .enum(['fail', 'destroy'])
      .default('fail')
      .describe('When it has not shut down by then: fail, or pull its plug.'),
  })
  .refine((wish) => wish.xml === undefined || wish.template === undefined, {
    error: 'give xml or template, not both',
  });

export const libvirtDomain = defineModule({
  name: 'libvirt_domain',
  summary: 'Define, start, shut down and remove domains (virtual machines) of libvirt.',
  params,
  examples: [
    {
      title: 'Defined from a template, running, and again after a reboot of the host',
      params: { name: 'web1', template: 'web.xml.hbs', state: 'running', autostart: true },
    },
    {
      title: 'Off, whatever it takes',
      params: { name: 'web1', state: 'shutdown', shutdown_timeout: 60, on_timeout: 'destroy' },
    },
  ],
  reads: ({ name }) => ({ domains: libvirtDomains([name]), host: hostLinks() }),
  moreReads: ({ template }): Reads =>
    template === undefined ? {} : { text: renderedTemplate(template, 'xml') },
  check: (wish, { domains, host, ...more }, view) =>
    planDomain(wish, domains, wish.xml ?? (more as { text?: string }).text ?? null, view, host.machineId),
  expected: ({ data }, _, { domains, host }) => ({
    [HOST_LINKS]: host,
    [DOMAINS]: foreseenDomains(domains, data),
  }),
  apply: applyDomain,
  proof: ({ data }, wish, { domains, host, ...more }) => {
    if (data.after === null && !domains.some(({ name }) => name === wish.name)) return null;
    const text = wish.xml ?? (more as { text?: string }).text ?? null;
    return planDomain(wish, domains, text, { checkMode: false, pendingChanges: false }, host.machineId);
  },
  undo: undoDomain,
  noUndo: 'nothing is left of a transient domain once it is off',
  result: (wish, { values: { domains }, change, output }) => {
    const now = change ? change.data.after : (domains.find(({ name }) => name === wish.name) ?? null);
    const printed = output && parseRecords(output.stdout.bytes);
    const [backup, uuid] = [printed?.text('backup_file'), printed?.text('uuid')];
    return {
      name: wish.name,
      state: now?.state ?? 'absent',
      ...(now
        ? {
            domain: { ...domainDetails(now), ...(uuid ? { uuid } : {}) },
            pending_restart: isDomainPending(now),
          }
        : {}),
      ...(backup ? { backup_file: backup } : {}),
    };
  },
});

function foreseenDomains(domains: readonly DomainState[], { before, after }: DomainData) {
  const others = domains.filter((one) => one !== before);
  return after ? [...others, after] : others;
}
