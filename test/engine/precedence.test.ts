import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

/** Every layer of variables, lowest precedence first, and where a playbook writes it. `v` stands for "v: NAME". */
const LAYERS = [
  'role defaults',
  'all group',
  'parent group',
  'child group',
  'host',
  'play vars',
  'first of vars_files',
  'last of vars_files',
  'role vars',
  'outer block',
  'inner block',
  'task',
  'include_vars',
  'set_fact',
  'role params',
  'include vars',
  'loop variable',
  'extra vars',
] as const;
type LayerName = (typeof LAYERS)[number];

/** A playbook that sets `v` in these layers only, and says it from inside the role. */
async function valueWith(layers: readonly LayerName[]): Promise<string | undefined> {
  const v = (layer: LayerName) => (layers.includes(layer) ? `{v: ${layer}}` : '{}');
  const task = (text: string, layer: LayerName) => (layers.includes(layer) ? `    - ${text}\n` : '');
  const set =
    task('{include_vars: included.yaml}', 'include_vars') + task('{set_fact: {v: set_fact}}', 'set_fact');
  const loop = layers.includes('loop variable') ? ', loop: [loop variable], loop_control: {loop_var: v}' : '';
  const played = await playText(
    `
- hosts: alpha
  vars: ${v('play vars')}
  vars_files: [first.yaml, last.yaml]
  roles: [{role: r${layers.includes('role params') ? ', v: role params' : ''}}]
  pre_tasks:
    - {debug: {msg: start}}
${set}`,
    {
      inventory: `
all:
  vars: ${v('all group')}
  children: {parent: {vars: ${v('parent group')}, children: {child: {vars: ${v('child group')}, hosts: {alpha: ${v('host')}}}}}}
`,
      files: {
        'first.yaml': v('first of vars_files'),
        'last.yaml': v('last of vars_files'),
        'included.yaml': '{v: include_vars}',
        'roles/r/defaults/main.yaml': v('role defaults'),
        'roles/r/vars/main.yaml': v('role vars'),
        'roles/r/tasks/main.yaml': `
- {include_tasks: inner.yaml, vars: ${v('include vars')}}
`,
        'roles/r/tasks/inner.yaml': `
- vars: ${v('outer block')}
  block:
    - vars: ${v('inner block')}
      block: [{name: say, debug: {msg: "{{ v }}"}, vars: ${v('task')}${loop}}]
`,
      },
      options: { extraVars: layers.includes('extra vars') ? [{ v: 'extra vars' }] : [] },
    },
  );
  return played.said.at(-1)?.replace('alpha: ', '');
}

test.each(LAYERS.slice(1).map((layer, index) => [LAYERS[index] as LayerName, layer] as const))(
  '%s is below %s',
  async (lower, higher) => {
    expect(await valueWith([lower])).toBe(lower);
    expect(await valueWith([lower, higher])).toBe(higher);
  },
);

describe('facts and registered results', () => {
  const system = async (host: string, play: string) => {
    const played = await playText(
      `- {hosts: alpha, vars: ${play}, tasks: [{debug: {msg: "{{ ansible_system }}"}}]}`,
      { inventory: `all: {hosts: {alpha: ${host}}}\n` },
    );
    return played.said[0];
  };

  test('facts are above host variables and below play variables', async () => {
    expect(await system('{ansible_system: host}', '{}')).toBe('alpha: Linux');
    expect(await system('{}', '{ansible_system: play}')).toBe('alpha: play');
  });

  test('register and set_fact are one layer, the later wins; above include_vars and task vars, below role params', async () => {
    const played = await playText(
      `
- hosts: alpha
  tasks:
    - {command: echo registered, register: v}
    - {include_vars: v.yaml}
    - {debug: {msg: "{{ v.stdout }}"}, vars: {v: {stdout: task}}}
    - {set_fact: {v: {stdout: set}}}
    - {debug: {msg: "{{ v.stdout }}"}}
    - {command: echo again, register: v}
    - {debug: {msg: "{{ v.stdout }}"}}
    - {import_role: {name: r}}
- hosts: alpha
  roles: [{role: r, v: {stdout: param}}]
`,
      {
        files: {
          'v.yaml': 'v: {stdout: included}',
          'roles/r/tasks/main.yaml': '- {debug: {msg: "{{ v.stdout }}"}}',
          'roles/r/vars/main.yaml': 'v: {stdout: role}',
        },
      },
    );
    expect(played.said.map((line) => line.slice(7))).toEqual([
      'registered',
      'set',
      'again',
      'again',
      'param',
    ]);
  });

  test('set facts outlive the play, play variables do not', async () => {
    const played = await playText(`
- {hosts: all, vars: {mine: 1}, tasks: [{set_fact: {kept: "{{ mine }}"}}]}
- {hosts: all, tasks: [{debug: {msg: "{{ kept }} {{ default mine 'gone' }}"}}]}
`);
    expect(played.said).toEqual(['alpha: 1 gone']);
  });
});
