import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { NotKnownYet } from '../../core/not-known.ts';
import { hostNetwork } from '../../facts/network/host-network.ts';
import { findingsOf } from '../bridge/findings.ts';
import { linkNamed } from '../bridge/runtime-state.ts';
import { checkName } from '../bridge/validate.ts';
import { flag, listOf, text } from '../params.ts';

export const bridgeCheck = defineModule({
  name: 'bridge_check',
  summary:
    'Look a bridge over: its id, STP and ports, addresses and routes, guests, and whether a reboot keeps it; each finding with its fix.',
  params: z.strictObject({
    bridge: text.describe('The bridge.'),
    ports: listOf(text)
      .optional()
      .describe('Network cards that must be its ports. Left out: it must have one.'),
    fail: flag
      .default(true)
      .describe('Whether the task fails where something is wrong. With false it only reports.'),
  }),
  examples: [{ title: 'After a change', params: { bridge: 'br0', ports: ['eno1'] } }],
  effect: 'none',
  reads: () => ({ network: hostNetwork() }),
  check: ({ bridge, ports }, { network }, view) => {
    checkName('bridge', bridge);
    // In a check run the bridge may be there, or mended, once earlier tasks have run.
    if (view.pendingChanges && findingsOf(network, bridge, ports).some(({ ok }) => !ok))
      throw new NotKnownYet(`the bridge ${bridge}`);
    return null;
  },
  apply: () => ({ text: ':' }),
  noUndo: 'it only looks',
  result: ({ bridge, ports, fail }, { values: { network } }) => {
    const findings = findingsOf(network, bridge, ports);
    const wrong = findings.filter(({ ok }) => !ok);
    const link = linkNamed(network, bridge);
    return {
      bridge,
      healthy: wrong.length === 0,
      id: link?.bridge?.id ?? null,
      stp: link?.bridge?.stp ?? null,
      ports: link?.bridge?.ports ?? [],
      findings,
      report: findings
        .map(
          ({ ok, check, found, fix }) =>
            `${ok ? 'ok   ' : 'WRONG'} ${check}: ${found}${fix === '' ? '' : `\n      ${fix}`}`,
        )
        .join('\n'),
      ...(wrong.length > 0
        ? {
            failed: fail,
            msg: wrong.map(({ check, found, fix }) => `Not so: ${check} (${found}). ${fix}`).join('\n'),
          }
        : {}),
    };
  },
});
