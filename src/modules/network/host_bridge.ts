import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { hostNetwork } from '../../facts/network/host-network.ts';
import { BACKENDS } from '../bridge/backend-detection.ts';
import { bridgeFields } from '../bridge/bridge-fields.ts';
import {
  applyQuietly,
  guardedChange,
  guardedReturn,
  isDisruptive,
  newPlace,
  undoBridge,
} from '../bridge/guarded-bridge.ts';
import { planBridge } from '../bridge/plan-bridge.ts';
import { flag, integer, listOf, mustBe, text } from '../params.ts';

const seconds = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ],
  {
    error: mustBe('a number of seconds'),
  },
);

const ipv4 = z.strictObject({
  method: z
    .enum(['static', 'dhcp', 'none'])
    .optional()
    .describe('static where an address is given, else as it is now.'),
  address: text.optional().describe('Address with its prefix length, as 192.0.2.10/24.'),
  gateway: text
    .optional()
    .describe('Router of the default route; must be in the subnet. The one there is now, where it fits.'),
  dns: listOf(text)
    .optional()
    .describe('Name servers; those there are now, where not given. Resolvers use three.'),
});

const guard = z.strictObject({
  timeout: integer
    .default(120)
    .describe(
      'Seconds until the host takes the change back by itself, unless it was confirmed over a fresh login.',
    ),
  connect_to: text
    .optional()
    .describe(
      'Where the host answers afterwards, when the change moves its address; the new address by default.',
    ),
  probe: listOf(z.string())
    .default([])
    .describe('Commands that must succeed on the host after the change, where they did before.'),
  allow_no_boot_guard: flag
    .default(false)
    .describe('Goes on where the host has no systemd: a restart in the middle then leaves the new network.'),
});

export const hostBridge = defineModule({
  name: 'host_bridge',
  summary:
    'Make a bridge of network cards, over the very card that carries the connection: guarded, persistent, on any of five network backends.',
  params: z.strictObject({
    name: text.describe('The bridge.'),
    ports: listOf(text)
      .optional()
      .describe(
        'Network cards that become its ports. Left out: those that it has, or the card with the default route. An empty list makes a bridge without any.',
      ),
    ipv4: ipv4
      .optional()
      .describe('IPv4 of the bridge. Left out: what the port has, or the bridge has already.'),
    take_over: flag
      .default(true)
      .describe("The port's addresses, routes and name servers, IPv4 and IPv6, become the bridge's."),
    stp: flag
      .optional()
      .describe('Spanning tree. A new bridge has none; one that is there keeps what it has.'),
    forward_delay: seconds
      .optional()
      .describe(
        'Seconds that a port listens, and as long that it learns, before it forwards; with STP 2 to 30.',
      ),
    mtu: integer.optional().describe('Bytes, for the bridge and its ports.'),
    vlan_filtering: flag.optional().describe('Whether the bridge looks at VLANs.'),
    backend: z
      .enum(['auto', ...BACKENDS])
      .default('auto')
      .describe('Who configures it. auto: who manages the card now.'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent: the bridge goes, and its first port has its addresses again.'),
    allow_guest_interruption: flag
      .default(false)
      .describe('With state: absent, take a bridge away although guests are on it.'),
    guard: guard.prefault({}).describe('How the change is guarded.'),
  }),
  examples: [
    { title: 'A bridge of the card with the default route, with everything it has', params: { name: 'br0' } },
    {
      title: 'Another address, at which the host is asked to answer within three minutes',
      params: {
        name: 'br0',
        ports: ['eno1'],
        ipv4: { address: '192.0.2.20/24', gateway: '192.0.2.1', dns: ['192.0.2.1'] },
        guard: { timeout: 180, connect_to: '192.0.2.20' },
      },
    },
    { title: 'No bridge any more: the card has its address back', params: { name: 'br0', state: 'absent' } },
  ],
  reads: ({ ipv4: wanted, ports }) => ({
    network: hostNetwork({
      free:
        wanted?.address && /^[\d.]+\/\d+$/.test(wanted.address) ? [wanted.address.split('/')[0] ?? ''] : [],
      through: ports?.[0],
    }),
  }),
  check: (params, { network }) => planBridge(params, network),
  apply: ({ data }) => applyQuietly(data),
  guarded: ({ data }, { guard: { timeout, connect_to: connectTo, probe, allow_no_boot_guard: alone } }) => {
    if (!isDisruptive(data)) return null;
    const target = connectTo ?? newPlace(data);
    return {
      change: guardedChange(data, timeout),
      back: guardedReturn(data, timeout),
      settings: {
        timeout,
        probe,
        ...(target === undefined ? {} : { connectTo: target }),
        ...(alone ? { allowNoBootGuard: true } : {}),
      },
    };
  },
  undo: ({ data }) => undoBridge(data),
  result: (params, { values: { network }, change }) =>
    bridgeFields(params.name, network, change?.data ?? null),
});
