import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const three = 'a,b,c,';

describe('several hosts', () => {
  test('linear: every host finishes a task before the next starts; a failed host drops out', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: one, shell: "test {{ inventory_hostname }} != a || sleep 0.3"}
    - {name: bad, command: "false", when: inventory_hostname == 'b'}
    - {name: two, debug: {msg: x}}
`,
      { inventory: three },
    );
    const tasks = played.lines.map((line) => line.split(' ')[0]);
    expect(tasks).toEqual(['one', 'one', 'one', 'bad', 'bad', 'bad', 'two', 'two']);
    expect(played.lines.at(-3)).not.toContain('two b');
    expect(played.exitCode).toBe(2);
  });

  test('free: a fast host does not wait', async () => {
    const played = await playText(
      `
- hosts: all
  strategy: free
  tasks:
    - {name: one, shell: "test {{ inventory_hostname }} = b || until test -e {{ playbook_dir }}/b; do sleep 0.05; done"}
    - {name: two, command: "touch {{ playbook_dir }}/{{ inventory_hostname }}"}
`,
      { inventory: 'a,b,' },
    );
    // The first waits for what the second does in its next task.
    expect(played.lines.slice(0, 2)).toEqual(['one b changed', 'two b changed']);
    expect(played.lines.slice(2)).toEqual(['one a changed', 'two a changed']);
  });

  test('serial makes batches, and run_once runs on the first host of each, its result for all', async () => {
    const played = await playText(
      `
- hosts: all
  serial: [1, 2]
  tasks:
    - {name: once, command: "echo {{ inventory_hostname }}", run_once: true, register: r}
    - {name: shared, assert: {that: "r.stdout == (inventory_hostname == 'a' ? 'a' : 'b')"}}
`,
      { inventory: three },
    );
    expect(played.lines.filter((line) => line.startsWith('once'))).toEqual([
      'once a changed',
      'once b changed',
    ]);
    expect(played.exitCode).toBe(0);
  });

  test('max_fail_percentage must be exceeded, not met', async () => {
    const text = (percentage: number) => `
- hosts: all
  max_fail_percentage: ${percentage}
  tasks:
    - {name: bad, command: "false", when: "inventory_hostname in ['a', 'b']"}
    - {name: next, debug: {msg: x}}
`;
    const met = await playText(text(50), { inventory: 'a,b,c,d,' });
    expect(met.lines.filter((line) => line.startsWith('next'))).toHaveLength(2);
    const exceeded = await playText(text(49), { inventory: 'a,b,c,d,' });
    expect(exceeded.lines.filter((line) => line.startsWith('next'))).toHaveLength(0);
  });

  test('any_errors_fatal ends the play after the task completes everywhere', async () => {
    const played = await playText(
      `
- hosts: all
  any_errors_fatal: true
  tasks:
    - {name: bad, shell: "test {{ inventory_hostname }} != a"}
    - {name: never, debug: {msg: x}}
- hosts: all
  tasks: [{name: no later play, debug: {msg: x}}]
`,
      { inventory: three },
    );
    expect(played.lines.toSorted()).toEqual(['bad a failed', 'bad b changed', 'bad c changed']);
  });

  test('hostvars and delegate_to: the other host runs it, the names stay', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: mine, set_fact: {mine: "of {{ inventory_hostname }}"}}
    - {name: other, assert: {that: "hostvars['b'].mine == 'of b'"}}
    - {name: delegated, command: "echo {{ inventory_hostname }}", delegate_to: b, register: r}
    - {name: names, assert: {that: r.stdout == inventory_hostname}}
`,
      { inventory: 'a,b,' },
    );
    expect(played.exitCode).toBe(0);
  });
});

