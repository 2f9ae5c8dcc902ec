import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { guestNetwork as networkInside } from '../../facts/libvirt/guest-network.ts';
import { type GuestPlan, guestWork, planGuest, takeBack } from '../guest-plan.ts';
import { guestAnswer, guestShellParams, inGuest } from '../guest-shell.ts';
import { count, flag, listOf, text } from '../params.ts';

const ipv4 = z.ipv4({ error: 'must be an IPv4 address' });
const cidr = z.cidrv4({ error: 'must be an IPv4 address with its prefix, as 192.0.2.5/24' });

const params = z
  .strictObject({
    guest: text.describe('The guest, by the name of its domain. It must be running.'),
    mac: z
      .string()
      .regex(/^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/, { error: 'must be a MAC address' })
      .transform((mac) => mac.toLowerCase())
      .optional()
      .describe('MAC address of the card. Default: the only one.'),
    method: z.enum(['dhcp', 'static']).default('dhcp').describe('How the card gets its address.'),
    address: cidr.optional().describe('Address with prefix; with method: static.'),
    gateway: z
      .union([z.literal('auto'), z.literal('none'), ipv4])
      .default('auto')
      .describe(
        "Default gateway; with method: static. auto: on a virtual network its bridge's address, else none.",
      ),
    dns: listOf(ipv4).default([]).describe('DNS servers.'),
    within: cidr
      .optional()
      .describe(
        'Range that the address must be in afterwards. Default: with a virtual network, its subnet; else any.',
      ),
    keep: z
      .enum(['auto', 'ifcfg', 'none'])
      .default('auto')
      .describe(
        'Where the guest keeps it: ifcfg (/etc/sysconfig/network-scripts), none (until its next start), auto: ifcfg where it is.',
      ),
    nm_controlled: flag.default(true).describe('NM_CONTROLLED of the ifcfg file.'),
    ipv6: flag.default(true).describe('IPV6INIT and IPV6_AUTOCONF of the ifcfg file.'),
    renew: flag
      .default(false)
      .describe('Restart the card and ask for an address anew even where nothing differs.'),
    timeout: count.default(30).describe('Seconds until the card must have its address.'),
    ssh_address: guestShellParams.address,
    via: guestShellParams.via,
    user: guestShellParams.user,
    password: guestShellParams.password,
    console_timeout: guestShellParams.console_timeout,
  })
  .superRefine((values, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (values.method === 'static' && values.address === undefined) {
      problem('address', 'is required with method: static');
    }
    if (values.method === 'dhcp' && values.address !== undefined)
      problem('address', 'goes with method: static');
  });

type Params = z.output<typeof params>;

/** The address for ssh, and the address of the card, are two things. */
function shellOf(values: Params) {
  const { guest, via, user, password, console_timeout, ssh_address } = values;
  return { domain: guest, via, user, password, console_timeout, address: ssh_address };
}

export const guestNetwork = defineModule({
  name: 'guest_network',
  summary:
    "Set a guest's own network from its host: over ssh where it answers, over its serial console where not.",
  params,
  examples: [
    { title: 'Ask for an address anew, after the card was moved', params: { guest: 'web', renew: true } },
    {
      title: 'A fixed address on NAT; its gateway is the address of the bridge',
      params: { guest: 'web', method: 'static', address: '192.168.122.112/24', dns: ['192.168.122.1'] },
    },
  ],
  reads: (values) => ({
    inside: networkInside(
      values.guest,
      (inside) => inGuest(shellOf(values), inside, 5),
      (output) => {
        const answer = guestAnswer(output);
        return answer.via === undefined ? { reason: answer.reason } : { output: answer.output };
      },
    ),
  }),
  check: (values, { inside }) => planGuest(values, inside),
  proof: (_, values, { inside }) => planGuest({ ...values, renew: false }, inside),
  apply: ({ data }, values) =>
    inGuest(shellOf(values), guestWork(data, values.timeout), values.timeout + 5, 'work'),
  undo: ({ data }, values) => inGuest(shellOf(values), takeBack(data), values.timeout + 5, 'work'),
  result: (_, { values, change }) => {
    const plan = change?.data as GuestPlan | undefined;
    return {
      device: plan?.card.device ?? '',
      mac: plan?.card.mac ?? '',
      before: values.inside.addresses,
      default_routes: values.inside.defaultRoutes,
    };
  },
});
