import { z } from 'zod';
import { defineAction } from '../../core/action.ts';
import { flag } from '../params.ts';

/** Names that the language itself defines; a fact of that name would hide them. */
const OWN_NAMES = [
  'check_mode',
  'facts',
  'groups',
  'hostvars',
  'inputs',
  'inventory_hostname',
  'item',
  'vars',
];

export const setFact = defineAction({
  name: 'set_fact',
  summary: 'Set variables of the host, for all tasks that follow.',
  params: z
    .looseObject({
      cacheable: flag
        .default(false)
        .describe('Also show the values among the facts of the host (`facts.NAME`).'),
    })
    .superRefine((params, context) => {
      const names = Object.keys(params).filter((name) => name !== 'cacheable');
      if (names.length === 0) context.addIssue('needs at least one variable: `set_fact: {name: value}`');
      for (const name of names) {
        const problem = problemOfName(name);
        if (problem) context.addIssue({ code: 'custom', path: [name], message: problem });
      }
    }),
  examples: [{ title: 'Keep a value for later tasks', params: { bridge: 'br0', ports: ['eth0', 'eth1'] } }],
  run: ({ cacheable, ...facts }) => ({
    result: { ansible_facts: facts },
    requests: [{ do: 'set_facts', facts, ...(cacheable ? { cacheable } : {}) }],
  }),
});

function problemOfName(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is no name for a variable: letters, digits and _ only, and no digit first';
  }
  return OWN_NAMES.includes(name) ? 'is a name of the language itself and cannot be set' : undefined;
}
