import { describe, expect, test } from 'vitest';
import type { ConnectionTarget, Transport } from '../../src/core/connection.ts';
import { HostwrightError } from '../../src/core/error.ts';
import { local } from '../../src/transports/local.ts';
import { playText, runOptions } from './play.ts';

/** The local transport under another name; notes who was to be reached, and refuses where the user is `nobody`. */
function noting() {
  const seen: string[] = [];
  const transport: Transport = {
    ...local,
    name: 'noting',
    open: async (target: ConnectionTarget) => {
      seen.push(`${target.name} ${target.user ?? '-'} ${target.port}`);
      if (target.user === 'nobody') throw new HostwrightError('unreachable', 'Nobody is there.');
      return local.open(target);
    },
  };
  return { seen, transports: { noting: async () => transport } };
}

describe('keywords of the connection', () => {
  test('remote_user and port: the task over the block over the play, the host’s own variables over all', async () => {
    const { seen, transports } = noting();
    const played = await playText(
      `
- hosts: all
  connection: noting
  remote_user: of-play
  port: 1001
  tasks:
    - {name: play, command: "true"}
    - remote_user: of-block
      port: 1002
      block:
        - {name: block, command: "true"}
        - {name: task, command: "true", remote_user: of-task, port: 1003}
`,
      {
        inventory: 'all: {hosts: {a: {}, b: {ansible_user: own, ansible_port: 2000}}}\n',
        transports,
        options: runOptions({}),
      },
    );
    expect(played.exitCode).toBe(0);
    expect(seen.filter((line) => line.startsWith('a'))).toEqual([
      'a of-play 1001',
      'a of-block 1002',
      'a of-task 1003',
    ]);
    expect([...new Set(seen.filter((line) => line.startsWith('b')))]).toEqual(['b own 2000']);
  });

  test('delegation to localhost is local, whatever the connection of all hosts', async () => {
    const played = await playText(
      '- {hosts: a, tasks: [{name: here, command: echo here, delegate_to: localhost}]}',
      {
        inventory: 'all: {vars: {ansible_connection: noting, ansible_user: nobody}, hosts: {a: {}}}\n',
        transports: noting().transports,
        options: runOptions({}),
      },
    );
    expect(played.lines).toEqual(['here a changed']);
  });
});

describe('hosts that cannot be reached', () => {
  const away = `
all:
  vars: {ansible_connection: noting}
  hosts: {a: {ansible_user: "{{ who }}"}, b: {ansible_user: root}}
`;
  const setting = () => ({
    inventory: away,
    ...{ transports: noting().transports },
    options: { ...runOptions({}), extraVars: [{ who: 'nobody' }] },
  });

  test('ignore_unreachable keeps them in the play, for that task alone; ignore_errors does not', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: ignored, command: "true", ignore_unreachable: true, register: r}
    - {name: kept, debug: {msg: "{{ default r.unreachable false }}"}}
    - {name: not ignored, command: "true", ignore_errors: true}
    - {name: after, debug: {msg: x}}
`,
      setting(),
    );
    expect(played.lines.filter((line) => / a /.test(line))).toEqual([
      'ignored a ignored',
      'kept a ok',
      'not ignored a unreachable',
    ]);
    expect(played.said.slice(0, 2).toSorted()).toEqual(['a: true', 'b: false']);
    expect(played.recap.a).toMatchObject({ unreachable: 1, ignored: 1 });
    expect(played.exitCode).toBe(4);
  });

  test('clear_host_errors lets them take part in the next play', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: lost, command: "true"}
    - {meta: clear_host_errors}
    - {name: same play, debug: {msg: x}}
- hosts: all
  tasks: [{name: next, debug: {msg: x}}]
`,
      setting(),
    );
    expect(played.lines.filter((line) => /^(same|next)/.test(line))).toEqual([
      'same play b ok',
      'next a ok',
      'next b ok',
    ]);
    expect(played.exitCode).toBe(4);
  });

  test('count for any_errors_fatal, once all have finished the task', async () => {
    const played = await playText(
      `
- hosts: all
  any_errors_fatal: true
  tasks:
    - {name: lost, command: "true"}
    - {name: never, debug: {msg: x}}
`,
      setting(),
    );
    expect(played.lines.toSorted()).toEqual(['lost a unreachable', 'lost b changed']);
    expect(played.exitCode).toBe(4);
  });
});

