import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('results', () => {
  test('changed_when and failed_when judge the finished result; a non-zero status fails unless overridden', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: changes, command: echo hi}
    - {name: quiet, command: echo hi, changed_when: false}
    - {name: tolerated, command: sh -c 'exit 3', register: r, failed_when: r.rc > 3, changed_when: r.rc == 3}
    - {name: ignored, command: sh -c 'exit 3', ignore_errors: true, register: r}
    - {name: seen, assert: {that: [r.failed, r.rc == 3]}}
    - {name: judged, command: echo bad, register: r, failed_when: r.stdout == 'bad'}
    - {name: never, debug: {msg: x}}
`);
    expect(played.lines).toEqual([
      'changes alpha changed',
      'quiet alpha ok',
      'tolerated alpha changed',
      'ignored alpha ignored',
      'seen alpha ok',
      'judged alpha failed',
    ]);
    expect(played.exitCode).toBe(2);
    expect(played.recap.alpha).toEqual({
      ok: 5,
      changed: 3,
      failed: 1,
      skipped: 0,
      unreachable: 0,
      rescued: 0,
      ignored: 1,
    });
  });

  test('retries count all tries; attempts are recorded; without until it tries until success', async () => {
    const played = await playText(`
- hosts: all
  vars: {f: "{{ playbook_dir }}/count"}
  tasks:
    - {name: third, shell: "echo x >> {{ f }}; wc -l < {{ f }}", register: r, until: "r.stdout == '3'", retries: 3, delay: 0}
    - {name: attempts, assert: {that: r.attempts == 3}}
    - {name: succeeds, shell: "echo x >> {{ f }}; test $(wc -l < {{ f }}) -ge 5", retries: 4, delay: 0, register: r}
    - {name: twice, assert: {that: r.attempts == 2}}
    - {name: exhausted, shell: "echo x >> {{ f }}2; false", retries: 2, delay: 0, ignore_errors: true}
    - {name: tries, command: "wc -l {{ f }}2", register: r}
    - {name: two tries, assert: {that: "r.stdout.startsWith('2 ')"}}
`);
    expect(played.exitCode).toBe(0);
  });
});

describe('retries', () => {
  test('and delay may be templates; until is judged after changed_when and failed_when, per item of a loop', async () => {
    const played = await playText(`
- hosts: all
  vars: {n: 3, f: "{{ playbook_dir }}/count"}
  tasks:
    - name: each
      shell: "echo x >> {{ f }}{{ item }}; wc -l < {{ f }}{{ item }}; exit 7"
      loop: [1, 2]
      register: r
      until: r.stdout == string(item) && !r.failed && r.changed
      failed_when: r.rc != 7
      changed_when: [r.rc == 7, "true"]
      retries: "{{ n }}"
      delay: "{{ 0 }}"
    - {name: attempts, assert: {that: ["r.results[0].attempts == 1", "r.results[1].attempts == 2", r.changed]}}
`);
    expect(played.exitCode).toBe(0);
    expect(played.events.filter((event) => event.type === 'hostRetry')).toHaveLength(1);
  });

  test('are three and five seconds where nothing is said; a try that is not done in the end is a failure', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: never, command: "true", register: r, until: r.rc == 1, delay: 0, ignore_errors: true}
    - {name: seen, assert: {that: [r.attempts == 3, r.failed]}}
    - {name: waits, command: "false", retries: 2, ignore_errors: true}
`);
    expect(played.lines.slice(0, 2)).toEqual(['never alpha ignored', 'seen alpha ok']);
    const retry = played.events.findLast((event) => event.type === 'hostRetry');
    expect(retry).toMatchObject({ task: 'waits', delaySeconds: 5, retriesLeft: 1 });
  });
});

describe('failed_when and changed_when', () => {
  test('are lists that mean AND, do not run on what was skipped, and save what went wrong', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: both, command: echo x, register: r, failed_when: [r.rc == 0, r.stdout == 'y']}
    - {name: skipped, command: echo x, when: false, register: s, failed_when: "true", changed_when: "true"}
    - {name: seen, assert: {that: [s.skipped, "!s.changed"]}}
    - {name: module error, slurp: {src: /nothing/here}, failed_when: "false"}
    - {name: ignored, command: echo x, failed_when: "true", ignore_errors: true, register: i}
    - {name: both hold, assert: {that: [i.failed, i.changed, "i.failed_when_result"]}}
`);
    expect(played.lines).toEqual([
      'both alpha changed',
      'skipped alpha skipped',
      'seen alpha ok',
      'module error alpha ok',
      'ignored alpha ignored',
      'both hold alpha ok',
    ]);
  });
});
