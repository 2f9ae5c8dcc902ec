import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import { DOMAINS, type DomainState, libvirtDomains } from '../../facts/libvirt/domains.ts';
import { HOST_LINKS, hostLinks } from '../../facts/libvirt/host-links.ts';
import { libvirtNetworks, NETWORKS } from '../../facts/libvirt/networks.ts';
import { nicModels } from '../../facts/libvirt/nic-models.ts';
import { parseRecords } from '../../facts/records.ts';
import { find, textOf, type XmlElement } from '../../xml/element.ts';
import { formatXml } from '../../xml/format.ts';
import { parseXml } from '../../xml/parse.ts';
import { nicDetails } from '../virtual/domain-details.ts';
import { type NicWish, nicOfWish, planNic } from '../virtual/nic-plan.ts';
import { applyNic, undoNic } from '../virtual/nic-scripts.ts';
import { nicsOf } from '../virtual/nics.ts';
import { interfaceName, libvirtName, macAddress } from '../virtual/params.ts';

const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be the model of a network card such as virtio or e1000',
});

const params = z
  .strictObject({
    domain: libvirtName.describe('The domain that has the card.'),
    mac: macAddress
      .optional()
      .describe('MAC address of the card. A new card gets it; default there: a free one.'),
    match: z
      .strictObject({
        network: libvirtName.optional().describe('The network that it is connected to.'),
        bridge: interfaceName.optional().describe('The bridge that it is connected to.'),
        model: modelName.optional().describe('Its model.'),
        alias: z.string().optional().describe('Its alias while the domain runs (net0).'),
      })
      .refine((match) => Object.values(match).some((value) => value !== undefined), {
        error: 'needs one of network, bridge, model, alias',
      })
      .optional()
      .describe('What tells which card is meant, in place of mac. Where several fit, mac is needed.'),
    source: z
      .strictObject({
        bridge: interfaceName.optional().describe('A bridge of the host.'),
        network: libvirtName.optional().describe('A network of libvirt.'),
      })
      .refine(({ bridge, network }) => (bridge === undefined) !== (network === undefined), {
        error: 'needs bridge or network, one of them',
      })
      .optional()
      .describe(
        'What it shall be connected to. Without mac and match a further card is meant, which is made once and known again by its MAC address.',
      ),
    model: modelName
      .optional()
      .describe(
        'Its model; of a running domain it changes with the next start. Default for a new card: virtio.',
      ),
    link: z.enum(['up', 'down']).optional().describe('Its cable: plugged in or not.'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether the card shall be there.'),
    scope: z
      .enum(['auto', 'live', 'config', 'both'])
      .default('auto')
      .describe(
        'live: the domain as it runs; config: its definition, from the next start; auto: both, live only while it runs.',
      ),
  })
  .refine(({ mac, match }) => mac === undefined || match === undefined, {
    error: 'give mac or match, not both',
  });

type Params = z.output<typeof params>;

export const libvirtNic = defineModule({
  name: 'libvirt_nic',
  summary: 'Attach, move, change and detach network cards of domains of libvirt.',
  params,
  examples: [
    {
      title: 'From the NAT network to the bridge, keeping MAC address and place',
      params: { domain: 'web1', match: { network: 'default' }, source: { bridge: 'br0' } },
    },
    {
      title: 'A further card, once',
      params: { domain: 'web1', source: { network: 'inside' }, model: 'virtio' },
    },
    {
      title: 'Pull the cable',
      params: { domain: 'web1', mac: '52:54:00:12:34:56', link: 'down', scope: 'live' },
    },
    { title: 'Detach', params: { domain: 'web1', mac: '52:54:00:12:34:56', state: 'absent' } },
  ],
  reads: ({ domain }) => ({
    domains: libvirtDomains([domain]),
    networks: libvirtNetworks([]),
    host: hostLinks(),
  }),
  moreReads: ({ domain, model }, { domains }): Reads => {
    const found = domains.find(({ name }) => name === domain);
    const nics = [...nicsOf(found?.live ?? null), ...nicsOf(found?.config ?? null)];
    const emulator = textOf(find(found?.config ?? found?.live ?? undefined, 'devices', 'emulator'));
    // Asked only where it is needed: an emulator takes a moment to start.
    if (model === undefined || !emulator || nics.some((nic) => nic.model === model)) return {};
    return { models: nicModels(emulator) };
  },
  check: (given, { domains, networks, host, ...more }, view) => {
    const { models = [] } = more as { models?: readonly string[] };
    return planNic(wishOf(given), { domains, networks, host, models }, view);
  },
  expected: ({ data }, _, { domains, networks, host }) => ({
    [NETWORKS]: networks,
    [HOST_LINKS]: host,
    [DOMAINS]: domains.map((one): DomainState => (one === data.domain ? data.after : one)),
  }),
  apply: applyNic,
  undo: undoNic,
  result: (given, { values: { domains, networks, host }, change, output }) => {
    const wish = wishOf(given);
    const mac = change?.data.mac ?? nicOfWish(wish, { domains, networks, host, models: [] });
    const domain = change?.data.after ?? domains.find(({ name }) => name === given.domain);
    if (!domain || mac === undefined) return { domain: given.domain, mac: null };
    const printed = output && parseRecords(output.stdout.bytes);
    const read = (name: string, foreseen: XmlElement | null) => {
      const text = printed?.text(name);
      return text ? parseXml(text, `the XML of the domain ${given.domain}`, 'domain') : foreseen;
    };
    const then = {
      ...domain,
      live: domain.live && read('live', domain.live),
      config: domain.config && read('config', domain.config),
    };
    const xmlOf = (definition: XmlElement | null) => {
      const nic = nicsOf(definition).find((one) => one.mac === mac);
      return nic ? formatXml(nic.element) : null;
    };
    const backup = printed?.text('backup_file');
    return {
      domain: given.domain,
      mac,
      nic: nicDetails(then).find((nic) => nic.mac === mac) ?? null,
      xml: { live: xmlOf(then.live), config: xmlOf(then.config) },
      ...(backup ? { backup_file: backup } : {}),
    };
  },
});

function wishOf({ source, ...given }: Params): NicWish {
  if (source === undefined) return given;
  const { bridge, network } = source;
  const kind = bridge === undefined ? 'network' : 'bridge';
  return { ...given, source: { kind, name: bridge ?? network ?? '' } };
}
