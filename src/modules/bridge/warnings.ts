import type { Backend } from './backend.ts';
import { linkNamed } from './runtime-state.ts';
import type { BridgeWork } from './wish.ts';

/** What is no reason against the change, and will bite somebody who does not know. */
export function surroundingWarnings({ network, wish, gap }: BridgeWork, backend: Backend): readonly string[] {
  const link = linkNamed(network, wish.name);
  const configured = backend.configured(network, wish.name);
  const warnings: string[] = [];
  if (link && !configured)
    warnings.push(`The bridge ${wish.name} was in no configuration file: a reboot would have lost it.`);
  if (configured && !configured.atBoot)
    warnings.push(
      `The bridge ${wish.name} was not set to come up by itself (${configured.files.join(', ')}): a reboot would have lost it.`,
    );
  const rules = wish.ports.flatMap((port) =>
    network.filterRules.filter((rule) => new RegExp(`-[io] ${escaped(port)}( |$)`).test(rule)),
  );
  if (gap.joining.length > 0 && rules.length > 0)
    warnings.push(
      `Rules of the packet filter name a port, and frames come in through ${wish.name} from now on: ${rules.slice(0, 5).join('; ')}.`,
    );
  if (network.forwardDrops)
    warnings.push(
      'Bridged frames meet the packet filter (bridge-nf-call-iptables is 1), and its FORWARD chain drops what it does not know: guests may be cut off.',
    );
  if (!network.tools.has('brctl') && backend.name === 'ifupdown')
    warnings.push('The package bridge-utils is not installed; it is installed first.');
  return warnings;
}

function escaped(text: string): string {
  return text.replaceAll(/[.+*?^${}()|[\]\\]/g, '\\$&');
}
