import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('serial batches', () => {
  test('run_once runs on the first of each; its result and facts go to that batch, and only its own when counts', async () => {
    const played = await playText(
      `
- hosts: all
  serial: 2
  tasks:
    - {name: once, command: "echo {{ inventory_hostname }}", run_once: true, register: r, when: "inventory_hostname in ['a', 'c']"}
    - {name: fact, set_fact: {who: "{{ inventory_hostname }}"}, run_once: true}
    - {name: say, debug: {msg: "{{ r.stdout }} {{ who }}"}}
`,
      { inventory: 'a,b,c,d,' },
    );
    expect(played.said).toEqual(['a: a a', 'b: a a', 'c: c c', 'd: c c']);
    expect(played.lines.filter((line) => !line.startsWith('say'))).toEqual([
      'once a changed',
      'fact a ok',
      'once c changed',
      'fact c ok',
    ]);
  });

  test('the last value of the list repeats; 0 is the rest', async () => {
    const sizes = async (serial: string) => {
      const played = await playText(
        `
- hosts: all
  serial: ${serial}
  tasks: [{name: batch, debug: {msg: "{{ ansible_play_batch.length }}"}, run_once: true}]
`,
        { inventory: 'a,b,c,d,e,f,g,h,' },
      );
      return played.said.map((line) => line.split(': ')[1]);
    };
    expect(await sizes('[1, 2]')).toEqual(['1', '2', '2', '2', '1']);
    expect(await sizes('[1, "50%"]')).toEqual(['1', '4', '3']);
    expect(await sizes('[3, 1, 2]')).toEqual(['3', '1', '2', '2']);
  });

  test.each([
    [50, ['a', 'b', 'c', 'd']],
    [49, ['a', 'b']],
  ])(
    'max_fail_percentage: %d is of the batch, and must be exceeded to end the play',
    async (limit, tried) => {
      const played = await playText(
        `
- hosts: all
  serial: 2
  max_fail_percentage: ${limit}
  tasks:
    - {name: bad, shell: "test {{ inventory_hostname }} != a"}
    - {name: next, debug: {msg: x}}
`,
        { inventory: 'a,b,c,d,' },
      );
      const hosts = (task: string) => played.results(task).map(({ host }) => host);
      expect(hosts('bad').toSorted()).toEqual(tried);
      expect(hosts('next').toSorted()).toEqual(limit === 50 ? ['b', 'c', 'd'] : []);
      expect(played.exitCode).toBe(2);
    },
  );

  test('any_errors_fatal ends later batches and plays too, after the last task as well', async () => {
    const played = await playText(
      `
- hosts: all
  serial: 2
  any_errors_fatal: true
  tasks: [{name: bad, shell: "test {{ inventory_hostname }} != a"}]
- {hosts: all, tasks: [{name: next play, debug: {msg: x}}]}
`,
      { inventory: 'a,b,c,' },
    );
    expect(played.lines.toSorted()).toEqual(['bad a failed', 'bad b changed']);
  });
});

describe('order', () => {
  test.each([
    ['inventory', ['b', 'a', 'c']],
    ['reverse_inventory', ['c', 'a', 'b']],
    ['sorted', ['a', 'b', 'c']],
    ['reverse_sorted', ['c', 'b', 'a']],
  ])('%s', async (order, expected) => {
    const played = await playText(
      `{hosts: all, order: ${order}, tasks: [{debug: {msg: "{{ join ansible_play_hosts ' ' }}"}, run_once: true}]}`.replace(
        /^/,
        '- ',
      ),
      { inventory: 'b,a,c,' },
    );
    expect(played.said).toEqual([`${expected[0]}: ${expected.join(' ')}`]);
  });

  test('shuffle loses nobody', async () => {
    const played = await playText('- {hosts: all, order: shuffle, tasks: [{debug: {msg: x}}]}', {
      inventory: 'b,a,c,',
    });
    expect(played.said.toSorted()).toEqual(['a: x', 'b: x', 'c: x']);
  });
});

test('run_once with strategy free: the first that comes runs it for all', async () => {
  const played = await playText(
    `
- hosts: all
  strategy: free
  tasks:
    - {name: once, command: "echo {{ inventory_hostname }}", run_once: true, register: r}
    - {name: say, debug: {msg: "{{ r.stdout }}"}}
`,
    { inventory: 'a,b,c,' },
  );
  expect(played.results('once')).toHaveLength(1);
  const ran = played.results('once')[0]?.host;
  expect(played.said.toSorted()).toEqual(['a', 'b', 'c'].map((host) => `${host}: ${ran}`));
});

describe('linear', () => {
  test('nobody begins a task, or a handler, before all have finished the one before', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: one, shell: "test {{ inventory_hostname }} != a || sleep 0.3; echo one >> {{ playbook_dir }}/log", notify: h}
    - {name: two, shell: "echo two >> {{ playbook_dir }}/log"}
    - {name: log, command: "cat {{ playbook_dir }}/log", run_once: true}
  handlers: [{name: h, shell: "wc -l < {{ playbook_dir }}/log"}]
`,
      { inventory: 'a,b,' },
    );
    expect(played.results('log')[0]?.result.stdout).toBe('one\none\ntwo\ntwo');
    expect(played.results('h').map(({ result }) => result.stdout)).toEqual(['4', '4']);
  });
});

describe('limit', () => {
  const inventory = `
all:
  children:
    web: {hosts: {w1: {v: 1}, w2: {v: 2}, both: {v: 3}}}
    db: {hosts: {d1: {v: 4}, both: {}}}
`;
  test.each([
    ['web:&db', ['both']],
    ['web,!both', ['w1', 'w2']],
    ['d1,w1', ['w1']],
    ['all:!db', ['w1', 'w2']],
    ['web[0]', ['w1']],
  ])('%s narrows the hosts of the play', async (limit, expected) => {
    const played = await playText('- {hosts: web, tasks: [{debug: {msg: "{{ hostvars.w2.v }}"}}]}', {
      inventory,
      options: { limit },
    });
    expect(played.said).toEqual(expected.map((host) => `${host}: 2`));
  });
});

test('any_errors_fatal in a block: a failure of its last task is for the rescue of every host, and later plays run', async () => {
  const played = await playText(
    `
- hosts: all
  tasks:
    - block:
        - {name: bad, shell: "test {{ inventory_hostname }} != a", any_errors_fatal: true}
      rescue: [{name: rescue, debug: {msg: x}}]
    - {name: after, debug: {msg: x}}
- {hosts: all, tasks: [{name: next play, debug: {msg: x}}]}
`,
    { inventory: 'a,b,' },
  );
  expect(played.tasks).toEqual(['bad', 'rescue', 'after', 'next play'].flatMap((task) => [task, task]));
  expect(played.exitCode).toBe(0);
});