describe('any_errors_fatal', () => {
  test('lets always run on every host, and a rescue save every host', async () => {
    const text = (rescue: string) => `
- hosts: all
  any_errors_fatal: true
  tasks:
    - block:
        - {name: bad, shell: "test {{ inventory_hostname }} != a"}
        - {name: never, debug: {msg: x}}
      ${rescue}
      always: [{name: always, debug: {msg: x}}]
    - {name: after, debug: {msg: x}}
`;
    const plain = await playText(text(''), { inventory: 'a,b,' });
    expect(plain.lines.toSorted()).toEqual(['always a ok', 'always b ok', 'bad a failed', 'bad b changed']);
    expect(plain.exitCode).toBe(2);
    const saved = await playText(
      text('rescue: [{name: rescue, assert: {that: "ansible_failed_task.name == \'bad\'"}}]'),
      {
        inventory: 'a,b,',
      },
    );
    expect(saved.tasks).toEqual(['bad', 'bad', 'rescue', 'rescue', 'always', 'always', 'after', 'after']);
    expect(saved.exitCode).toBe(0);
  });

  test('on a block counts there only', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: mild, shell: "test {{ inventory_hostname }} != a"}
    - any_errors_fatal: true
      block: [{name: bad, shell: "test {{ inventory_hostname }} != b"}]
    - {name: never, debug: {msg: x}}
`,
      { inventory: three },
    );
    expect(played.tasks).toEqual(['mild', 'mild', 'mild', 'bad', 'bad']);
  });
});

describe('run_once', () => {
  test('gives its facts to all, asks only the first host, and its failure is everybody’s', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: fact, set_fact: {who: "{{ inventory_hostname }}"}, run_once: true}
    - {name: for all, assert: {that: who == 'a'}}
    - {name: first decides, command: echo x, run_once: true, when: inventory_hostname != 'a', register: r}
    - {name: skipped for all, assert: {that: r.skipped}}
    - {name: bad, command: "false", run_once: true}
    - {name: never, debug: {msg: x}}
`,
      { inventory: three },
    );
    expect(played.lines.filter((line) => !line.startsWith('for all') && !line.startsWith('skipped'))).toEqual(
      ['fact a ok', 'first decides a skipped', 'bad a failed'],
    );
    expect(played.exitCode).toBe(2);
  });

  test('fails the whole batch, and with it the run', async () => {
    const played = await playText(
      `
- hosts: all
  serial: 2
  tasks: [{name: bad, command: "false", run_once: true}]
- hosts: all
  tasks: [{name: next play, debug: {msg: x}}]
`,
      { inventory: three },
    );
    expect(played.lines).toEqual(['bad a failed']);
  });
});

describe('serial', () => {
  const batches = async (serial: string, inventory: string, order = 'inventory') => {
    const played = await playText(
      `
- hosts: all
  order: ${order}
  serial: ${serial}
  vars: {size: 2}
  tasks: [{name: batch, debug: {msg: "{{ join ansible_play_batch '+' }}"}, run_once: true}]
`,
      { inventory },
    );
    return played.said.map((line) => line.split(': ')[1]);
  };
  test.each([
    ['2', ['a+b', 'c+d', 'e']],
    ['"40%"', ['a+b', 'c+d', 'e']],
    ['"1%"', ['a', 'b', 'c', 'd', 'e']],
    ['[1, "40%", 9]', ['a', 'b+c', 'd+e']],
    ['[3, 1]', ['a+b+c', 'd', 'e']],
    ['"{{ size }}"', ['a+b', 'c+d', 'e']],
  ])('%s', async (serial, expected) => {
    expect(await batches(serial, 'a,b,c,d,e,')).toEqual(expected);
  });

  test.each([
    ['inventory', ['b+c', 'a']],
    ['reverse_inventory', ['a+c', 'b']],
    ['sorted', ['a+b', 'c']],
    ['reverse_sorted', ['c+b', 'a']],
  ])('order: %s', async (order, expected) => {
    expect(await batches('2', 'b,c,a,', order)).toEqual(expected);
  });

  test('ends the run where a whole batch failed', async () => {
    const played = await playText(
      `
- hosts: all
  serial: 1
  tasks: [{name: bad, shell: "test {{ inventory_hostname }} != b"}]
- hosts: all
  tasks: [{name: next play, debug: {msg: x}}]
`,
      { inventory: three },
    );
    expect(played.lines).toEqual(['bad a changed', 'bad b failed']);
  });

  test('max_fail_percentage counts per batch, the last task too, and always sections still run', async () => {
    const played = await playText(
      `
- hosts: all
  serial: 2
  max_fail_percentage: "{{ limit }}"
  vars: {limit: 49}
  tasks:
    - block: [{name: bad, shell: "test {{ inventory_hostname }} != a"}]
      always: [{name: always, debug: {msg: x}}]
`,
      { inventory: three },
    );
    expect(played.lines.toSorted()).toEqual(['always a ok', 'always b ok', 'bad a failed', 'bad b changed']);
    expect(played.exitCode).toBe(2);
  });
});

