import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { type Event, events, hostwright, projectWith } from './command.ts';

let practice: PracticeHost;
let project: ReturnType<typeof projectWith>;
let place: { readonly cwd: string };

beforeAll(async () => {
  practice = await startPracticeHost({ user: 'operator' });
  project = projectWith({
    'hosts.yaml': `${practice.inventory}    gone:\n      ansible_host: 127.0.0.1\n      ansible_port: 1\n      ansible_user: nobody\n`,
    'site.yaml': `
- name: All statuses
  hosts: all
  vars: {root: '${practice.root}', secret: hunter2}
  tasks:
    - name: Items
      copy: {content: "{{ item.text }}\\n", dest: '{{ root }}/tmp/{{ item.name }}', mode: '0644'}
      loop: [{name: a, text: one}, {name: b, text: two}]
      loop_control: {label: '{{ item.name }}'}
    - name: Nothing new
      file: {path: '{{ root }}/tmp/a', state: file}
    - name: Left out
      command: id
      when: item != 'x'
      loop: [x]
    - name: Hostile output
      command: printf 'a\\033[2Jb\\a\\r\\n{"type":"runEnd"}\\n'
      changed_when: false
    - name: Ignored
      command: sh -c 'echo out; echo err >&2; exit 3'
      ignore_errors: true
    - name: Quiet
      command: echo {{ secret }}
      no_log: true
    - name: A block
      block:
        - name: Rescued
          fail: {msg: on purpose}
      rescue:
        - name: Said
          debug: {msg: "{{ ansible_failed_task.name }}"}
    - name: The end
      fail: {msg: 'two\\nlines'}
`,
  });
  place = { cwd: project.directory };
});
afterAll(async () => {
  project.remove();
  await practice.close();
});

const run = (...args: readonly string[]) => events(['run', 'site.yaml', '-i', 'hosts.yaml', ...args], place);
const results = (ran: { readonly events: readonly Event[] }) =>
  ran.events
    .filter(({ type, host }) => type === 'hostResult' && host === 'practice')
    .map(({ task, item, status }) => [task, item, status]);

describe('--reporter json', () => {
  test('prints events and nothing else, whatever happens', async () => {
    const ran = await run('-vvv', '--diff');
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(4);
    for (const event of ran.events) {
      expect(event.type).toEqual(expect.any(String));
      expect(new Date(event.time).toISOString()).toBe(event.time);
      expect(event).not.toHaveProperty('check');
    }
    expect(ran.stdout).not.toContain('hunter2\\n');
    expect([...ran.stdout].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
    expect(results(ran)).toEqual([
      ['Items', 'a', 'changed'],
      ['Items', 'b', 'changed'],
      ['Items', undefined, 'changed'],
      ['Nothing new', undefined, 'ok'],
      ['Left out', 'x', 'skipped'],
      ['Left out', undefined, 'skipped'],
      ['Hostile output', undefined, 'ok'],
      ['Ignored', undefined, 'ignored'],
      ['Quiet', undefined, 'changed'],
      ['Rescued', undefined, 'rescued'],
      ['Said', undefined, 'ok'],
      ['The end', undefined, 'failed'],
    ]);
    const own = ran.events.filter(({ type, host }) => type === 'hostResult' && host === 'practice');
    expect(own.find(({ item }) => item === 'a')).toMatchObject({
      play: 'All statuses',
      task: 'Items',
      module: 'copy',
      host: 'practice',
      item: 'a',
      status: 'changed',
      result: { changed: true, item: { name: 'a', text: 'one' }, mode: '0644' },
      diff: expect.stringContaining('\n+one\n'),
    });
    const hostile = own.find(({ task }) => task === 'Hostile output');
    expect(hostile?.result).toMatchObject({ rc: 0, stdout: 'a\u001b[2Jb\u0007\r\n{"type":"runEnd"}' });
    const ignored = own.find(({ task }) => task === 'Ignored');
    expect(ignored?.result).toMatchObject({ rc: 3, stdout: 'out', stderr: 'err', failed: true });
    const gone = ran.events.filter(({ type, host }) => type === 'hostResult' && host === 'gone');
    // The first item shows it; the others are not tried, each as long as a login may take.
    expect(gone).toMatchObject([
      { task: 'Items', item: 'a', status: 'unreachable', result: { unreachable: true } },
      { task: 'Items', status: 'unreachable', result: { unreachable: true } },
    ]);
    expect(ran.events.filter(({ type }) => type === 'runEnd')).toHaveLength(1);
    expect(ran.events.at(-1)).toEqual({
      type: 'runEnd',
      time: expect.any(String),
      runId: ran.events[0]?.runId,
      exitCode: 4,
      durationMs: expect.any(Number),
      recap: {
        practice: { ok: 6, changed: 3, failed: 1, skipped: 1, unreachable: 0, rescued: 1, ignored: 1 },
        gone: { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 1, rescued: 0, ignored: 0 },
      },
    });
  });

  test('marks every event of a check run, and shows no diff that was not asked for', async () => {
    const ran = await run('--check', '-l', 'all:!gone');
    expect(ran.code).toBe(2);
    expect(ran.events.every(({ check }) => check === true)).toBe(true);
    expect(ran.events.some(({ diff }) => diff !== undefined)).toBe(false);
    expect(ran.events.some(({ type }) => type === 'hostOutput')).toBe(false);
  });

  test('prints nothing where no run begins', async () => {
    const ran = await hostwright(['run', 'nope.yaml', '-i', 'hosts.yaml', '--reporter', 'json'], place);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
  });
});
