import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('a loop', () => {
  test('with label, index_var, loop_var and extended', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - name: one
      debug: {msg: "{{ n }} {{ user.name }} {{ ansible_loop.index }}/{{ ansible_loop.length }} {{ ansible_loop.last }} {{ ansible_loop_var }}"}
      loop: [{name: a, key: x}, {name: b, key: y}]
      loop_control: {loop_var: user, index_var: n, label: "<{{ user.name }}>", extended: true}
      register: r
    - name: results say which item
      assert:
        that: ["r.results[1].user.name == 'b'", "r.results[1].n == 1", "r.results[1].ansible_loop_var == 'user'", "r.results[0].ansible_loop.nextitem.name == 'b'"]
`);
    expect(played.lines).toEqual([
      'one[<a>] alpha ok',
      'one[<b>] alpha ok',
      'one alpha ok',
      'results say which item alpha ok',
    ]);
    expect(played.said).toEqual(['alpha: 0 a 1/2 false user', 'alpha: 1 b 2/2 true user']);
  });

  test('goes on after a failed item, fails as a whole, and is rescued as a whole', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - block:
        - {name: some, command: "test {{ item }} != b", loop: [a, b, c], register: r}
      rescue:
        - {name: seen, assert: {that: ["size(r.results) == 3", r.failed, r.changed, "ansible_failed_result.results[1].failed", "r.msg == 'One or more items failed'"]}}
`);
    expect(played.lines).toEqual([
      'some[a] alpha changed',
      'some[b] alpha rescued',
      'some[c] alpha changed',
      'some alpha rescued',
      'seen alpha ok',
    ]);
  });

  test('shows an item what the one before it registered', async () => {
    const played = await playText(`
- hosts: all
  vars: {r: {rc: 9}}
  tasks:
    - {name: until the first success, command: "test {{ item }} = b", loop: [a, b, c], register: r, when: r.rc != 0, failed_when: false}
`);
    expect(played.lines.slice(0, 4).map((line) => line.split(' ').at(-1))).toEqual([
      'changed',
      'changed',
      'skipped',
      'changed',
    ]);
  });

  test('ends at break_when, whose names are the item and its own result', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: look, command: "echo {{ item }}", loop: [a, b, c], register: r, loop_control: {break_when: "r.stdout == 'b'"}}
    - {name: two, assert: {that: size(r.results) == 2}}
`);
    expect(played.exitCode).toBe(0);
  });

  test('with a break_when that cannot be evaluated fails, and shows every item in a check run', async () => {
    const text = `
- hosts: all
  tasks: [{name: look, command: "echo {{ item }}", loop: [a, b], register: r, loop_control: {break_when: r.nothing}}]
`;
    const played = await playText(text);
    expect(played.lines).toEqual(['look[a] alpha changed', 'look alpha failed']);
    const checked = await playText(text.replace('r.nothing', 'r.stdout == item'), {
      options: { check: true },
    });
    expect(checked.lines).toHaveLength(3);
  });

  test('waits between items for loop_control.pause', async () => {
    const played = await playText(`
- hosts: all
  vars: {wait: 0.2}
  tasks:
    - {name: slow, debug: {msg: x}, loop: [1, 2, 3], loop_control: {pause: "{{ wait }}"}}
