import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type PracticeHosts, startPracticeHosts } from '../../src/practice/hosts.ts';
import { addFiles, type Event, events, hostwright, projectWith, recapOf, resultsOf } from './command.ts';

let practice: PracticeHosts;
let project: ReturnType<typeof projectWith>;
let place: { readonly cwd: string };

beforeAll(async () => {
  practice = await startPracticeHosts(3);
  const hosts = Object.fromEntries(practice.hosts.map((host, index) => [`h${index + 1}`, host.variables]));
  project = projectWith({
    'hosts.yaml': stringify({
      all: {
        hosts,
        children: {
          web: { hosts: { h1: {}, h2: {} } },
          db: { hosts: { h2: {}, h3: {} } },
          idle: { hosts: {} },
        },
      },
    }),
    'say.yaml': '- hosts: all\n  tasks:\n    - debug: {msg: here}\n',
  });
  place = { cwd: project.directory };
});
afterAll(async () => {
  project.remove();
  await practice.close();
});

const run = (playbook: string, ...args: readonly string[]) =>
  events(['run', playbook, '-i', 'hosts.yaml', ...args], place);
const hostsOf = (ran: { readonly events: readonly Event[] }) =>
  Object.keys(ran.events.at(-1)?.recap as Record<string, unknown>).sort();

describe('-l', () => {
  test.each([
    ['h1', ['h1']],
    ['web', ['h1', 'h2']],
    ['web,db', ['h1', 'h2', 'h3']],
    ['web:db', ['h1', 'h2', 'h3']],
    ['web:&db', ['h2']],
    ['all:!db', ['h1']],
    ['all,!h2', ['h1', 'h3']],
    ['h*:!h3', ['h1', 'h2']],
    ['~h[13]', ['h1', 'h3']],
    ['web[0]', ['h1']],
    ['@retry.txt', ['h2', 'h3']],
  ])('%s', async (limit, expected) => {
    addFiles(project.directory, { 'retry.txt': 'h2\nh3\n' });
    const ran = await run('say.yaml', '-l', limit);
    expect(ran.code).toBe(0);
    expect(hostsOf(ran)).toEqual(expected);
  });

  test('leaves the variables of the others to be read, and out plays that have none of them', async () => {
    addFiles(project.directory, {
      'two.yaml': `
- hosts: db
  tasks:
    - debug: {msg: db}
- hosts: web:!db
  tasks:
    - debug: {msg: "{{ hostvars.h3.ansible_port }}"}
`,
    });
    const ran = await run('two.yaml', '-l', 'h1');
    expect(resultsOf(ran).map(({ host, result }) => [host, result.msg])).toEqual([
      ['h1', practice.hosts[2]?.port],
    ]);
  });
});

describe('a group without hosts', () => {
  test('is left out with a warning', async () => {
    addFiles(project.directory, {
      'idle.yaml':
        '- {hosts: idle, tasks: [{debug: {msg: no}}]}\n- {hosts: h1, tasks: [{debug: {msg: yes}}]}\n',
    });
    const ran = await run('idle.yaml');
    expect(ran.code).toBe(0);
    expect(ran.events.filter(({ type }) => type === 'warning').map(({ message }) => message)).toEqual([
      'The pattern "idle" matches no host. The play is left out.',
    ]);
    expect(resultsOf(ran).map(({ host }) => host)).toEqual(['h1']);
  });

  test('that an earlier play fills is worked on', async () => {
    addFiles(project.directory, {
      'filled.yaml': `
- hosts: h1:h2
  tasks:
    - group_by: {key: "found_{{ inventory_hostname }}"}
    - add_host: {name: h9, groups: added, ansible_host: "{{ ansible_host }}", ansible_port: "{{ ansible_port }}",
                 ansible_user: "{{ ansible_user }}", ansible_ssh_private_key_file: "{{ ansible_ssh_private_key_file }}",
                 connection: "{{ connection }}"}
- hosts: found_h2:added
  tasks:
    - command: id
`,
    });
    const ran = await run('filled.yaml');
    expect(ran.stderr).toBe('');
    expect(
      resultsOf(ran, 'command')
        .map(({ host, status }) => [host, status])
        .sort(),
    ).toEqual([
      ['h2', 'changed'],
      ['h9', 'changed'],
    ]);
  });
});

