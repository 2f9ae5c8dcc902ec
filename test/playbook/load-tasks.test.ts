import { describe, expect, test } from 'vitest';
import { positionAt } from '../../src/core/position.ts';
import { Template } from '../../src/core/template.ts';
import type { Node, Play, Task } from '../../src/playbook/tree.ts';
import { loaded } from './loading.ts';

/** The nodes of a list of tasks written below `tasks:`. */
async function tasksOf(text: string): Promise<readonly Node[]> {
  const indented = text.replaceAll(/^(?=.)/gm, '    ');
  const { plays } = await loaded(`- hosts: all\n  tasks:\n${indented}\n`);
  return (plays[0] as Play).tasks;
}

/** Templates as their text, conditions as their expression: what a reader of a test wants to see. */
function plain(value: unknown): unknown {
  if (value instanceof Template) return `T(${value.source})`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

const SHOWN: readonly (keyof Task)[] = [
  'module',
  'params',
  'args',
  'loop',
  'flattenLoop',
  'delegateTo',
  'notify',
  'tags',
];

describe('forms of a task', () => {
  test.each<[string, string, object]>([
    ['free text', '- command: ls -l', { module: 'command', params: { cmd: 'ls -l' } }],
    [
      'free text with options',
      '- command: touch "a b" x=1 creates=/tmp/a chdir="/my dir"',
      { module: 'command', params: { cmd: 'touch "a b" x=1', creates: '/tmp/a', chdir: '/my dir' } },
    ],
    [
      'free text with templates',
      "- command: touch {{ a }} creates={{ join list ' ' }}/x",
      { module: 'command', params: { cmd: 'T(touch {{ a }})', creates: "T({{ join list ' ' }}/x)" } },
    ],
    ['free text of another module', '- assert: x == 1', { module: 'assert', params: { that: 'x == 1' } }],
    [
      'free text that is only options',
      '- include_vars: file=a.yaml',
      { module: 'include_vars', params: { file: 'a.yaml' } },
    ],
    [
      'key=value',
      `- copy: dest=/a content="b \\"c\\"" mode='0644'`,
      { module: 'copy', params: { dest: '/a', content: 'b "c"', mode: '0644' } },
    ],
    [
      'a collection in front',
      '- ansible.builtin.debug: {msg: hi}',
      { module: 'debug', params: { msg: 'hi' } },
    ],
    ['another collection', '- community.general.debug:', { module: 'debug', params: {} }],
    [
      'args',
      '- command: ls\n  args: {chdir: /tmp, cmd: overridden}',
      { module: 'command', params: { chdir: '/tmp', cmd: 'ls' } },
    ],
    [
      'args as a template',
      '- copy: {dest: a}\n  args: "{{ more }}"',
      { module: 'copy', params: { dest: 'a' }, args: 'T({{ more }})' },
    ],
    ['action', '- action: copy dest=/a content=b', { module: 'copy', params: { dest: '/a', content: 'b' } }],
    ['action as a map', '- action: {module: debug, msg: hi}', { module: 'debug', params: { msg: 'hi' } }],
    [
      'local_action',
      '- local_action: command ls',
      { module: 'command', params: { cmd: 'ls' }, delegateTo: 'localhost' },
    ],
    [
      'one handler',
      '- command: ls\n  notify: restart',
      { module: 'command', params: { cmd: 'ls' }, notify: ['restart'] },
    ],
    [
      'tags with commas',
      '- command: ls\n  tags: a, b,c',
      { module: 'command', params: { cmd: 'ls' }, tags: ['a', 'b', 'c'] },
    ],
    [
      'with_items',
      '- debug:\n  with_items: [1, [2, 3]]',
      { module: 'debug', params: {}, loop: [1, [2, 3]], flattenLoop: true },
    ],
    ['with_items of one', '- debug:\n  with_items: a', { module: 'debug', params: {}, loop: ['a'] }],
    [
      'with_items of a template',
      '- debug:\n  with_items: "{{ x }}"',
      { module: 'debug', params: {}, loop: 'T({{ x }})', flattenLoop: true },
    ],
    ['with_list', '- debug:\n  with_list: [1, [2]]', { module: 'debug', params: {}, loop: [1, [2]] }],
    [
      'with_dict',
      '- debug:\n  with_dict: {a: 1, b: "{{ x }}"}',
      {
        module: 'debug',
        params: {},
        loop: [
          { key: 'a', value: 1 },
          { key: 'b', value: 'T({{ x }})' },
        ],
      },
    ],
    [
      'with_sequence',
      '- debug:\n  with_sequence: start=8 end=12 stride=2 format=web%02d.x',
      { module: 'debug', params: {}, loop: ['web08.x', 'web10.x', 'web12.x'] },
    ],
    [
      'with_sequence by count',
      '- debug:\n  with_sequence: {count: 3}',
      { module: 'debug', params: {}, loop: ['1', '2', '3'] },
    ],
    [
      'with_nested',
      '- debug:\n  with_nested: [[a, b], [1, 2]]',
      {
        module: 'debug',
        params: {},
        loop: [
          ['a', 1],
          ['a', 2],
          ['b', 1],
          ['b', 2],
        ],
      },
    ],
    [
      'with_together',
      '- debug:\n  with_together: [[a, b], [1]]',
      {
        module: 'debug',
        params: {},
        loop: [
          ['a', 1],
          ['b', null],
        ],
      },
    ],
    [
      'with_indexed_items',
      '- debug:\n  with_indexed_items: [a, b]',
      {
        module: 'debug',
        params: {},
        loop: [
          [0, 'a'],
          [1, 'b'],
        ],
      },
    ],
  ])('%s', async (_, text, expected) => {
    const [task] = await tasksOf(text);
    const shown = Object.fromEntries(SHOWN.map((key) => [key, (task as Task)[key]]));
    expect(plain(shown)).toEqual({
      args: undefined,
      loop: undefined,
      flattenLoop: false,
      delegateTo: undefined,
      tags: undefined,
      notify: [],
      ...expected,
    });
  });
});

test('every keyword of a task finds its field', async () => {
  const [task] = await tasksOf(`- name: "all of {{ x }}"
  command: ls
  when: [a, "b == 1", yes]
  loop: [1]
  loop_control: {loop_var: one, index_var: i, label: "{{ one }}", pause: 2, extended: yes, break_when: one == 3}
  register: out
  until: out.rc == 0
  retries: "{{ n }}"
  delay: 1.5
  changed_when: no
  failed_when: out.rc > 1
  notify: [one, "{{ two }}"]
  tags: [a]
  vars: {v: 1}
  environment: {PATH: /bin}
  become: "Yes"
  become_user: root
  become_method: sudo
  become_flags: -H
  no_log: true
  check_mode: no
  diff: off
  ignore_errors: "{{ ansible_check_mode }}"
  ignore_unreachable: on
  any_errors_fatal: false
  run_once: true
  throttle: 2
  timeout: 30
  delegate_to: other
  delegate_facts: true
  connection: local
  remote_user: admin
  port: 2222`);
  const {
    origin: _origin,
    position,
    when,
    until,
    changedWhen,
    failedWhen,
    loopControl,
    ...rest
  } = task as Task;
  const { breakWhen, ...control } = loopControl;
  const conditions = { when, until, changedWhen, failedWhen, breakWhen };
  const expressions = Object.fromEntries(
    Object.entries(conditions).map(([key, list]) => [key, list?.map((condition) => condition.expression)]),
  );
  expect(expressions).toEqual({
    when: ['a', 'b == 1', true],
    until: ['out.rc == 0'],
    changedWhen: [false],
    failedWhen: ['out.rc > 1'],
    breakWhen: ['one == 3'],
  });
  expect(control).toMatchObject({ loopVar: 'one', indexVar: 'i', pause: 2, extended: true });
  expect(position).toMatchObject({ line: 3, column: 7 });
  expect(when.map((condition) => condition.position?.column)).toEqual([14, 17, 27]);
  expect(plain(rest)).toEqual({
    kind: 'task',
    module: 'command',
    params: { cmd: 'ls' },
    args: undefined,
    name: 'T(all of {{ x }})',
    loop: [1],
    flattenLoop: false,
    register: 'out',
    retries: 'T({{ n }})',
    delay: 1.5,
    notify: ['one', 'T({{ two }})'],
    listen: [],
    tags: ['a'],
    vars: { v: 1 },
    environment: { PATH: '/bin' },
    become: true,
    becomeUser: 'root',
    becomeMethod: 'sudo',
    becomeFlags: '-H',
    noLog: true,
    checkMode: false,
    diff: false,
    ignoreErrors: 'T({{ ansible_check_mode }})',
    ignoreUnreachable: true,
    anyErrorsFatal: false,
    runOnce: true,
    throttle: 2,
    timeout: 30,
    delegateTo: 'other',
    delegateFacts: true,
    connection: 'local',
    remoteUser: 'admin',
    port: 2222,
  });
});

test('parameters keep the positions of their values, also through args and free text', async () => {
  const [first, second] = (await tasksOf(
    '- command: ls\n  args:\n    chdir: /tmp\n- copy:\n    dest: /a\n    content: b',
  )) as Task[];
  expect(positionAt(first?.params, ['cmd'])).toMatchObject({ line: 3, column: 16 });
  expect(positionAt(first?.params, ['chdir'])).toMatchObject({ line: 5, column: 16 });
  expect(positionAt(second?.params, ['content'])).toMatchObject({ line: 8, column: 18 });
});

test('a block may loop and run its tasks side by side', async () => {
  const [block] = await tasksOf(
    '- block:\n    - debug:\n  loop: [1, 2]\n  parallel: 2\n  network_guard: {timeout: 60}',
  );
  expect(block).toMatchObject({ kind: 'block', loop: [1, 2], parallel: 2, networkGuard: { timeout: 60 } });
});
