import type { HostRead } from '../../core/read.ts';
import { holdsNetwork } from './holds-network.ts';
import { hostNetworkScript, type NetworkQuestions } from './host-network-script.ts';
import type { HostNetwork } from './network-value.ts';
import { parseHostNetwork } from './parse-host-network.ts';

export type { NetworkQuestions } from './host-network-script.ts';
export type * from './network-value.ts';

/**
 * Reads the whole network of a host with one script. Changes nothing; an address that is asked for is asked for by ARP. `port`: the
 * interface that a task is about, whatever it is.
 */
export function hostNetwork(questions: NetworkQuestions = {}, port?: string): HostRead<HostNetwork> {
  return {
    kind: 'host',
    name: 'network of the host',
    subject: 'host-network',
    script: hostNetworkScript(questions),
    foresight: {
      foresee: (before, predicted) => (predicted.has('host-network') ? undefined : before),
      certain: (value) => value,
      holds: (network) => holdsNetwork(network, port),
    },
    parse: parseHostNetwork,
  };
}