describe('-t and --skip-tags', () => {
  const tagged = `
- hosts: h1
  tasks:
    - {name: one, debug: {msg: x}, tags: [a, b]}
    - {name: two, debug: {msg: x}, tags: b}
    - {name: three, debug: {msg: x}}
    - {name: four, debug: {msg: x}, tags: always}
    - {name: five, debug: {msg: x}, tags: [never, c]}
    - name: block
      tags: d
      block:
        - {name: six, debug: {msg: x}}
`;
  test.each([
    [[], 'one two three four six'],
    [['-t', 'a'], 'one four'],
    [['-t', 'a,d'], 'one four six'],
    [['-t', 'a', '-t', 'c'], 'one four five'],
    [['-t', 'b', '--skip-tags', 'a'], 'two four'],
    [['-t', 'tagged'], 'one two four six'],
    [['-t', 'untagged'], 'three four'],
    [['-t', 'all'], 'one two three four six'],
    [['-t', 'never'], 'four five'],
    [['--skip-tags', 'always'], 'one two three six'],
    [['--skip-tags', 'tagged'], 'three'],
  ])('%j', async (args, expected) => {
    addFiles(project.directory, { 'tagged.yaml': tagged });
    const ran = await run('tagged.yaml', ...args);
    expect(ran.code).toBe(0);
    expect(
      resultsOf(ran)
        .map(({ task }) => task)
        .join(' '),
    ).toBe(expected);
    const listed = await hostwright(
      ['run', 'tagged.yaml', '-i', 'hosts.yaml', '--list-tasks', ...args],
      place,
    );
    expect([...listed.stdout.matchAll(/^ {6}(\w+)/gm)].map(([, name]) => name).join(' ')).toBe(expected);
  });

  test('a tag that no task has is warned of', async () => {
    addFiles(project.directory, { 'tagged.yaml': tagged });
    const ran = await run('tagged.yaml', '-t', 'alway,d');
    expect(ran.events.filter(({ type }) => type === 'warning').map(({ message }) => message)).toEqual([
      'No task has the tag "alway". Did you mean "always"?',
    ]);
  });
});

describe('-e', () => {
  const typed = `
- hosts: h1
  inputs:
    count: {type: integer, default: 1}
    on: {type: boolean, default: false}
    names: {type: list, default: []}
  vars: {plain: below}
  tasks:
    - name: See
      set_fact: {seen: {count: "{{ inputs.count }}", on: "{{ inputs.on }}", names: "{{ inputs.names }}", plain: "{{ plain }}"}}
    - debug: {var: seen}
`;
  const seen = async (...args: readonly string[]) => {
    addFiles(project.directory, {
      'typed.yaml': typed,
      'given.yaml': 'count: 7\nnames: [x]\nplain: from a file\n',
      'given.json': '{"count": 8, "on": true}',
    });
    const ran = await run('typed.yaml', ...args);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    return resultsOf(ran, 'debug')[0]?.result.seen;
  };
  test.each([
    [[], { count: 1, on: false, names: [], plain: 'below' }],
    [['-e', 'count=5 on=yes plain=above'], { count: 5, on: true, names: [], plain: 'above' }],
    [['-e', '{"count": 6, "names": ["a", "b"]}'], { count: 6, on: false, names: ['a', 'b'], plain: 'below' }],
    [['-e', '@given.yaml'], { count: 7, on: false, names: ['x'], plain: 'from a file' }],
    [['-e', '@given.json', '-e', 'count=9'], { count: 9, on: true, names: [], plain: 'below' }],
    [['-e', "plain='two words'"], { count: 1, on: false, names: [], plain: 'two words' }],
  ])('%j', async (args, expected) => {
    expect(await seen(...args)).toEqual(expected);
  });
});

test('--list-hosts, --list-tags and --syntax-check contact nobody', async () => {
  addFiles(project.directory, {
    'list.yaml': `
- name: First
  hosts: web
  tasks:
    - {name: one, debug: {msg: x}, tags: [a]}
- hosts: "db:!web"
  tasks: []
`,
  });
  for (const host of practice.hosts) host.resetTraffic();
  const list = (option: string) => hostwright(['run', 'list.yaml', '-i', 'hosts.yaml', option], place);
  expect((await list('--list-hosts')).stdout).toBe(`playbook: list.yaml

  play 1: First
    hosts (2):
      h1
      h2

  play 2: db:!web
    hosts (1):
      h3
`);
  expect((await list('--list-tags')).stdout).toBe(`playbook: list.yaml

  play 1: First
    tags: a

  play 2: db:!web
    tags: none
`);
  expect(await list('--syntax-check')).toEqual({ code: 0, stdout: 'playbook: list.yaml\n', stderr: '' });
  expect(practice.hosts.map((host) => host.traffic().connections)).toEqual([0, 0, 0]);
});

