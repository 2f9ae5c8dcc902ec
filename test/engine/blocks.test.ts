import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('blocks', () => {
  test('rescue clears the failure and sees what failed; always runs; keywords are inherited', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - when: true
      vars: {who: block}
      block:
        - {name: good, debug: {msg: "{{ who }}"}}
        - {name: bad, command: "false"}
        - {name: not reached, debug: {msg: x}}
      rescue:
        - {name: rescued, assert: {that: ["ansible_failed_task.name == 'bad'", "ansible_failed_result.rc == 1"]}}
      always:
        - {name: always, debug: {msg: x}}
    - {name: goes on, debug: {msg: x}}
`);
    expect(played.lines).toEqual([
      'good alpha ok',
      'bad alpha rescued',
      'rescued alpha ok',
      'always alpha ok',
      'goes on alpha ok',
    ]);
    expect(played.recap.alpha).toMatchObject({ failed: 0, rescued: 1, ok: 4 });
    expect(played.exitCode).toBe(0);
  });

  test('without a rescue always runs and the host is out', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - block: [{name: bad, command: "false"}]
      always: [{name: always, debug: {msg: x}}]
    - {name: never, debug: {msg: x}}
`);
    expect(played.lines).toEqual(['bad alpha failed', 'always alpha ok']);
  });
});

describe('a rescue', () => {
  test('that fails too counts as failed; always still runs, and an outer rescue may catch it', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - block:
        - block: [{name: bad, command: "false"}]
          rescue: [{name: worse, command: "false"}]
          always: [{name: always, debug: {msg: x}}]
      rescue: [{name: caught, assert: {that: ansible_failed_task.name == 'worse'}}]
    - {name: goes on, debug: {msg: x}}
`);
    expect(played.lines).toEqual([
      'bad alpha rescued',
      'worse alpha rescued',
      'always alpha ok',
      'caught alpha ok',
      'goes on alpha ok',
    ]);
    // As in Ansible both failures count: each had a rescue.
    expect(played.recap.alpha).toMatchObject({ failed: 0, rescued: 2 });
    const lost = await playText(`
- hosts: all
  tasks: [{block: [{name: bad, command: "false"}], rescue: [{name: worse, command: "false"}]}]
`);
    expect(lost.lines).toEqual(['bad alpha rescued', 'worse alpha failed']);
    expect(lost.recap.alpha).toMatchObject({ failed: 1, rescued: 1 });
  });

  test('is not for what ends the play by intent', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - block: [{name: end, meta: end_host}]
      rescue: [{name: no rescue, debug: {msg: x}}]
      always: [{name: no always, debug: {msg: x}}]
- hosts: all
  tasks: [{name: next play, debug: {msg: x}}]
`);
    expect(played.tasks).toEqual(['end', 'next play']);
    expect(played.exitCode).toBe(0);
  });

  test('catches what cannot be evaluated: an undefined variable, a wrong keyword, an include that is not there', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {block: [{name: undefined, debug: {msg: "{{ facts.nothing_like_it }}"}}], rescue: [{name: r1, debug: {msg: x}}]}
    - {block: [{name: keyword, debug: {msg: x}, throttle: "{{ inventory_hostname }}"}], rescue: [{name: r2, debug: {msg: x}}]}
    - {block: [{name: include, include_tasks: "{{ inventory_hostname }}.yaml"}], rescue: [{name: r3, debug: {msg: x}}]}
`);
    expect(played.lines).toEqual([
      'undefined alpha rescued',
      'r1 alpha ok',
      'keyword alpha rescued',
      'r2 alpha ok',
      'include alpha rescued',
      'r3 alpha ok',
    ]);
    expect(played.recap.alpha).toMatchObject({ failed: 0, rescued: 3 });
  });
});

describe('keywords of a block', () => {
  test('are inherited by its tasks, the nearest winning; environment and vars add up', async () => {
    const played = await playText(`
- hosts: all
  vars: {v: play}
  environment: {A: play, B: play, C: play}
  tasks:
    - ignore_errors: true
      vars: {v: block}
      environment: {B: block, C: block}
      block:
        - {name: ignored, command: "false"}
        - {name: levels, command: 'echo {{ v }} {{ w }} $A', vars: {w: task}, environment: {C: task}}
        - {name: environment, shell: 'echo $A $B $C', environment: [{C: list}, {C: task}], register: r}
        - {name: seen, assert: {that: "r.stdout == 'play block task'"}, ignore_errors: false}
    - {name: not ignored, command: "false"}
`);
    expect(played.results('levels')[0]?.result.stdout).toBe('block task play');
    expect(played.lines.map((line) => line.split(' ').at(-1))).toEqual([
      'ignored',
      'changed',
      'changed',
      'ok',
      'failed',
    ]);
  });

  test('when is asked again for each task in it', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - when: go
      block:
        - {name: first, set_fact: {go: false}}
        - {name: second, debug: {msg: x}}
  vars: {go: true}
`);
    expect(played.lines).toEqual(['first alpha ok', 'second alpha skipped']);
  });
});

