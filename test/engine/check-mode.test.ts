import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('check mode', () => {
  test('predicts without touching; command is skipped; check_mode on a task overrides', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: file, copy: {dest: "{{ playbook_dir }}/x", content: "a\\n"}}
    - {name: command, command: "touch {{ playbook_dir }}/y"}
    - {name: real, command: "test ! -e {{ playbook_dir }}/x", check_mode: false}
    - {name: visible, assert: {that: [check_mode, ansible_check_mode]}}
`,
      { options: { check: true, diff: true } },
    );
    expect(played.lines).toEqual([
      'file alpha changed',
      'command alpha skipped',
      'real alpha changed',
      'visible alpha ok',
    ]);
    expect(played.results('file')[0]?.diff).toContain('+a');
    expect(played.events.every((event) => event.check === true)).toBe(true);
  });

  test('what depends on what only a real run can tell is known after apply, and is no failure', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: command, command: echo hi, register: r}
    - {name: on its output, debug: {msg: x}, when: "r.stdout == 'hi'", register: d}
    - {name: on that, assert: {that: "d.msg == 'x'"}}
    - {name: on its change, debug: {msg: x}, when: r.changed}
    - {name: guarded, command: {cmd: "touch {{ playbook_dir }}/made", creates: "{{ playbook_dir }}/made"}, register: g}
    - {name: guard decides, debug: {msg: x}, when: g.changed}
    - {name: in a block, block: [{name: inside, debug: {msg: x}}], when: r.rc == 0}
`,
      { options: { check: true } },
    );
    expect(played.lines).toEqual([
      'command alpha skipped',
      'on its output alpha skipped',
      'on that alpha skipped',
      'on its change alpha skipped',
      'guarded alpha changed',
      'guard decides alpha ok',
      'inside alpha skipped',
    ]);
    expect(played.results('on that')[0]?.result.known_after_apply).toBe(true);
    expect(played.results('command')[0]?.result).toMatchObject({
      not_run_in_check_mode: true,
      stdout: 'known after apply',
    });
    expect(played.exitCode).toBe(0);
  });
});

describe('check_mode and diff on a task', () => {
  test('count for that task alone: nothing is done, and what it foresaw is forgotten', async () => {
    const played = await playText(
      `
- hosts: all
  vars: {f: "{{ playbook_dir }}/f"}
  tasks:
    - {name: only looks, copy: {dest: "{{ f }}", content: one}, check_mode: true, register: r, diff: true}
    - {name: would, assert: {that: [r.changed, "!check_mode"]}}
    - {name: not there, command: "test ! -e {{ f }}"}
    - {name: looks again, copy: {dest: "{{ f }}", content: one}, check_mode: "{{ true }}", diff: false}
    - {name: does, copy: {dest: "{{ f }}", content: one}}
`,
      { options: { diff: true } },
    );
    expect(played.lines).toEqual([
      'only looks alpha changed',
      'would alpha ok',
      'not there alpha changed',
      'looks again alpha changed',
      'does alpha changed',
    ]);
    expect(played.results('only looks')[0]?.diff).toContain('+one');
    expect(played.results('looks again')[0]?.diff).toBeUndefined();
  });
});