`);
    expect(played.results('slow').at(-1)?.durationMs).toBeGreaterThanOrEqual(390);
  });

  test('over nothing is skipped, and registers an empty list', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: none, debug: {msg: x}, loop: [], register: r}
    - {name: seen, assert: {that: [r.skipped, "!r.changed", "size(r.results) == 0"]}}
`);
    expect(played.lines).toEqual(['none alpha skipped', 'seen alpha ok']);
  });

  test('has keywords of its own for each item: ignore_errors, no_log, delegate_to, notify', async () => {
    const played = await playText(
      `
- hosts: a
  tasks:
    - {name: ignored, command: "false", loop: [true], ignore_errors: "{{ item }}"}
    - {name: told, debug: {msg: "{{ item.v }}"}, loop: [{v: open, hide: false}, {v: shut, hide: true}], no_log: "{{ item.hide }}"}
    - {name: elsewhere, command: echo hi, loop: [a, b], delegate_to: "{{ item }}"}
    - {name: notifies, command: "true", loop: [one, two], changed_when: item == 'two', notify: "do {{ item }}"}
  handlers:
    - {name: do one, debug: {msg: one}}
    - {name: do two, debug: {msg: two}}
`,
      { inventory: 'a,b,' },
    );
    expect(played.lines.slice(0, 2)).toEqual(['ignored[true] a ignored', 'ignored a ignored']);
    expect(played.said).toEqual(['a: open', 'a: two']);
    expect(played.lines.find((line) => line.startsWith('told[(hidden)]'))).toBeDefined();
    expect(played.exitCode).toBe(0);
  });

  test('written the old way means the same', async () => {
    const played = await playText(`
- hosts: all
  vars: {more: [c, d]}
  tasks:
    - {name: items, debug: {msg: "{{ item }}"}, with_items: [a, [b], "{{ more }}"]}
    - {name: list, debug: {msg: "{{ item }}"}, with_list: [a, [b]]}
    - {name: dict, debug: {msg: "{{ item.key }}={{ item.value }}"}, with_dict: {x: 1}}
    - {name: sequence, debug: {msg: "{{ item }}"}, with_sequence: start=1 end=3 stride=2 format=n%02d}
    - {name: indexed, debug: {msg: "{{ item }}"}, with_indexed_items: [p, q]}
    - {name: nested, debug: {msg: "{{ item }}"}, with_nested: [[1, 2], [x]]}
    - {name: together, debug: {msg: "{{ item }}"}, with_together: [[1, 2], [x]]}
`);
    expect(played.said.map((line) => line.replace('alpha: ', ''))).toEqual([
      ...['a', 'b', 'c', 'd'],
      ...['a', '["b"]'],
      'x=1',
      ...['n01', 'n03'],
      ...['[0,"p"]', '[1,"q"]'],
      ...['[1,"x"]', '[2,"x"]'],
      ...['[1,"x"]', '[2,null]'],
    ]);
  });

  test('that is no list says what to write', async () => {
    const played = await playText(`
- hosts: all
  vars: {map: {a: 1}}
  tasks:
    - {name: bad, debug: {msg: x}, loop: "{{ map }}"}
`);
    expect(played.results('bad')[0]?.result.msg).toContain('dict2items');
    expect(played.exitCode).toBe(2);
  });
});

