import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const groups = `
all:
  children:
    web: {hosts: {"web[1:3]": {}}, vars: {kind: web}}
    db: {hosts: {db1: {}, web3: {}}}
`;

describe('patterns', () => {
  test.each([
    ['all', ['web1', 'web2', 'web3', 'db1']],
    ['web:&db', ['web3']],
    ['web:!db', ['web1', 'web2']],
    ['web[0]', ['web1']],
    ['web[1:]', ['web2', 'web3']],
    ['web[1:2]:!web3', ['web2']],
    ['~(web|db)1', ['web1', 'db1']],
    ['w*2,db1', ['web2', 'db1']],
    ['localhost', ['localhost']],
  ])('%s', async (pattern, expected) => {
    const played = await playText(
      `- {hosts: "${pattern}", tasks: [{debug: {msg: "{{ ansible_play_hosts_all }}"}, run_once: true}]}`,
      { inventory: groups },
    );
    expect(played.said.map((line) => JSON.parse(line.replace(/^\S+: /, '')))).toEqual([expected]);
  });

  test('may be a list, and come from variables', async () => {
    const played = await playText(
      '- {hosts: ["{{ first }}", db1], vars: {first: web1}, tasks: [{debug: {msg: x}}]}',
      { inventory: groups },
    );
    expect(played.said).toEqual(['web1: x', 'db1: x']);
  });

  test('that match nothing are an error, a limit too', async () => {
    await expect(playText('- {hosts: wbe, tasks: []}', { inventory: groups })).rejects.toThrow('wbe');
    await expect(
      playText('- {hosts: all, tasks: []}', { inventory: groups, options: { limit: 'dbb' } }),
    ).rejects.toThrow('dbb');
  });
});

describe('magic names', () => {
  test('tell of the host, its groups, the play and the batch; a failed host is not among the active ones', async () => {
    const played = await playText(
      `
- name: my play
  hosts: web
  serial: 2
  tasks:
    - {name: bad, command: "false", when: inventory_hostname == 'web2'}
    - name: names
      debug:
        msg: "{{ inventory_hostname_short }} {{ group_names }} {{ ansible_play_name }} {{ ansible_play_hosts_all }} {{ ansible_play_hosts }} {{ ansible_play_batch }} {{ groups.db }}"
`,
      { inventory: groups },
    );
    expect(played.said).toEqual([
      'web1: web1 ["web"] my play ["web1","web2","web3"] ["web1","web3"] ["web1"] ["db1","web3"]'.replace(
        '["db1","web3"]',
        '["web3","db1"]',
      ),
      'web3: web3 ["db","web"] my play ["web1","web2","web3"] ["web1","web3"] ["web3"] ["web3","db1"]',
    ]);
  });

  test('tell how the run was asked for', async () => {
    const played = await playText(
      '- {hosts: all, tasks: [{debug: {msg: "{{ ansible_check_mode }} {{ ansible_diff_mode }} {{ ansible_run_tags }} {{ ansible_skip_tags }} {{ ansible_limit }} {{ ansible_verbosity }}"}}]}',
      { options: { check: true, diff: true, skipTags: ['x'], limit: 'alpha', verbosity: 2 } },
    );
    expect(played.said).toEqual(['alpha: true true ["all"] ["x"] alpha 2']);
  });

  test('hostvars of hosts outside the limit can be read, each in its own names; facts of them are read where needed', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {debug: {msg: "{{ hostvars.b.who }} {{ hostvars.b.facts.system }} {{ hostvars.b.group_names }}"}}
`,
      {
        inventory:
          'all: {vars: {who: "I am {{ inventory_hostname }}"}, children: {g: {hosts: {b: {}}}}, hosts: {a: {}}}\n',
        options: { limit: 'a' },
      },
    );
    expect(played.said).toEqual(['a: I am b Linux ["g"]']);
    expect(Object.keys(played.recap)).toEqual(['a']);
  });
});

describe('groups and hosts that tasks make', () => {
  test('group_by and add_host are there for later plays; a group that stays empty leaves its play out', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {group_by: {key: "made {{ kind }}", parents: [made]}}
    - {add_host: {name: new, groups: [fresh], own: 1}}
    - {name: still the same hosts, debug: {msg: "{{ ansible_play_hosts }}"}, run_once: true}
- {hosts: made-x, tasks: [{name: x, debug: {msg: "{{ group_names }}"}}]}
- {hosts: made, tasks: [{name: all made, debug: {msg: x}}]}
- {hosts: made-z, tasks: [{name: nobody, debug: {msg: x}}]}
- {hosts: fresh, tasks: [{name: new, debug: {msg: "{{ own }}"}}]}
`,
      { inventory: 'all: {hosts: {a: {kind: x}, b: {kind: y}}}\n' },
    );
    expect(played.said).toEqual(['a: ["a","b"]', 'a: ["made","made-x"]', 'a: x', 'b: x', 'new: 1']);
    expect(played.warnings).toHaveLength(1);
    expect(played.warnings[0]).toContain('made-z');
    expect(played.exitCode).toBe(0);
  });
});
