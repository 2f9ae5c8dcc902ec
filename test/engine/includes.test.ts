import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const say = (text: string) => `- {name: say, debug: {msg: "${text}"}}\n`;

describe('include_tasks', () => {
  test('in a loop brings a file of its own for each item and each host', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: nested, include_tasks: "{{ kind }}-{{ item }}.yaml", loop: [1, 2], when: item != skip, loop_control: {index_var: n}}
`,
      {
        inventory: 'all: {hosts: {a: {kind: x, skip: 0}, b: {kind: y, skip: 1}}}\n',
        files: {
          'x-1.yaml': say('x1 {{ item }} {{ n }}'),
          'x-2.yaml':
            '- {name: inner loop, debug: {msg: "{{ outer }}{{ item }}"}, loop: [p, q], vars: {outer: 2}}',
          'y-2.yaml': say('y2 {{ item }} {{ n }}'),
        },
      },
    );
    expect(played.said.toSorted()).toEqual(['a: 2p', 'a: 2q', 'a: x1 1 0', 'b: y2 2 1']);
    expect(played.exitCode).toBe(0);
  });

  test('asks its condition once; import_tasks asks it for each task', async () => {
    const played = await playText(
      `
- hosts: all
  vars: {go: true}
  tasks:
    - {include_tasks: two.yaml, when: go}
    - {set_fact: {go: true}}
    - {import_tasks: two.yaml, when: go}
`,
      { files: { 'two.yaml': '- {name: off, set_fact: {go: false}}\n- {name: second, debug: {msg: x}}' } },
    );
    expect(played.lines.filter((line) => line.startsWith('second'))).toEqual([
      'second alpha ok',
      'second alpha skipped',
    ]);
  });

  test('hands down its variables and what apply says, but no other keyword', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {include_tasks: bad.yaml, ignore_errors: true, vars: {v: plain}}
    - {name: never, debug: {msg: x}}
- hosts: all
  tasks: [{name: no host is left, debug: {msg: x}}]
`,
      { files: { 'bad.yaml': '- {name: "bad {{ v }}", command: "false"}' } },
    );
    expect(played.tasks).toEqual(['bad plain']);
    const applied = await playText(
      `
- hosts: all
  tasks:
    - {include_tasks: {file: bad.yaml, apply: {ignore_errors: true, when: v == 'b', vars: {v: b}}}}
    - {include_role: {name: r, apply: {ignore_errors: true, environment: {E: "1"}}}}
`,
      {
        files: {
          'bad.yaml': '- {name: bad, command: "false"}',
          'roles/r/tasks/main.yaml': '- {name: role, shell: "exit $E"}',
        },
      },
    );
    expect(applied.tasks).toEqual(['bad', 'role']);
    expect(applied.recap.alpha).toMatchObject({ ignored: 2, failed: 0 });
  });

  test('and imports take their options as key=value too', async () => {
    const played = await playText(
      `
- hosts: all
  vars: {which: other}
  tasks:
    - include_role: name=r tasks_from=other
    - include_role: "name=r tasks_from={{ which }} public=yes"
    - import_role: name="r" tasks_from=other.yaml
    - ansible.builtin.include_tasks: file=x.yaml
    - import_tasks: file='x.yaml'
    - import_tasks: a=b.yaml
`,
      { files: { 'x.yaml': say('x'), 'a=b.yaml': say('y'), 'roles/r/tasks/other.yaml': say('r') } },
    );
    expect(played.said).toEqual(['r', 'r', 'r', 'x', 'x', 'y'].map((text) => `alpha: ${text}`));
  });

  test('of a loop that cannot be worked out is harmless where it is skipped', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: none, command: "true", when: false, register: r}
    - {name: inc, include_tasks: x.yaml, loop: "{{ r.stdout_lines }}", when: "!r.skipped"}
`,
      { files: { 'x.yaml': say('x') } },
    );
    expect(played.lines).toEqual(['none alpha skipped', 'inc alpha skipped']);
  });

  test('with run_once is worked off by the first host', async () => {
    const played = await playText('- {hosts: all, tasks: [{include_tasks: x.yaml, run_once: true}]}', {
      inventory: 'a,b,',
      files: { 'x.yaml': say('x') },
    });
    expect(played.said).toEqual(['a: x']);
  });

  test('may include itself under a condition, and is stopped where that never ends', async () => {
    const files = {
      'count.yaml': `