describe('in a check run', () => {
  test('check_mode: false does it, and tells so; creates and removes decide about a command', async () => {
    const played = await playText(
      `
- hosts: all
  vars: {d: "{{ playbook_dir }}"}
  tasks:
    - {name: real, copy: {dest: "{{ d }}/real", content: x}, check_mode: false}
    - {name: mode, debug: {msg: "{{ ansible_check_mode }}"}, check_mode: false}
    - {name: there, command: "test -e {{ d }}/real", check_mode: false}
    - {name: made already, command: {cmd: "false", creates: "{{ d }}/real"}}
    - {name: would make, command: {cmd: "touch {{ d }}/new", creates: "{{ d }}/new"}}
    - {name: would remove, command: {cmd: "rm {{ d }}/real", removes: "{{ d }}/real"}}
    - {name: nothing to remove, command: {cmd: "false", removes: "{{ d }}/none"}}
    - {name: still, command: "test -e {{ d }}/real -a ! -e {{ d }}/new", check_mode: false}
    - check_mode: false
      block: [{name: of the block, command: "true"}, {name: task over block, command: "true", check_mode: true}]
`,
      { options: { check: true } },
    );
    expect(played.lines).toEqual([
      'real alpha changed',
      'mode alpha ok',
      'there alpha changed',
      'made already alpha ok',
      'would make alpha changed',
      'would remove alpha changed',
      'nothing to remove alpha ok',
      'still alpha changed',
      'of the block alpha changed',
      'task over block alpha skipped',
    ]);
    // As in Ansible it tells of the run, not of the task.
    expect(played.said).toEqual(['alpha: true']);
  });

  test('diff: the task over the block over --diff', async () => {
    const played = await playText(
      `
- hosts: all
  tasks:
    - {name: asked, copy: {dest: "{{ playbook_dir }}/1", content: x}}
    - diff: false
      block:
        - {name: not in the block, copy: {dest: "{{ playbook_dir }}/2", content: x}}
        - {name: of its own, copy: {dest: "{{ playbook_dir }}/3", content: x}, diff: true}
`,
      { options: { check: true, diff: true } },
    );
    const shown = (task: string) => played.results(task)[0]?.diff !== undefined;
    expect([shown('asked'), shown('not in the block'), shown('of its own')]).toEqual([true, false, true]);
  });
});

describe('register', () => {
  test('is set on what is ok, failed and skipped; a loop holds results and what became of it as a whole', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: mixed, shell: "exit {{ item }}", loop: [0, 1], register: mixed, ignore_errors: true}
    - {name: skipped, command: "true", loop: [0, 1], register: skipped, when: item > 5}
    - {name: partly, command: "true", loop: [0, 9], register: partly, when: item > 5}
    - {name: quiet, command: "true", loop: [0, 1], register: quiet, changed_when: false}
    - {name: single, command: "true", register: single}
    - {name: left out, command: "true", register: none, when: false}
    - name: seen
      assert:
        that:
          - mixed.failed && mixed.changed && size(mixed.results) == 2
          - "!mixed.results[0].failed && mixed.results[1].failed && mixed.results[1].rc == 1 && mixed.results[1].item == 1"
          - skipped.skipped && !skipped.changed && skipped.results[1].skipped
          - "!single.failed && !none.failed && none.skipped && !has(single.skipped)"
          - "!partly.skipped && partly.changed && partly.results[0].skipped"
          - "!quiet.changed && !quiet.failed && !quiet.skipped"
`);
    expect(played.lines.at(-1)).toBe('seen alpha ok');
  });

  test('inside the loop it is the result of the current item', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: each, command: "echo {{ item }}", loop: [a, b, c], register: r, changed_when: "r.stdout == 'b'"}
    - {name: seen, debug: {msg: "{{ r.results.0.changed }} {{ r.results.1.changed }} {{ r.results.2.changed }}"}}
`);
    expect(played.said).toEqual(['alpha: false true false']);
  });
});

describe('time', () => {
  test('timeout counts for each item; what is in time is not touched, and a rescue may catch what is not', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - timeout: 4
      block: [{name: each, command: "sleep {{ item }}", loop: [0, 30], register: r}]
      rescue: [{name: seen, assert: {that: ["!r.results[0].failed", "r.results[1].failed", "!r.failed || r.msg != ''"]}}]
    - {name: goes on, command: "true"}
`);
    expect(played.lines.slice(-3)).toEqual(['each alpha rescued', 'seen alpha ok', 'goes on alpha changed']);
  });
});
