import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('handlers', () => {
  test('run once, in definition order, after their section; listen fans out; only a changed task notifies', async () => {
    const played = await playText(`
- hosts: all
  pre_tasks:
    - {name: pre, command: "true", notify: second}
  tasks:
    - {name: one, command: "true", notify: [second, topic]}
    - {name: two, command: "true", notify: first}
    - {name: quiet, command: "true", changed_when: false, notify: never}
    - {meta: flush_handlers, name: flush}
    - {name: three, command: "true", notify: first}
  handlers:
    - {name: first, debug: {msg: x}}
    - {name: second, debug: {msg: x}}
    - {name: listens, debug: {msg: x}, listen: topic}
    - {name: never, debug: {msg: x}}
`);
    expect(played.lines.map((line) => line.split(' ')[0])).toEqual([
      'pre',
      'second',
      'one',
      'two',
      'quiet',
      'flush',
      'first',
      'second',
      'listens',
      'three',
      'first',
    ]);
  });

  test('a failed host skips them, unless force_handlers', async () => {
    const text = (force: boolean) => `
- hosts: all
  force_handlers: ${force}
  tasks:
    - {name: one, command: "true", notify: h}
    - {name: bad, command: "false"}
  handlers: [{name: h, debug: {msg: x}}]
`;
    expect((await playText(text(false))).lines).toEqual(['one alpha changed', 'bad alpha failed']);
    expect((await playText(text(true))).lines).toEqual([
      'one alpha changed',
      'bad alpha failed',
      'h alpha ok',
    ]);
  });
});

