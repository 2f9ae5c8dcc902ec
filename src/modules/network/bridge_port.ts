import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { hostNetwork } from '../../facts/network/host-network.ts';
import { attachPort, detachPort, type PortPlace, portPlace, reattachPort } from '../bridge/port-scripts.ts';
import {
  carriesConnection,
  notABridge,
  unfitPort,
  unknownBridge,
  unknownInterface,
} from '../bridge/problems.ts';
import { globalAddresses, linkNamed } from '../bridge/runtime-state.ts';
import { checkName } from '../bridge/validate.ts';
import { text } from '../params.ts';

export const bridgePort = defineModule({
  name: 'bridge_port',
  summary:
    'Put an interface on a bridge, or take it off, in the running kernel: for taps of guests. What shall outlast a reboot is a port of host_bridge.',
  params: z.strictObject({
    bridge: text.describe('The bridge.'),
    port: text.describe('The interface: a tap of a guest (vnet0), or a card without addresses.'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether it is a port of the bridge.'),
  }),
  examples: [
    { title: 'A guest that lost its bridge', params: { bridge: 'br0', port: 'vnet0' } },
    { title: 'Take it off, to see what breaks', params: { bridge: 'br0', port: 'vnet0', state: 'absent' } },
  ],
  reads: ({ port }) => ({ network: hostNetwork({ guests: false }, port) }),
  check: ({ bridge, port, state }, { network }) => {
    checkName('bridge', bridge);
    checkName('port', port);
    const link = linkNamed(network, bridge);
    const names = network.links.filter((one) => one.bridge).map(({ name }) => name);
    if (!link) throw unknownBridge(bridge, names);
    if (!link.bridge) throw notABridge(bridge, link.kind);
    const before = portPlace(network, port);
    if (!before) {
      // A tap goes with its guest, and then it is on no bridge either.
      if (state === 'absent') return null;
      throw unknownInterface(
        port,
        network.links.map(({ name }) => name).filter((name) => name !== 'lo'),
      );
    }
    if ((before.master === bridge) === (state === 'present')) return null;
    if (
      port === network.controllerLink ||
      (state === 'absent' && isOnlyWay(network.controllerLink, bridge, before))
    )
      throw carriesConnection(port);
    if (state === 'present') {
      if (linkNamed(network, port)?.bridge) throw unfitPort(port, 'it is a bridge', 'Name a port.');
      const addresses = globalAddresses(network, port);
      if (addresses.length > 0)
        throw unfitPort(
          port,
          `it has addresses (${addresses.join(', ')})`,
          'Use host_bridge, which moves them to the bridge.',
        );
    }
    return {
      differences: [
        { label: `bridge of ${port}`, before: before.master ?? '', after: state === 'present' ? bridge : '' },
      ],
      data: before,
    };
  },
  apply: (_change, { bridge, port, state }) =>
    state === 'present' ? attachPort(port, bridge) : detachPort(port),
  undo: ({ data }) => reattachPort(data),
});

/** The card by which the connection comes in through the bridge. */
function isOnlyWay(controllerLink: string | null, bridge: string, { kind }: PortPlace): boolean {
  return controllerLink === bridge && kind !== 'tun' && kind !== 'macvtap';
}