describe('variables', () => {
  test('come from beside the inventory and beside the playbook, and from an INI inventory', async () => {
    const lines = practice.hosts.map(
      ({ variables: v }, index) =>
        `h${index + 1} ansible_host=${v.ansible_host} ansible_port=${v.ansible_port} ansible_user=${v.ansible_user} ` +
        `ansible_ssh_private_key_file=${v.ansible_ssh_private_key_file} number=${index} flag=True`,
    );
    addFiles(project.directory, {
      'ini/hosts.ini': `${lines.join('\n')}\n\n[web]\nh1\nh2\n\n[web:vars]\nfrom_ini=yes it is\n\n[site:children]\nweb\n`,
      'ini/group_vars/all.yml': 'level: all beside the inventory\nonly_inventory: 1\n',
      'ini/group_vars/web/one.yml': 'level: web beside the inventory\n',
      'ini/host_vars/h2.yml': 'level: h2 beside the inventory\n',
      'group_vars/site.yaml': 'only_playbook: 2\n',
      'level.yaml': `
- hosts: all
  tasks:
    - debug: {msg: "{{ level }}/{{ default only_playbook 0 }}/{{ only_inventory }}/{{ default from_ini '-' }}/{{ join group_names ',' }}"}
    - assert: {that: [number >= 0, flag]}
`,
    });
    const known = practice.hosts.map((host) => `-o UserKnownHostsFile=${host.knownHostsFile}`);
    const said: unknown[] = [];
    for (const [index] of practice.hosts.entries()) {
      const ran = await events(
        [
          'run',
          'level.yaml',
          '-i',
          'ini',
          '-l',
          `h${index + 1}`,
          '-e',
          `ansible_ssh_common_args="${known[index]}"`,
        ],
        place,
      );
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
      said.push(resultsOf(ran, 'debug')[0]?.result.msg);
    }
    expect(said).toEqual([
      'web beside the inventory/2/1/yes it is/site,web',
      'h2 beside the inventory/2/1/yes it is/site,web',
      'all beside the inventory/0/1/-/ungrouped',
    ]);
  });
});

test('names of plays and tasks are rendered, in all events alike', async () => {
  addFiles(project.directory, {
    'named.yaml': `
- name: Deploy {{ app }}
  hosts: web
  vars: {app: shop}
  tasks:
    - name: Say {{ dir }} on {{ inventory_hostname }}
      vars: {dir: /srv}
      debug: {msg: x}
`,
  });
  const ran = await run('named.yaml', '-l', 'h1');
  const names = (type: string) => ran.events.filter((event) => event.type === type).map(({ task }) => task);
  expect(ran.events[1]?.play).toBe('Deploy shop');
  expect(names('taskStart').at(-1)).toBe('Say /srv on h1');
  expect(names('hostResult').at(-1)).toBe('Say /srv on h1');
});

describe('facts', () => {
  test('are gathered where asked for, and are among the variables as in Ansible', async () => {
    addFiles(project.directory, {
      'facts.yaml': `
- hosts: web
  gather_facts: true
  tasks:
    - name: As a variable
      debug: {msg: "{{ ansible_kernel }}"}
      when: ansible_system == 'Linux'
    - name: In the map
      debug: {msg: "{{ facts.kernel }}/{{ ansible_facts.kernel }}"}
    - name: Of another
      debug: {msg: "{{ hostvars.h3.ansible_kernel }}/{{ hostvars.h3.facts.kernel }}"}
    - name: Again, some
      setup: {filter: ['ansible_kern*', system]}
      register: some
    - name: How many
      debug: {msg: "{{ sort (keys some.ansible_facts) }}"}
`,
    });
    const ran = await run('facts.yaml', '-l', 'h1');
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    const [gathered, variable, map, other, , many] = resultsOf(ran);
    const kernel = variable?.result.msg;
    expect(gathered).toMatchObject({ task: 'Gathering Facts', module: 'setup', status: 'ok' });
    expect(kernel).toMatch(/^\d+\.\d+/);
    expect([map?.result.msg, other?.result.msg]).toEqual([`${kernel}/${kernel}`, `${kernel}/${kernel}`]);
    expect(many?.result.msg).toEqual(['ansible_kernel', 'ansible_kernel_version', 'ansible_system']);
    expect(recapOf(ran, 'h1')).toMatchObject({ ok: 6, changed: 0 });
  });
});
