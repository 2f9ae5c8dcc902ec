import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { NotKnownYet } from '../../core/not-known.ts';
import { type NatState, type NetworkState, natState } from '../../facts/libvirt/nat-state.ts';
import type { Finding } from '../finding.ts';
import { networkFindings, nicsOf } from '../nat-findings.ts';
import { flag, listOf } from '../params.ts';

const params = z.strictObject({
  network: listOf(z.string().min(1))
    .optional()
    .describe(
      'Networks to look at, of any kind. Default: every NAT network that is active or starts by itself.',
    ),
  fail: flag
    .default(true)
    .describe('Whether the task fails where something is wrong. With false it only reports.'),
});

type Params = z.output<typeof params>;

export const natCheck = defineModule({
  name: 'nat_check',
  summary:
    'Look for what keeps guests of a virtual network from addresses, names and the outside; say what to do.',
  params,
  examples: [
    { title: 'Is everything there that NAT needs?', params: {} },
    { title: 'Report on one network, and go on', params: { network: 'default', fail: false } },
  ],
  reads: () => ({ state: natState }),
  check: (params, { state }, view) => {
    // In a check run the network may be there, or mended, once earlier tasks have run.
    if (view.pendingChanges && wrong(findingsOf(params, state)).length > 0)
      throw new NotKnownYet('the network');
    return null;
  },
  apply: () => ({ text: ':' }),
  noUndo: 'nothing is changed',
  effect: 'none',
  result: (params, { values }) => {
    const findings = findingsOf(params, values.state);
    const problems = wrong(findings);
    return {
      findings,
      report: findings.map(formatFinding),
      fix_tasks: uniqueTasks(problems),
      networks: chosen(params, values.state).map((network) => summary(network, values.state)),
      dnsmasq: values.state.dnsmasq,
      ...(problems.length === 0 ? {} : { failed: params.fail, msg: problems.map(formatFinding).join('\n') }),
    };
  },
});

function chosen({ network }: Params, { networks }: NatState): readonly NetworkState[] {
  if (network === undefined) {
    return networks.filter((one) => one.forward === 'nat' && (one.active || one.autostart));
  }
  return networks.filter(({ name }) => network.includes(name));
}

function findingsOf(params: Params, state: NatState): readonly Finding[] {
  const networks = chosen(params, state);
  const absent = (params.network ?? []).filter((name) => !networks.some((one) => one.name === name));
  const known = state.networks.map(({ name }) => name).join(', ') || 'none';
  const none = { network: '', what: 'a NAT network', ok: false, found: 'none', expected: 'one at least' };
  return [
    ...absent.map((name) => ({
      network: name,
      what: 'the network is defined',
      ok: false,
      found: `not defined; there are: ${known}`,
      expected: 'defined',
      fix: 'Define it (libvirt_network, or the playbook create-nat-network), or correct the name.',
    })),
    ...networks.flatMap((network) => networkFindings(network, state)),
    ...(networks.length === 0 && absent.length === 0
      ? [
          {
            ...none,
            fix: 'Make one with the playbook create-nat-network, or start it: virsh net-start NAME.',
          },
        ]
      : []),
  ];
}

function wrong(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ ok }) => !ok);
}

function formatFinding({ network, what, ok, found, expected, fix }: Finding): string {
  const place = network === '' ? '' : `${network}: `;
  if (ok) return `ok     ${place}${what}: ${found}`;
  return `WRONG  ${place}${what}: ${found}, expected ${expected}. ${fix ?? ''}`.trimEnd();
}

/** What mends all of it, each step once. */
function uniqueTasks(problems: readonly Finding[]) {
  const byText = new Map(
    problems.flatMap(({ fix_tasks = [] }) => fix_tasks).map((task) => [JSON.stringify(task), task]),
  );
  return [...byText.values()];
}

function summary(network: NetworkState, state: NatState) {
  const { name, forward, bridge, addresses, active, autostart, leases } = network;
  return { name, forward, bridge, addresses, active, autostart, leases, nics: nicsOf(network, state) };
}
