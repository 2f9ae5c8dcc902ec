import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { hostNetwork } from '../../facts/network/host-network.ts';
import { networkReport } from '../bridge/network-report.ts';

export const hostNetworkFacts = defineModule({
  name: 'host_network_facts',
  summary:
    "Read the host's network: interfaces, bridges with their ports, addresses, routes, DNS, and who manages each interface.",
  params: z.strictObject({}),
  examples: [{ title: 'Which interface carries the connection', params: {} }],
  effect: 'none',
  reads: () => ({ network: hostNetwork() }),
  check: () => null,
  apply: () => ({ text: ':' }),
  noUndo: 'it only looks',
  result: (_params, { values: { network } }) => networkReport(network),
});
