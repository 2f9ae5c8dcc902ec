import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import { renderedTemplate } from '../../facts/controller.ts';
import { HOST_LINKS, hostLinks } from '../../facts/libvirt/host-links.ts';
import { libvirtNetworks, NETWORKS, type NetworkState } from '../../facts/libvirt/networks.ts';
import { parseRecords } from '../../facts/records.ts';
import { flag, localPath } from '../params.ts';
import { bridgeOf } from '../virtual/network-checks.ts';
import { networkDetails } from '../virtual/network-details.ts';
import { isPending } from '../virtual/network-live.ts';
import { describesNetwork, networkModel } from '../virtual/network-model.ts';
import { type NetworkData, pendingWarning, planNetwork } from '../virtual/network-plan.ts';
import { applyNetwork, undoNetwork } from '../virtual/network-scripts.ts';
import { libvirtName, xmlText } from '../virtual/params.ts';

const params = z
  .strictObject({
    name: libvirtName.describe('The network.'),
    xml: xmlText.optional().describe('Its whole description as XML.'),
    template: localPath
      .optional()
      .describe(
        'Template beside the playbook (or in templates/) of its whole description as XML; values are escaped.',
      ),
    ...networkModel,
    state: z
      .enum(['present', 'active', 'inactive', 'absent'])
      .default('present')
      .describe(
        'present: defined, running or not; active: defined and running; inactive: defined and stopped.',
      ),
    autostart: flag.optional().describe('Whether it starts with libvirt.'),
    restart: z
      .enum(['never', 'if_needed'])
      .default('never')
      .describe(
        "Where only a restart makes a change effective: do it (guests' taps are put back), or say that it is pending.",
      ),
  })
  .refine(
    (wish) =>
      [wish.xml, wish.template].filter((one) => one !== undefined).length + Number(describesNetwork(wish)) <
      2,
    {
      error: 'give one of: xml, template, or the model (forward, bridge, domain, mtu, ips)',
    },
  );

export const libvirtNetwork = defineModule({
  name: 'libvirt_network',
  summary: 'Define, change, start, stop and remove virtual networks of libvirt.',
  params,
  examples: [
    {
      title: 'A NAT network',
      params: {
        name: 'lab',
        forward: 'nat',
        ips: [
          {
            address: '192.168.100.1/24',
            dhcp: { ranges: [{ start: '192.168.100.100', end: '192.168.100.199' }] },
          },
        ],
        state: 'active',
        autostart: true,
      },
    },
    {
      title: 'An isolated network',
      params: { name: 'inside', forward: 'none', ips: [{ address: '10.20.0.0/24' }], state: 'active' },
    },
    {
      title: 'From a template',
      params: { name: 'routed', template: 'routed-network.xml.hbs', state: 'active' },
    },
  ],
  reads: ({ name }) => ({ networks: libvirtNetworks([name]), host: hostLinks() }),
  moreReads: ({ template }): Reads =>
    template === undefined ? {} : { text: renderedTemplate(template, 'xml') },
  check: (wish, { networks, host, ...more }, view) =>
    planNetwork(
      wish,
      { networks, host, document: wish.xml ?? (more as { text?: string }).text ?? null },
      view,
    ),
  expected: ({ data }, _, { networks, host }) => ({
    [NETWORKS]: foreseenNetworks(networks, data),
    [HOST_LINKS]: host,
  }),
  apply: applyNetwork,
  undo: undoNetwork,
  result: (wish, { values: { networks }, change, output }) => {
    const now = change ? change.data.after : (networks.find(({ name }) => name === wish.name) ?? null);
    const printed = output && parseRecords(output.stdout.bytes);
    const [backup, uuid] = [printed?.text('backup_file'), printed?.text('uuid')];
    const pending = wish.state !== 'absent' && isPending(now);
    return {
      name: wish.name,
      state: wish.state,
      ...(now
        ? {
            network: { ...networkDetails(now), ...(uuid ? { uuid } : {}) },
            bridge: bridgeOf(now.config ?? now.live) ?? null,
          }
        : {}),
      pending_restart: pending,
      // Where something changes, the change says so.
      ...(pending && !change ? { warnings: [pendingWarning(wish.name)] } : {}),
      ...(backup ? { backup_file: backup } : {}),
    };
  },
});

function foreseenNetworks(networks: readonly NetworkState[], { before, after }: NetworkData) {
  const others = networks.filter((one) => one !== before);
  return after ? [...others, after] : others;
}