describe('a loop over a block', () => {
  test('runs all of it for each item, and a rescue belongs to its round', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - loop: [a, b]
      loop_control: {loop_var: letter, index_var: n}
      when: letter != 'skipped'
      block:
        - {name: first, command: "test {{ letter }} = b"}
        - {name: second, debug: {msg: "{{ n }} {{ letter }} {{ item }}"}, loop: [1, 2]}
      rescue:
        - {name: rescued, debug: {msg: "rescued {{ letter }}"}}
      always:
        - {name: always, debug: {msg: "always {{ letter }}"}}
`);
    expect(played.said.map((line) => line.replace('alpha: ', ''))).toEqual([
      'rescued a',
      'always a',
      '1 b 1',
      '1 b 2',
      'always b',
    ]);
    expect(played.recap.alpha).toMatchObject({ rescued: 1, failed: 0 });
  });

  test('that cannot be worked out is harmless where the block is skipped, else the host fails and can be rescued', async () => {
    const played = await playText(`
- hosts: all
  vars: {text: no list}
  tasks:
    - {loop: "{{ text }}", when: false, block: [{name: never, debug: {msg: x}}]}
    - block:
        - {name: bad, loop: "{{ text }}", block: [{name: never, debug: {msg: x}}]}
      rescue:
        - {name: rescued, debug: {msg: "{{ ansible_failed_task.name }}"}}
`);
    expect(played.lines).toEqual(['bad alpha rescued', 'rescued alpha ok']);
    expect(played.said).toEqual(['alpha: bad']);
  });
});

describe("Ansible's older loops", () => {
  test('of values that only the run knows', async () => {
    const played = await playText(`
- hosts: all
  vars: {m: {x: 1, y: 2}, n: 3, users: [{name: ann, ssh: {keys: [k1, k2]}}, {name: bob}]}
  tasks:
    - {name: dict, debug: {msg: "{{ item.key }}={{ item.value }}"}, with_dict: "{{ m }}"}
    - {name: sequence, debug: {msg: "{{ item }}"}, with_sequence: "start=1 end={{ n }} stride=2 format=h%02d"}
    - {name: nested, debug: {msg: "{{ item.[0] }}{{ item.[1] }}"}, with_nested: ["{{ keys m }}", [a, b]]}
    - {name: together, debug: {msg: "{{ item.[0] }}{{ item.[1] }}"}, with_together: ["{{ keys m }}", [a, b]]}
    - name: subelements
      debug: {msg: "{{ lookup (lookup item 0) 'name' }}:{{ item.[1] }}"}
      with_subelements: ["{{ users }}", ssh.keys, {skip_missing: true}]
    - {name: wrong, debug: {msg: x}, with_dict: "{{ n }}", ignore_errors: true, register: wrong}
    - {name: said, debug: {msg: "{{ wrong.msg }}"}}
`);
    expect(played.said).toEqual(
      [
        ...['x=1', 'y=2', 'h01', 'h03', 'xa', 'xb', 'ya', 'yb', 'xa', 'yb', 'ann:k1', 'ann:k2'],
        '"with_dict" cannot loop over 3. Give it a map, or write loop: "{{ dict2items map }}" and use item.key and item.value.',
      ].map((text) => `alpha: ${text}`),
    );
  });

  test('over hosts of a pattern, over lines of a command of this machine, over one item of a list', async () => {
    const playbook = `
- hosts: alpha
  tasks:
    - {name: hosts, debug: {msg: "{{ item }}"}, with_inventory_hostnames: "all:!beta"}
    - {name: none, debug: {msg: x}, with_inventory_hostnames: nobody}
    - {name: lines, debug: {msg: "<{{ item }}>"}, with_lines: ["echo one; echo; echo '  two '", "printf 'pwd %s' {{ n }}"], vars: {n: 3}}
    - {name: broken, debug: {msg: x}, with_lines: "echo no >&2; exit 3", ignore_errors: true, register: broken}
    - {name: said, debug: {msg: "{{ broken.msg }}"}}
    - {name: one, debug: {msg: "{{ item }}"}, with_random_choice: [red, green, blue], register: chosen}
    - {name: one of them, assert: {that: "size(chosen.results) == 1 && chosen.results[0].item in ['red', 'green', 'blue']"}}
`;
    const options = { inventory: 'alpha,beta,gamma,' };
    const played = await playText(playbook, options);
    expect(played.said.slice(0, -1)).toEqual(
      [
        ...['alpha', 'gamma', '<one>', '<>', '<  two>', '<pwd 3>'],
        'The command "echo no >&2; exit 3" of with_lines failed on this machine: no. Commands of with_lines run where Hostwright runs; to run one on the host, register its output and loop over stdout_lines.',
      ].map((text) => `alpha: ${text}`),
    );
    expect((await playText(playbook, options)).said).toEqual(played.said);
  });

  test('over files: those that match, and the first that is there, where the task would look', async () => {
    const played = await playText(
      `
- hosts: all
  roles: [r]
  tasks:
    - {name: none, debug: {msg: x}, with_fileglob: no/*}
    - {name: missing, debug: {msg: x}, with_first_found: [no.yml], ignore_errors: true}
    - {name: left out, debug: {msg: x}, with_first_found: [{files: no.yml, skip: true}]}
`,
      {
        files: {
          'roles/r/tasks/main.yml': `
- {name: glob, debug: {msg: "{{ basename item }}"}, with_fileglob: ["*.conf", "sub/?.txt"]}
- {name: vars, include_vars: "{{ item }}", with_first_found: ["{{ kind }}.yml", default.yml]}
- {name: told, debug: {msg: "{{ from }}"}}
`,
          'roles/r/defaults/main.yml': 'kind: special\n',
          'roles/r/vars/default.yml': 'from: default\n',
          'roles/r/files/b.conf': '',
          'roles/r/files/a.conf': '',
          'roles/r/files/.hidden.conf': '',
          'roles/r/files/sub/c.txt': '',
          'roles/r/files/sub/cc.txt': '',
        },
      },
    );
    expect(played.said).toEqual(['a.conf', 'b.conf', 'c.txt', 'default'].map((text) => `alpha: ${text}`));
    expect(played.lines.slice(-3)).toEqual([
      'none alpha skipped',
      'missing alpha ignored',
      'left out alpha skipped',
    ]);
  });
});