describe('parallel', () => {
  // Each waits for signs of the others: one after the other they would never end.
  const meet = (own: string, ...others: string[]) =>
    `touch {{ d }}/${own}; until ${others.map((other) => `test -e {{ d }}/${other}`).join(' && ')}; do sleep 0.05; done`;

  test('runs the tasks of a block at the same time; what they register is there afterwards', async () => {
    const played = await playText(`
- hosts: all
  vars: {d: "{{ playbook_dir }}"}
  tasks:
    - parallel: true
      timeout: 60
      block:
        - {name: one, shell: "${meet('s1', 's2', 's3')}; echo 1", register: one}
        - {name: two, shell: "${meet('s2', 's1', 's3')}; echo 2", register: two}
        - block:
            - {name: three, shell: "${meet('s3', 's1', 's2')}; echo 3", register: three}
            - {name: then four, shell: "echo {{ three.stdout }}4", register: four}
    - {name: all, assert: {that: "one.stdout + two.stdout + four.stdout == '1234'"}}
`);
    expect(played.exitCode).toBe(0);
    expect(played.lines.at(-1)).toBe('all alpha ok');
  });

  test('at most as many as it says', async () => {
    const played = await playText(`
- hosts: all
  vars: {d: "{{ playbook_dir }}"}
  tasks:
    - parallel: 2
      timeout: 60
      loop: [1]
      block:
        - {name: a, shell: "${meet('sa', 'sb')}; sleep 0.3; echo end >> {{ d }}/log"}
        - {name: b, shell: "${meet('sb', 'sa')}; sleep 0.3; echo end >> {{ d }}/log"}
        - {name: c, shell: "echo begin >> {{ d }}/log"}
    - {name: log, command: "cat {{ d }}/log"}
`);
    expect(played.exitCode).toBe(0);
    const log = String(played.results('log')[0]?.result.stdout).split('\n');
    expect([log[0], log.toSorted()]).toEqual(['end', ['begin', 'end', 'end']]);
  });

  test('lets the others finish, then fails once, and is rescued once', async () => {
    const played = await playText(`
- hosts: all
  vars: {d: "{{ playbook_dir }}"}
  tasks:
    - parallel: true
      timeout: 60
      block:
        - {name: slow, shell: "${meet('s1', 'failed')}; sleep 0.3"}
        - {name: bad, shell: "${meet('failed', 's1')}; false"}
        - {name: bad too, shell: "${meet('s3', 'failed')}; sleep 0.3; false"}
      rescue:
        - {name: rescued, assert: {that: "ansible_failed_task.name == 'bad'"}}
      always:
        - {name: always, debug: {msg: x}}
`);
    expect(played.lines.slice(0, 3).toSorted()).toEqual([
      'bad alpha rescued',
      'bad too alpha rescued',
      'slow alpha changed',
    ]);
    expect(played.lines.slice(3)).toEqual(['rescued alpha ok', 'always alpha ok']);
    expect(played.recap.alpha).toMatchObject({ rescued: 1, failed: 0 });
  });

  test('keeps hosts together before and after it', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: before, shell: "test {{ inventory_hostname }} = a || sleep 0.3"}
    - parallel: true
      block:
        - {name: one, debug: {msg: x}}
        - {name: two, shell: "test {{ inventory_hostname }} = a || sleep 0.3"}
    - {name: after, debug: {msg: x}}
`,
      { inventory: 'a,b,' },
    );
    expect(played.tasks).toEqual(['before', 'before', 'one', 'one', 'two', 'two', 'after', 'after']);
  });
});

test.each([
  ['{timeout: 60, retries: 1}', 'guard-settings', 'network_guard knows no "retries".'],
  ['soon', 'guard-settings', 'network_guard must be a map or true, but it is "soon".'],
])('network_guard: %s is refused before anything is done', async (guard, code, message) => {
  await expect(
    playText(`
- hosts: all
  tasks:
    - {name: first, command: "touch {{ playbook_dir }}/x"}
    - network_guard: ${guard}
      block: [{name: x, debug: {msg: x}}]
`),
  ).rejects.toMatchObject({ code, message, position: { line: 5 } });
});

test('network_guard inside another one is refused before anything is done', async () => {
  await expect(
    playText(`
- hosts: all
  tasks:
    - network_guard: {timeout: 60}
      block:
        - block: [{name: x, debug: {msg: x}}]
          network_guard: true
`),
  ).rejects.toMatchObject({ code: 'guard-nested', position: { line: 6 } });
});

test('network_guard in a check run says what it would do and arms nothing', async () => {
  const played = await playText(
    `
- hosts: all
  vars: {seconds: 30}
  tasks:
    - network_guard: {timeout: "{{ seconds }}"}
      block: [{name: x, debug: {msg: x}}]
    - network_guard: true
      when: "false"
      block: [{name: y, debug: {msg: y}}]
`,
    { options: { check: true } },
  );
  expect(Object.values(played.recap)).toMatchObject([{ ok: 2, changed: 0, skipped: 1 }]);
  expect(played.tasks).toEqual(['network_guard', 'x', 'y']);
});
