import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

const files = {
  'more.yaml': '- {name: more one, debug: {msg: x}}\n- {name: more two, debug: {msg: x}}',
  'roles/r/tasks/main.yaml': '- {name: role one, debug: {msg: x}}\n- {name: role two, debug: {msg: x}}',
};
const text = `
- hosts: all
  gather_facts: true
  pre_tasks: [{name: pre, debug: {msg: x}}]
  roles: [r]
  tasks:
    - {name: plain, command: "true", notify: h}
    - {name: "with {{ inventory_hostname }}", debug: {msg: x}}
    - {include_tasks: more.yaml}
    - {include_tasks: "{{ 'more' }}.yaml", when: false}
    - {name: last, debug: {msg: x}}
  handlers: [{name: h, debug: {msg: x}}]
- hosts: all
  tasks: [{name: second play, debug: {msg: x}}]
`;
const startAt = async (startAtTask: string) =>
  (await playText(text, { files, options: { startAtTask } })).tasks;

describe('--start-at-task', () => {
  test.each([
    [
      'role two',
      [
        'Gathering Facts',
        'role two',
        'plain',
        'with alpha',
        'more one',
        'more two',
        'last',
        'h',
        'second play',
      ],
    ],
    [
      'r : role two',
      [
        'Gathering Facts',
        'role two',
        'plain',
        'with alpha',
        'more one',
        'more two',
        'last',
        'h',
        'second play',
      ],
    ],
    ['with alpha', ['Gathering Facts', 'with alpha', 'more one', 'more two', 'last', 'second play']],
    ['more two', ['Gathering Facts', 'more two', 'last', 'second play']],
    ['la?t', ['Gathering Facts', 'last', 'second play']],
    ['second play', ['Gathering Facts', 'second play']],
  ])('%s', async (name, expected) => {
    expect(await startAt(name)).toEqual(expected);
  });

  test('that no task is called is an error before anything runs', async () => {
    await expect(
      playText('- {hosts: all, tasks: [{name: a, debug: {msg: x}}]}', { options: { startAtTask: 'b' } }),
    ).rejects.toMatchObject({ code: 'unknown-task' });
  });
});

test('--step asks before each task; no leaves it out, continue asks no more', async () => {
  const asked: string[] = [];
  const answers = ['yes', 'no', 'continue'] as const;
  const played = await playText(
    `
- hosts: all
  strategy: free
  tasks:
    - {name: one, debug: {msg: x}}
    - {name: two, debug: {msg: x}}
    - {name: three, debug: {msg: x}}
    - {name: four, debug: {msg: x}}
`,
    {
      inventory: 'a,b,',
      options: {
        confirmTask: async (task) => {
          asked.push(task);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return answers[asked.length - 1] ?? 'no';
        },
      },
    },
  );
  expect(asked).toEqual(['one', 'two', 'three']);
  expect(new Set(played.tasks)).toEqual(new Set(['one', 'three', 'four']));
});
