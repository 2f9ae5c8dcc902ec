import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { listOf, withAliases } from '../params.ts';

/** Also the names by which groups are reached from expressions, so nothing that would need quoting there but dash and dot. */
const groupName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, {
  error: 'must be the name of a group: letters, digits, _, . and - only, and no digit first',
});

export const addHost = defineAction({
  name: 'add_host',
  summary: 'Add a host to the inventory for the rest of the run, with variables. Once for all hosts.',
  params: withAliases(
    z.looseObject({
      name: z
        .string()
        .regex(/^[^\s,;&!*]+$/, { error: 'must be a host name or address' })
        .describe(
          'Name of the host; `name:port` sets its port. Every parameter not named here becomes a variable of the host.',
        ),
      groups: listOf(groupName).default([]).describe('Groups that it joins; they are made where missing.'),
    }),
    { name: ['host', 'hostname'], groups: ['group', 'groupname'] },
  ),
  runOnce: true,
  examples: [
    {
      title: 'Add the guest that was just made',
      params: { name: 'guest1', groups: ['guests'], ansible_host: '192.168.122.10' },
    },
  ],
  run: ({ name, groups, ...vars }) => {
    // A port after a name or IPv4 address or `[IPv6]`; a bare IPv6 address has more colons.
    const withPort = /^([^:[\]]+|\[[^\]]+\]):(\d{1,5})$/.exec(name);
    const host = (withPort?.[1] ?? name).replace(/^\[(.*)\]$/, '$1');
    const all = withPort ? { ansible_port: Number(withPort[2]), ...vars } : vars;
    return {
      result: { changed: true, add_host: { host_name: host, groups, host_vars: all } },
      requests: [{ do: 'add_host', name: host, groups, vars: all }],
    };
  },
});