describe('strategies and limits', () => {
  test('host_pinned begins a host only where another is through with the play', async () => {
    const played = await playText(
      `
- hosts: all
  strategy: host_pinned
  tasks:
    - {name: one, command: "true"}
    - {name: two, command: "true"}
`,
      { inventory: three, options: { forks: 1 } },
    );
    expect(played.lines.map((line) => line.slice(0, 5))).toEqual([
      'one a',
      'two a',
      'one b',
      'two b',
      'one c',
      'two c',
    ]);
  });

  test('throttle holds a task to so many hosts, forks the whole run', async () => {
    const count =
      'mkdir {{ d }}/{{ inventory_hostname }}; ls {{ d }} | grep -cx . ; sleep 0.2; rmdir {{ d }}/{{ inventory_hostname }}';
    const played = await playText(
      `
- hosts: all
  vars: {d: "{{ playbook_dir }}/running"}
  tasks:
    - {name: d, command: "mkdir {{ d }}", run_once: true}
    - {name: throttled, shell: "${count}", throttle: "{{ 1 }}"}
    - {name: free, shell: "mkdir {{ d }}/{{ inventory_hostname }}; ls {{ d }} | grep -cx .; until test -e {{ d }}2 || test $(ls {{ d }} | wc -l) -ge 2; do sleep 0.05; done; touch {{ d }}2; rmdir {{ d }}/{{ inventory_hostname }}"}
`,
      { inventory: three, options: { forks: 2 } },
    );
    const most = (task: string) =>
      Math.max(...played.results(task).map(({ result }) => Number(result.stdout)));
    expect(most('throttled')).toBe(1);
    expect(most('free')).toBe(2);
  });

  test('timeout ends a task that takes too long', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: slow, command: sleep 20, timeout: 1, ignore_errors: true, register: r}
    - {name: seen, assert: {that: [r.failed, "r.msg.contains('1 second')"]}}
`);
    expect(played.lines).toEqual(['slow alpha ignored', 'seen alpha ok']);
  });
});

describe('delegation', () => {
  test('uses the other host’s connection, with the names of the original host', async () => {
    const played = await playText(
      `
- hosts: a
  vars: {from_play: play}
  tasks:
    - name: where
      shell: 'echo {{ inventory_hostname }} {{ own }} {{ from_play }} {{ t }} $WHERE'
      delegate_to: "{{ item }}"
      loop: [b, localhost, not-in-inventory]
      vars: {t: task}
      environment: {WHERE: "{{ item }}"}
    - {name: facts stay, set_fact: {mine: 1}, delegate_to: b}
    - {name: facts go, set_fact: {theirs: 1}, delegate_to: b, delegate_facts: true}
    - name: seen
      assert: {that: [mine == 1, "!has(vars.theirs)", "hostvars['b'].theirs == 1", "!('mine' in hostvars['b'])"]}
`,
      { inventory: 'all: {hosts: {a: {own: A}, b: {own: B}}}\n' },
    );
    expect(played.results('where').flatMap(({ item, result }) => (item ? [result.stdout] : []))).toEqual([
      'a A play task b',
      'a A play task localhost',
      'a A play task not-in-inventory',
    ]);
    expect(played.lines.at(-1)).toBe('seen a ok');
    expect(Object.keys(played.recap)).toEqual(['a']);
  });

  test('takes connection variables from the other host: an impossible one there is what fails', async () => {
    const played = await playText(
      `
- hosts: a
  tasks: [{name: x, command: "true", delegate_to: b}]
`,
      { inventory: 'all: {hosts: {a: {}, b: {ansible_connection: nonsense}}}\n' },
    );
    expect(played.results('x')[0]?.result.msg).toContain('"nonsense" of host "b"');
  });
});
