import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const inputs = `
inputs:
  bridge: {type: string, default: br0, pattern: '[a-z]+[0-9]+'}
  mtu: {type: int, default: 1500}
  stp: {type: bool, default: false}
  ports: {type: list, default: []}
  token: {type: string, secret: true, default: none-given}
  label: {type: string, default: "{{ inputs.bridge }} on {{ inventory_hostname }} ({{ facts.system }})"}
`;
const text = `${inputs}
plays:
  - hosts: all
    tasks:
      - {name: say, debug: {msg: "{{ inputs.bridge }} {{ inputs.mtu }} {{ inputs.stp }} {{ inputs.ports }}"}}
      - {name: types, assert: {that: [inputs.mtu > 0, "!inputs.stp", "type(inputs.ports) == list"]}}
      - {name: label, debug: {msg: "{{ inputs.label }}"}}
`;

describe('inputs', () => {
  test('take -e over the inventory over their defaults, as the declared type; defaults see facts and other inputs', async () => {
    const played = await playText(text, {
      inventory: 'all: {hosts: {a: {bridge: br1, mtu: 9000}, b: {}}}\n',
      options: { extraVars: [{ stp: 'no', ports: 'eth0,eth1', mtu: '1400' }] },
    });
    expect(played.said.toSorted()).toEqual([
      'a: br1 1400 false ["eth0","eth1"]',
      'a: br1 on a (Linux)',
      'b: br0 1400 false ["eth0","eth1"]',
      'b: br0 on b (Linux)',
    ]);
    expect(played.exitCode).toBe(0);
  });

  test.each([
    ['a wrong type', { mtu: 'large' }, '"mtu" must be a whole number'],
    ['a pattern', { bridge: 'Bridge' }, '"bridge" must be a text that matches'],
    ['a boolean', { stp: 'maybe' }, '"stp" must be true or false'],
  ])('are refused for %s before anything runs', async (_, extra, message) => {
    await expect(playText(text, { options: { extraVars: [extra] } })).rejects.toThrow(message);
  });

  test('of a play add to those of the playbook; missing ones are asked for, else an error', async () => {
    const own = `
- hosts: all
  inputs: {who: {type: string, description: your name}}
  tasks: [{name: say, debug: {msg: "{{ inputs.who }}"}}]
`;
    await expect(playText(own)).rejects.toThrow('"who" has no value (your name)');
    const asked: string[] = [];
    const played = await playText(own, {
      options: {
        prompt: async (question) => {
          asked.push(question);
          return 'me';
        },
      },
    });
    expect(asked).toEqual(['who (your name)']);
    expect(played.said).toEqual(['alpha: me']);
  });

  test('that are secret are masked wherever they would be shown, and never in a message about themselves', async () => {
    const played = await playText(
      `
- hosts: all
  inputs:
    token: {type: string, secret: true}
    tokens: {type: list, secret: true, default: [first-one, second-one]}
  tasks:
    - {name: "with {{ inputs.token }}", debug: {msg: "it is {{ inputs.token }}"}, loop: ["{{ inputs.token }}"]}
    - {name: list, command: "echo {{ inputs.tokens.[1] }}"}
    - {name: file, copy: {content: "{{ inputs.token }}\\n", dest: "{{ playbook_dir }}/t"}}
    - {name: real, shell: "cat {{ playbook_dir }}/t", register: r}
    - {name: usable, assert: {that: r.stdout == inputs.token}}
    - {name: fails, fail: {msg: "no {{ inputs.token }}"}}
`,
      { options: { diff: true, extraVars: [{ token: 's3cr3t-value' }] } },
    );
    const everything = JSON.stringify(played.events);
    expect(everything).not.toContain('s3cr3t-value');
    expect(everything).not.toContain('second-one');
    expect(played.results('usable')[0]?.status).toBe('ok');
    expect(played.results('file')[0]?.diff).toContain('+********');
    const wrong = playText(
      '- {hosts: all, inputs: {pin: {type: int, secret: true}}, tasks: [{debug: {msg: x}}]}',
      { options: { extraVars: [{ pin: 'hidden-pin' }] } },
    );
    await expect(wrong).rejects.toThrow('but it is "(secret)"');
  });

  test('whose defaults need each other in a circle say so', async () => {
    await expect(
      playText(
        '- {hosts: all, inputs: {a: {default: "{{ inputs.b }}"}, b: {default: "{{ inputs.a }}"}}, tasks: [{debug: {msg: x}}]}',
      ),
    ).rejects.toMatchObject({ errors: [{ code: 'input-circle' }, { code: 'input-circle' }] });
  });
});