describe('a handler', () => {
  test('notified by a handler runs in the same flush, in its place; an earlier one in a round of its own', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: go, command: "true", notify: [two, five]}
  handlers:
    - {name: one, debug: {msg: x}}
    - {name: two, command: "true", notify: [four, one, two]}
    - {name: three, debug: {msg: x}}
    - {name: four, debug: {msg: x}}
    - {name: five, debug: {msg: x}}
`);
    // What "two" notifies again waits for the next flush, at the end of the play.
    expect(played.tasks).toEqual(['go', 'two', 'four', 'five', 'one', 'two', 'four', 'one']);
  });

  test('of two with the same name the last one runs; a role names its own as "role : name"', async () => {
    const played = await playText(
      `
- hosts: all
  roles: [web]
  tasks:
    - {name: plain, command: "true", notify: restart}
    - {meta: flush_handlers}
    - {name: qualified, command: "true", notify: "web : restart"}
  handlers:
    - {name: restart, debug: {msg: first}}
    - {name: restart, debug: {msg: second}}
`,
      {
        files: {
          'roles/web/tasks/main.yaml': '[]',
          'roles/web/handlers/main.yaml': '- {name: restart, debug: {msg: of web}}',
        },
      },
    );
    expect(played.said).toEqual(['alpha: second', 'alpha: of web']);
  });

  test('may loop, have a condition, be an include, stand in a block, and be called by a template', async () => {
    const played = await playText(
      `
- hosts: all
  vars: {service: ssh}
  tasks:
    - {name: go, command: "true", notify: [loops, skipped, includes, in block, restart ssh, topic]}
  handlers:
    - {name: loops, debug: {msg: "{{ item }}"}, loop: [1, 2]}
    - {name: skipped, debug: {msg: x}, when: false}
    - {name: includes, include_tasks: more.yaml}
    - {name: listens, include_tasks: more.yaml, listen: topic}
    - vars: {v: block}
      block:
        - {name: in block, debug: {msg: "in {{ v }}"}}
        - {name: not notified, debug: {msg: x}}
    - {name: "restart {{ service }}", debug: {msg: restarted}}
`,
      { files: { 'more.yaml': '- {name: more, debug: {msg: included}}' } },
    );
    expect(played.said.map((line) => line.replace('alpha: ', ''))).toEqual([
      '1',
      '2',
      'included',
      'included',
      'in block',
      'restarted',
    ]);
  });

  test('is notified by a block for all of its tasks, and by a list from a template', async () => {
    const played = await playText(`
- hosts: all
  vars: {names: [a, b]}
  tasks:
    - notify: a
      block:
        - {name: quiet, command: "true", changed_when: false}
        - {name: changed, command: "true"}
    - {meta: flush_handlers}
    - {name: both, command: "true", notify: "{{ names }}"}
  handlers:
    - {name: a, debug: {msg: a}}
    - {name: b, debug: {msg: b}}
`);
    expect(played.said).toEqual(['alpha: a', 'alpha: a', 'alpha: b']);
  });

  test('that does not exist is found before anything runs; where only the run can tell, the task fails', async () => {
    await expect(
      playText('- {hosts: all, tasks: [{name: x, command: "true", notify: nobody}]}'),
    ).rejects.toThrow('nobody');
    const played = await playText(`
- hosts: all
  vars: {who: nobody}
  tasks:
    - {name: x, command: "true", notify: "{{ who }}"}
  handlers: [{name: somebody, debug: {msg: x}}]
`);
    expect(played.lines).toEqual(['x alpha failed']);
    expect(played.results('x')[0]?.result.msg).toContain('somebody');
  });

  test('ignores tags', async () => {
    const played = await playText(
      `
- hosts: all
  tasks: [{name: x, command: "true", notify: h, tags: t}]
  handlers: [{name: h, debug: {msg: x}, tags: other}]
`,
      { options: { tags: ['t'] } },
    );
    expect(played.tasks).toEqual(['x', 'h']);
  });

  test('is owed to a host that failed: one that had not run, and one that failed itself', async () => {
    const text = `
- hosts: all
  tasks:
    - {name: go, command: "true", notify: [one, two, three]}
    - {name: bad, command: "false", when: inventory_hostname == 'a'}
  handlers:
    - {name: one, debug: {msg: x}}
    - {name: two, command: "false"}
    - {name: three, debug: {msg: x}}
`;
    const played = await playText(text, { inventory: 'a,b,' });
    const names = (host: string) => played.owed[host]?.map(({ name }) => name);
    expect(names('a')).toEqual(['one', 'two', 'three']);
    expect(names('b')).toEqual(['two', 'three']);
    const forced = await playText(text, { inventory: 'a,', options: { forceHandlers: true } });
    expect(forced.tasks).toEqual(['go', 'bad', 'one', 'two']);
    expect(forced.owed.a?.map(({ name }) => name)).toEqual(['two', 'three']);
  });

  test('runs at the flush points: after pre_tasks, after roles and tasks, after post_tasks', async () => {
    const played = await playText(
      `
- hosts: all
  post_tasks: [{name: post, command: "true", notify: h}]
  tasks: [{name: task, command: "true", notify: h}]
  roles: [r]
  pre_tasks: [{name: pre, command: "true", notify: h}]
  handlers: [{name: h, debug: {msg: x}}]
`,
      { files: { 'roles/r/tasks/main.yaml': '- {name: role, command: "true", notify: h}' } },
    );
    expect(played.tasks).toEqual(['pre', 'h', 'role', 'task', 'h', 'post', 'h']);
  });
});

describe('handlers as Ansible has them', () => {
  test('only a changed task that did not fail notifies; a skipped one does not', async () => {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: failed, command: "true", notify: of failed, failed_when: true, ignore_errors: true}
    - {name: skipped, command: "true", notify: of skipped, when: false}
    - {name: ok, debug: {msg: x}, notify: of ok}
    - {name: made to change, debug: {msg: x}, changed_when: true, notify: of changed}
    - {name: one item, command: "true", loop: [1, 2], changed_when: item == 2, notify: of item}
  handlers:
    - {name: of failed, debug: {msg: failed}}
    - {name: of skipped, debug: {msg: skipped}}
    - {name: of ok, debug: {msg: ok}}
    - {name: of changed, debug: {msg: changed}}
    - {name: of item, debug: {msg: item}}
`);
    expect(played.said.slice(-2)).toEqual(['alpha: changed', 'alpha: item']);
    expect(played.tasks.filter((task) => task.startsWith('of'))).toEqual(['of changed', 'of item']);
  });

  test('of two roles with handlers of one name the last one runs; "role : name" reaches each', async () => {
    const role = (name: string) => ({
      [`roles/${name}/tasks/main.yaml`]: '- {name: work, command: "true", notify: [restart, topic]}',
      [`roles/${name}/handlers/main.yaml`]: `
- {name: restart, debug: {msg: restart of ${name}}}
- {name: listener, listen: topic, debug: {msg: listener of ${name}}}
`,
    });
    const files = { ...role('one'), ...role('two') };
    const plain = await playText('- {hosts: all, roles: [one, two]}', { files });
    expect(plain.said).toEqual(['restart of two', 'listener of two'].map((text) => `alpha: ${text}`));
    const both = await playText(
      '- {hosts: all, roles: [one, two], tasks: [{name: more, command: "true", notify: "one : restart"}]}',
      { files },
    );
    expect(both.said.slice(0, 1)).toEqual(['alpha: restart of one']);
    expect(both.said.length).toBe(3);
  });

  test('listen fans out in definition order, by names too; of two same names the last one runs there as well', async () => {
    const played = await playText(`
- hosts: all
  tasks: [{name: go, command: "true", notify: topic}]
  handlers:
    - {name: same, debug: {msg: first}, listen: topic}
    - {name: zeta, debug: {msg: zeta}, listen: [other, topic]}
    - {name: not asked, debug: {msg: x}, listen: other}
    - {debug: {msg: unnamed}, listen: topic}
    - {name: same, debug: {msg: last}, listen: topic}
`);
    expect(played.said.map((line) => line.slice(7))).toEqual(['zeta', 'unnamed', 'last']);
  });

  test.each([
    ['force_handlers: true', ['h a', 'h b']],
    ['force_handlers: false', ['h b']],
  ])('%s with one host that failed: the others flush in any case', async (keyword, expected) => {
    const played = await playText(
      `
- hosts: all
  ${keyword}
  tasks:
    - {name: one, command: "true", notify: h}
    - {name: bad, shell: "test {{ inventory_hostname }} != a"}
    - {name: two, debug: {msg: x}}
  handlers: [{name: h, debug: {msg: x}}]
`,
      { inventory: 'a,b,' },
    );
    const handled = played.lines.filter((line) => line.startsWith('h ')).map((line) => line.slice(0, 3));
    expect(handled.toSorted()).toEqual(expected);
    expect(played.lines.filter((line) => line.startsWith('two'))).toEqual(['two b ok']);
    expect(played.recap.a).toMatchObject({ failed: 1 });
    expect(played.exitCode).toBe(2);
  });

  test('what is notified on one host runs there alone', async () => {
    const played = await playText(
      `
- hosts: all
  tasks: [{name: x, command: "true", notify: h, changed_when: inventory_hostname == 'b'}]
  handlers: [{name: h, debug: {msg: x}}]
`,
      { inventory: 'a,b,' },
    );
    expect(played.said).toEqual(['b: x']);
  });
});
