import { addHost } from '../../../src/modules/builtin/add_host.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: addHost,
  cases: [
    {
      title: 'adds a host with groups and variables',
      params: { hostname: 'guest1', groups: 'guests, lab', ansible_host: '192.0.2.7' },
      expected: {
        result: {
          changed: true,
          add_host: {
            host_name: 'guest1',
            groups: ['guests', 'lab'],
            host_vars: { ansible_host: '192.0.2.7' },
          },
        },
        requests: [
          { do: 'add_host', name: 'guest1', groups: ['guests', 'lab'], vars: { ansible_host: '192.0.2.7' } },
        ],
      },
    },
    {
      title: 'reads a port after the name, and leaves an IPv6 address whole',
      params: { name: '[2001:db8::1]:2222' },
      expected: {
        result: {
          changed: true,
          add_host: { host_name: '2001:db8::1', groups: [], host_vars: { ansible_port: 2222 } },
        },
        requests: [{ do: 'add_host', name: '2001:db8::1', groups: [], vars: { ansible_port: 2222 } }],
      },
    },
    {
      title: 'refuses what would be a pattern',
      params: { name: 'web*', groups: ['a b'] },
      expected: {
        invalid:
          'name: must be a host name or address\ngroups.0: must be the name of a group: letters, digits, _, . and - only, and no digit first',
      },
    },
  ],
};
