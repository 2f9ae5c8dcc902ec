import { setFact } from '../../../src/modules/builtin/set_fact.ts';
import type { ActionCases } from './module-case.ts';

export const cases: ActionCases = {
  action: setFact,
  cases: [
    {
      title: 'sets what is named',
      params: { bridge: 'br0', ports: ['eth0'] },
      expected: {
        result: { ansible_facts: { bridge: 'br0', ports: ['eth0'] } },
        requests: [{ do: 'set_facts', facts: { bridge: 'br0', ports: ['eth0'] } }],
      },
    },
    {
      title: 'asks for facts that are kept',
      params: { bridge: 'br0', cacheable: 'yes' },
      expected: {
        result: { ansible_facts: { bridge: 'br0' } },
        requests: [{ do: 'set_facts', facts: { bridge: 'br0' }, cacheable: true }],
      },
    },
    {
      title: 'needs a variable',
      params: { cacheable: true },
      expected: { invalid: ': needs at least one variable: `set_fact: {name: value}`' },
    },
    {
      title: 'refuses what is no name and what the language needs itself',
      params: { 'my-name': 1, hostvars: 2 },
      expected: {
        invalid:
          'my-name: is no name for a variable: letters, digits and _ only, and no digit first\n' +
          'hostvars: is a name of the language itself and cannot be set',
      },
    },
  ],
};
