import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const say = (text: string) => `- {name: ${text.replaceAll(/\W+/g, ' ').trim()}, debug: {msg: "${text}"}}\n`;

describe('a role', () => {
  test('reads texts of its own files, then of the playbook; what is in them is data', async () => {
    const played = await playText(
      `
- hosts: all
  roles: [web]
  tasks:
    - {name: own, debug: {msg: '{{ file_text "key.pub" }}'}}
    - {name: none, debug: {msg: '{{ file_text "none.pub" }}'}, ignore_errors: true, register: none}
    - {name: said, debug: {msg: "{{ contains none.msg 'none.pub' }}"}}
`,
      {
        files: {
          'key.pub': 'of the play {{ x }}\n',
          'roles/web/files/key.pub': 'of the role\n\n',
          'roles/web/tasks/main.yaml': `- {name: role, debug: {msg: '<{{ file_text "key.pub" }}>'}}\n`,
        },
      },
    );
    expect(played.said).toEqual(['alpha: <of the role>', 'alpha: of the play {{ x }}', 'alpha: true']);
  });

  test('brings defaults, vars, files, templates and handlers; role_path and role_name say where it is', async () => {
    const played = await playText(
      `
- hosts: all
  roles: [{role: web, http_port: 81}]
  tasks:
    - {name: visible in the play, debug: {msg: "{{ from_defaults }} {{ from_vars }} {{ http_port }}"}}
`,
      {
        files: {
          'roles/web/defaults/main.yaml': '{from_defaults: d, http_port: 80}',
          'roles/web/vars/main.yaml': '{from_vars: v}',
          'roles/web/files/motd': 'file\n',
          'roles/web/templates/site.conf': 'port {{ http_port }} of {{ role_name }}\n',
          'roles/web/handlers/main.yaml': say('handler {{ http_port }}').replace(
            '}}"}',
            '}}"}, listen: changed',
          ),
          'roles/web/tasks/main.yaml': `
- {name: copy, copy: {src: motd, dest: "{{ playbook_dir }}/motd"}, notify: changed}
- {name: template, template: {src: site.conf, dest: "{{ playbook_dir }}/site.conf"}}
- {name: read, shell: "cat {{ playbook_dir }}/motd {{ playbook_dir }}/site.conf; basename {{ role_path }}", register: r}
- {import_tasks: more.yaml}
`,
          'roles/web/tasks/more.yaml': '- {name: lines, debug: {msg: "{{ r.stdout_lines }}"}}',
        },
      },
    );
    expect(played.said).toEqual([
      'alpha: ["file","port 81 of web","web"]',
      'alpha: d v 80',
      'alpha: handler 81',
    ]);
  });

  test('runs its dependencies first, once; allow_duplicates and other parameters make a further run', async () => {
    const files = {
      'roles/base/tasks/main.yaml': say('base {{ p }}'),
      'roles/base/defaults/main.yaml': '{p: 0}',
      'roles/often/tasks/main.yaml': say('often'),
      'roles/often/meta/main.yaml': 'allow_duplicates: true',
      'roles/a/meta/main.yaml': 'dependencies: [base, often]',
      'roles/a/tasks/main.yaml': say('a'),
      'roles/b/meta/main.yaml': 'dependencies: [{role: base}, often, {role: base, p: 1}]',
      'roles/b/tasks/main.yaml': say('b'),
    };
    const played = await playText('- {hosts: all, roles: [a, b, a, base]}', { files });
    expect(played.said.map((line) => line.slice(7))).toEqual([
      'base 0',
      'often',
      'a',
      'often',
      'base 1',
      'b',
    ]);
  });

  test('is imported or included from other files, its names private unless public', async () => {
    const files = {
      'roles/r/tasks/main.yaml': say('main'),
      'roles/r/tasks/other.yaml': `${say('{{ role_name }} {{ d }} {{ v }} {{ given }}')}- {name: c, command: "true", notify: h}\n`,
      'roles/r/defaults/main.yaml': '{d: main}',
      'roles/r/defaults/more.yaml': '{d: more}',
      'roles/r/vars/more.yaml': '{v: more}',
      'roles/r/handlers/more.yaml': '- {name: h, debug: {msg: handled}}',
    };
    const from = 'name: r, tasks_from: other, vars_from: more, defaults_from: more.yaml, handlers_from: more';
    const played = await playText(
      `
- hosts: all
  tasks:
    - {include_role: {${from}}, vars: {given: include}}
    - {name: private, assert: {that: ["!has(vars.v)", "!has(vars.given)"]}}
    - {include_role: {${from.replaceAll('more', '{{ which }}').replaceAll(/(\w+): (\{\{ which \}\}[.\w]*)/g, '$1: "$2"')}, public: true}, vars: {given: again, which: more}}
    - {name: public, assert: {that: [v == 'more', d == 'more']}}
- hosts: all
  tasks:
    - {name: of that play only, assert: {that: "!has(vars.v)"}}
- hosts: all
  tasks:
    - {import_role: {${from}}, vars: {given: import}}
    - {name: seen by all, assert: {that: v == 'more'}}
`,
      { files },
    );
    expect(played.said.map((line) => line.slice(7))).toEqual([
      'r more more include',
      'r more more again',
      'handled',
      'r more more import',
      'handled',
    ]);
    expect(played.exitCode).toBe(0);
  });
});

describe('typed parameters of a role', () => {
  const files = {
    'roles/r/meta/main.yaml': `
inputs:
  http_port: {type: int}
  mode: {type: string, choices: [fast, slow], default: fast}
  label: {type: string, default: "{{ inputs.mode }}-{{ inputs.http_port }}-{{ inventory_hostname }}"}
`,
    'roles/r/tasks/main.yaml': say('{{ inputs.label }}'),
    'roles/spec/meta/argument_specs.yaml':
      'argument_specs: {main: {options: {size: {type: int, required: true}}}, other: {options: {x: {type: int, required: true}}}}',
    'roles/spec/tasks/main.yaml': say('size {{ size }}'),
    'roles/spec/tasks/other.yaml': say('x {{ x }}'),
  };

  test('have defaults with templates, and values of the declared type', async () => {
    const played = await playText('- {hosts: all, roles: [{role: r, http_port: "81"}]}', { files });
    expect(played.said).toEqual(['alpha: fast-81-alpha']);
  });

  test.each([
    ['missing', '{role: r}', 'missing-input'],
    ['of the wrong type', '{role: r, http_port: many}', 'wrong-input'],
    ['none of the choices', '{role: r, http_port: 1, mode: odd}', 'wrong-input'],
    ['missing in argument_specs', '{role: spec}', 'missing-input'],
  ])('that are %s are found before anything runs', async (_, use, code) => {
    const playing = playText(
      `- {hosts: all, pre_tasks: [{name: x, command: touch {{ playbook_dir }}/x}], roles: [${use}]}`.replace(
        'touch {{ playbook_dir }}/x',
        '"true"',
      ),
      { files },
    );
    await expect(playing).rejects.toMatchObject({ code });
  });

  test('that only the run can tell make the first task of the role fail', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: ask, command: echo many, register: asked}
    - block: [{include_role: {name: r}, vars: {http_port: "{{ asked.stdout }}"}}]
      rescue: [{name: why, debug: {msg: "{{ ansible_failed_result.msg }}"}}]
    - {include_role: {name: spec, tasks_from: other}, vars: {x: 3}}
`,
      { files },
    );
    expect(played.said[0]).toContain('"http_port" must be a whole number');
    expect(played.said[1]).toBe('alpha: x 3');
  });
});
