import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { JobOutput } from '../../core/script.ts';
import { guestAnswer, guestShellParams, inGuest } from '../guest-shell.ts';
import { count, flag, listOf, text } from '../params.ts';
import { guestsScript, parseReach, type Reach, type ReachLines, reachScript } from '../reach-scripts.ts';

const place = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.:%-]*$/, {
  error: 'must be a host name or an address',
});

const params = z
  .strictObject({
    from: z
      .enum(['controller', 'host', 'guest'])
      .default('host')
      .describe('Where to look from: this machine, the host, or the inside of a guest of it.'),
    guest: text.optional().describe('With from: guest: the guest, by the name of its domain.'),
    to: listOf(place).default([]).describe('Names or addresses to reach.'),
    guests: listOf(text)
      .default([])
      .describe(
        'From the host: guests to reach, by the names of their domains. Their addresses come from leases, the guest agent or ARP; where nothing tells them, the whole subnet of their bridge is asked.',
      ),
    bridge: text.optional().describe('With guests: only their cards on this bridge count.'),
    port: count
      .pipe(z.int().min(1).max(65535))
      .optional()
      .describe('TCP port that must accept a connection. Default: ping.'),
    reachable: flag
      .default(true)
      .describe('What is expected: true, that all of them answer; false, that none does.'),
    first_hop: place
      .optional()
      .describe('Address that must be the first router on the way to the first of `to`.'),
    timeout: count.default(30).describe('Seconds until it must be as expected.'),
    fail: flag
      .default(true)
      .describe('Whether the task fails where it is otherwise. With false it only reports.'),
    msg: text.optional().describe('Message of the failure instead of our own.'),
    ...guestShellParams,
  })
  .superRefine((values, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (values.from === 'guest' && values.guest === undefined)
      problem('guest', 'is required with from: guest');
    if (values.guests.length > 0 && values.from !== 'host') problem('guests', 'goes with from: host');
    if (values.to.length === 0 && values.guests.length === 0) problem('to', 'is required (or guests)');
    if (values.to.length > 0 && values.guests.length > 0)
      problem('guests', 'cannot be given together with to');
    if (values.bridge !== undefined && values.guests.length === 0) problem('bridge', 'goes with guests');
    if (values.first_hop !== undefined && values.to.length === 0) problem('first_hop', 'needs to');
  });

type Params = z.output<typeof params>;

export const reachability = defineModule({
  name: 'reachability',
  summary:
    'Prove that something can be reached, or cannot: from the controller, the host, or inside a guest.',
  params,
  examples: [
    { title: 'The guest reaches the office', params: { from: 'guest', guest: 'web', to: ['192.0.2.10'] } },
    { title: 'The office reaches the guest', params: { from: 'controller', to: ['192.0.2.50'], port: 22 } },
    {
      title: 'Nobody out there reaches it',
      params: { from: 'controller', to: '192.168.122.5', reachable: false },
    },
    { title: 'Each guest answers on the bridge', params: { guests: ['web', 'database'], bridge: 'br0' } },
    {
      title: 'What leaves the guest goes through the host',
      params: { from: 'guest', guest: 'web', to: '192.0.2.10', first_hop: '192.168.122.1' },
    },
  ],
  runsOn: ({ from }) => (from === 'controller' ? 'controller' : 'host'),
  // In a check run, what earlier tasks would have changed is not so yet: nothing can be proved.
  check: (_, __, view) => (view.pendingChanges ? null : { differences: [], data: null }),
  apply: (_, values) => script(values),
  noUndo: 'nothing is changed',
  effect: 'none',
  converges: false,
  result: (values, { output }) => {
    if (!output) return { skipped: true, msg: 'not looked at: earlier tasks would have changed something' };
    return outcome(values, output);
  },
});

function script(values: Params) {
  const { to, port, reachable, timeout, first_hop, from, guest = '' } = values;
  const reach: Reach = { to, port, reachable, timeout, hop: first_hop !== undefined };
  if (values.guests.length > 0) return guestsScript(values.guests, values.bridge, reach);
  if (from !== 'guest') return reachScript(reach);
  // Whoever does not answer costs seconds beyond the time that is waited.
  return inGuest({ ...values, domain: guest }, reachScript(reach), timeout + 4 * to.length + 4);
}

function outcome(values: Params, output: JobOutput) {
  const { from, guest, first_hop } = values;
  const answer = from === 'guest' ? guestAnswer(output) : undefined;
  const said =
    answer === undefined
      ? new TextDecoder().decode(output.stdout.bytes)
      : answer.via === undefined
        ? ''
        : answer.output;
  const lines = parseReach(said);
  const wrong =
    answer !== undefined && answer.via === undefined
      ? [`There is no way into ${guest}: ${answer.reason}.`]
      : problemsOf(values, lines);
  const reached = [
    ...lines.reached,
    ...lines.cards.map(({ address, ...card }) => ({
      ...card,
      to: address ?? card.mac,
      reachable: address !== undefined,
      ...(address === undefined ? {} : { address }),
    })),
  ];
  return {
    from: from === 'guest' ? (guest ?? '') : from,
    ...(answer?.via === undefined ? {} : { via: answer.via }),
    reached,
    addresses: lines.cards.flatMap(({ address }) => address ?? []),
    ...(first_hop === undefined ? {} : { first_hop: lines.hop ?? '' }),
    ...(wrong.length === 0 ? {} : { failed: values.fail, msg: values.msg ?? wrong.join('\n') }),
  };
}

function problemsOf(values: Params, { reached, cards, hop }: ReachLines): readonly string[] {
  const { from, guest, to, guests, bridge, port, reachable, first_hop } = values;
  const origin = from === 'guest' ? `the guest ${guest}` : `the ${from}`;
  const by = port === undefined ? '' : ` on port ${port}`;
  const how = reachable ? 'does not answer' : 'answers, and should not';
  const targets = to
    .filter((one) => reached.find((candidate) => candidate.to === one)?.reachable !== reachable)
    .map((one) => `${one} ${how}${by}, asked from ${origin}.`);
  const lost = guests.flatMap((name) => {
    const own = cards.filter((card) => card.guest === name);
    if (own.length === 0) {
      const where = bridge === undefined ? 'any bridge' : bridge;
      return reachable ? [`The guest ${name} does not run, or has no card on ${where}.`] : [];
    }
    return own
      .filter(({ address }) => (address !== undefined) !== reachable)
      .map(
        ({ mac, bridge: on, address }) =>
          `The guest ${name} (${mac} on ${on}${address === undefined ? '' : `, ${address}`}) ${how}${by}, asked from ${origin}.`,
      );
  });
  const path =
    first_hop !== undefined && hop !== first_hop
      ? [
          `The first hop from ${origin} to ${to[0]} is ${hop ?? 'not known: nobody answered'}, not ${first_hop}.`,
        ]
      : [];
  return [...targets, ...lost, ...path];
}