${say('{{ n }}')}
- {set_fact: {n: "{{ add n 1 }}"}}
- {include_tasks: count.yaml, when: n < 4}
`,
    };
    const played = await playText(
      '- {hosts: all, tasks: [{set_fact: {n: 1}}, {include_tasks: count.yaml}]}',
      {
        files,
      },
    );
    expect(played.said).toEqual(['alpha: 1', 'alpha: 2', 'alpha: 3']);
    const endless = await playText('- {hosts: all, tasks: [{include_tasks: x.yaml}]}', {
      files: { 'x.yaml': '- {include_tasks: x.yaml, when: true}' },
    });
    expect(endless.exitCode).toBe(2);
  });

  test('that is not known yet in a check run is no failure', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: c, command: echo x, register: r}
    - {name: inc, include_tasks: x.yaml, when: r.stdout == 'x'}
    - {name: looped, loop: "{{ r.stdout_lines }}", block: [{name: b, debug: {msg: x}}]}
    - {name: after, debug: {msg: x}}
`,
      { files: { 'x.yaml': say('x') }, options: { check: true } },
    );
    expect(played.lines).toEqual([
      'c alpha skipped',
      'inc alpha skipped',
      'looped alpha skipped',
      'after alpha ok',
    ]);
    expect(played.exitCode).toBe(0);
  });
});

describe('import_playbook', () => {
  test('hands its vars, tags and conditions to every play, the reading of facts too', async () => {
    const played = await playText(
      `
- {import_playbook: other.yaml, vars: {v: import}, when: false}
- {import_playbook: other.yaml, vars: {v: import}, when: v == 'import'}
`,
      {
        files: {
          'other.yaml': `
- {hosts: all, gather_facts: true, vars: {v: play, w: play}, tasks: [{name: t, debug: {msg: "{{ v }} {{ w }}"}}]}
- {hosts: all, tasks: [{name: u, debug: {msg: x}}]}
`,
        },
      },
    );
    expect(played.lines).toEqual([
      ...['Gathering Facts alpha skipped', 't alpha skipped', 'u alpha skipped'],
      ...['Gathering Facts alpha ok', 't alpha ok', 'u alpha ok'],
    ]);
    expect(played.said[0]).toBe('alpha: import play');
  });
});

describe('variables from files', () => {
  test('vars_files are found per host, by facts too; of a list the first that exists', async () => {
    const played = await playText(
      `
- hosts: all
  vars_files:
    - "{{ site }}.yaml"
    - ["{{ facts.kernel }}-none.yaml", "{{ facts.system }}.yaml", other.yaml]
  tasks: [{name: say, debug: {msg: "{{ place }} {{ os }}"}}]
`,
      {
        inventory: 'all: {hosts: {a: {site: north}, b: {site: south}}}\n',
        files: {
          'north.yaml': 'place: N',
          'south.yaml': 'place: S',
          'Linux.yaml': 'os: linux',
          'other.yaml': 'os: other',
        },
      },
    );
    expect(played.said.toSorted()).toEqual(['a: N linux', 'b: S linux']);
  });

  test('a vars_file that is missing for one host fails that host', async () => {
    const played = await playText(
      `
- hosts: all
  vars_files: ["{{ facts.system }}-{{ inventory_hostname }}.yaml"]
  tasks: [{name: say, debug: {msg: "{{ v }}"}}]
`,
      { inventory: 'a,b,', files: { 'Linux-a.yaml': 'v: 1' } },
    );
    expect(played.lines.toSorted()).toEqual(['say a ok', 'vars_files b failed']);
  });

  test('include_vars reads a file, or the files of a directory in order, down to a depth, under a name', async () => {
    const files = {
      'vars/one.yaml': 'a: one',
      'vars/dir/1.yaml': 'a: 1\nb: 1',
      'vars/dir/2.json': '{"a": 2}',
      'vars/dir/3.bak': 'a: 3',
      'vars/dir/deep/4.yaml': 'a: 4',
    };
    const played = await playText(
      `
- hosts: all
  vars: {a: play}
  tasks:
    - {name: mixed, include_vars: {dir: dir, name: x}, ignore_errors: true}
    - {name: shallow, include_vars: {dir: dir, name: shallow, depth: 1, ignore_unknown_extensions: true}, register: r}
    - {name: deep, include_vars: {dir: dir, name: deep, ignore_files: ['\\.bak$']}}
    - {name: some, include_vars: {dir: dir, name: some, files_matching: '^1', depth: 1}}
    - {name: plain, include_vars: one.yaml}
    - {name: say, debug: {msg: "{{ shallow.a }} {{ shallow.b }} {{ deep.a }} {{ some.a }} {{ a }}"}}
    - {name: files, assert: {that: "size(r.ansible_included_var_files) == 2"}}
`,
      { files },
    );
    expect(played.lines[0]).toBe('mixed alpha ignored');
    expect(played.said).toEqual(['alpha: 2 1 4 1 one']);
    expect(played.exitCode).toBe(0);
  });
});
