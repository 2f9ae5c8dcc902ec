import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { events, hostwright, projectWith } from './command.ts';

let project: ReturnType<typeof projectWith>;
const play = (name: string, text: string) => projectWith({ [name]: text });
beforeEach(() => {
  project = play('unused', '');
});
afterEach(() => project.remove());

const environment = () => ({
  HOSTWRIGHT_RUNS: path.join(project.directory, 'runs'),
  XDG_STATE_HOME: path.join(project.directory, 'state'),
});
const place = (more: Record<string, string> = {}) => ({
  cwd: project.directory,
  environment: { ...environment(), ...more },
});
const use = (text: string, files: Record<string, string> = {}) => {
  project.remove();
  project = projectWith({ 'site.yaml': text, ...files });
};
const log = () => readFileSync(path.join(project.directory, 'log'), 'utf8').trim().split('\n');
const names = (ran: Awaited<ReturnType<typeof events>>) =>
  ran.events
    .filter((event) => event.type === 'hostResult')
    .map(
      ({ task, item, host, status }) => `${task}${item === undefined ? '' : `[${item}]`} ${host} ${status}`,
    );

const RUN = ['run', 'site.yaml', '-c', 'local', '-i'];

describe('resume', () => {
  test('goes on at the failed task, with registers, facts, set facts and handlers, and leaves alone who was done', async () => {
    use(`
- hosts: all
  handlers:
    - {name: reload, shell: "echo reload {{ inventory_hostname }} >> log"}
  tasks:
    - {name: first, shell: "echo first {{ inventory_hostname }} >> log; echo 42", register: answer, notify: reload}
    - {name: keep, set_fact: {kept: "{{ answer.stdout }}-{{ ansible_system }}"}}
    - {name: fails on b, shell: "test {{ inventory_hostname }} = a || test -e ok"}
    - {name: use, shell: "echo use {{ inventory_hostname }} {{ kept }} >> log"}
`);
    const first = await events([...RUN, 'a,b,'], place());
    expect(first.code).toBe(2);
    expect(log().filter((line) => line.includes(' b'))).toEqual(['first b']);
    projectFile('ok');
    const again = await events(['resume', 'latest'], place());
    expect(again.code).toBe(0);
    expect(names(again)).toEqual(['fails on b b changed', 'use b changed', 'reload b changed']);
    expect(log().filter((line) => line.startsWith('first'))).toHaveLength(2);
    expect(log().at(-2)).toMatch(/^use b 42-Linux$/);
    expect(log().at(-1)).toBe('reload b');
    expect(again.events.at(-1)?.runId).toBe(first.events.at(-1)?.runId);
    const nothing = await hostwright(['resume', 'latest'], place());
    expect([nothing.code, nothing.stdout]).toEqual([0, expect.stringContaining('nothing is left to do')]);
  });

  test('goes on within a loop, and within a block whose always section then runs again', async () => {
    use(`
- hosts: all
  tasks:
    - block:
        - {name: each, shell: "echo {{ item }} >> log; test {{ item }} != two || test -e ok", loop: [one, two, three], register: r}
        - {name: after, shell: "echo after {{ r.results.length }} >> log"}
      always:
        - {name: always, shell: "echo always >> log"}
`);
    expect((await events([...RUN, 'a,'], place())).code).toBe(2);
    expect(log()).toEqual(['one', 'two', 'three', 'always']);
    projectFile('ok');
    const again = await events(['resume', 'latest'], place());
    expect(again.code).toBe(0);
    expect(log().slice(4)).toEqual(['two', 'after 3', 'always']);
  });

  test('a rescue that ran is behind its host', async () => {
    use(`
- hosts: all
  tasks:
    - block:
        - {name: bad, command: "false"}
      rescue:
        - {name: rescue, shell: "echo rescue {{ ansible_failed_task.name }} >> log"}
    - {name: late, shell: "echo late >> log; test -e ok"}
`);
    expect((await events([...RUN, 'a,'], place())).code).toBe(2);
    projectFile('ok');
    const again = await events(['resume', 'latest'], place());
    expect(names(again)).toEqual(['late a changed']);
    expect(log()).toEqual(['rescue bad', 'late', 'late']);
  });

  test('what includes, roles of hosts and added hosts brought is brought again', async () => {
    use(
      `
- hosts: a
  tasks:
    - {name: which, set_fact: {file: more}}
    - {name: add, add_host: {name: z, groups: [added], ansible_connection: local}}
    - include_tasks: "{{ file }}.yaml"
- hosts: added
  tasks:
    - {name: there, shell: "echo there {{ inventory_hostname }} >> log; test -e ok"}
`,
      { 'more.yaml': '- {name: included, shell: "echo included >> log", register: inc}\n' },
    );
    expect((await events([...RUN, 'a,'], place())).code).toBe(2);
    projectFile('ok');
    const again = await events(['resume', 'latest'], place());
    expect([again.code, names(again)]).toEqual([0, ['there z changed']]);
    expect(log()).toEqual(['included', 'there z', 'there z']);
  });

  test('refuses where tasks have moved, unless told otherwise', async () => {
    use('- hosts: all\n  tasks: [{name: one, command: "true"}, {name: two, command: "test -e ok"}]\n');
    expect((await events([...RUN, 'a,'], place())).code).toBe(2);
    projectFile('ok');
    projectFile(
      'site.yaml',
      '- hosts: all\n  tasks: [{name: new, command: "true"}, {name: two, command: "test -e ok"}]\n',
    );
    const refused = await hostwright(['resume', 'latest'], place());
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'Where the run had 0 4.0 command "one", the playbook now has 0 4.0 command "new"',
    );
    expect((await hostwright(['resume', 'latest', '--moved'], place())).code).toBe(0);
  });

  test("a command in flight is nobody's guess", async () => {
    use(
      '- hosts: all\n  tasks: [{name: once, shell: "echo once >> log"}, {name: then, shell: "echo then >> log"}]\n',
    );
    // Records: begin, runStart, playStart, taskStart, hostStart, intents …
    const killed = await hostwright(
      [...RUN, 'a,', '--no-pipeline'],
      place({ HOSTWRIGHT_DIE_AFTER_RECORDS: '6' }),
    );
    expect(killed.code).toBeUndefined();
    const refused = await hostwright(['resume', 'latest'], place());
    expect(refused.stderr).toContain('"once" on a');
    const skipped = await events(['resume', 'latest', '--in-flight', 'skip'], place());
    expect(names(skipped)).toEqual(['once a skipped', 'then a changed']);
    expect(log()).toEqual(['then']);
  });

  test('what is skipped are commands alone: what can be checked is checked, and done', async () => {
    use(`- hosts: all
  gather_facts: false
  tasks:
    - {name: put, copy: {content: x, dest: "{{ playbook_dir }}/put", mode: '0644'}}
    - {name: once, shell: "echo once >> log"}
    - {name: get, fetch: {src: "{{ playbook_dir }}/put", dest: "{{ playbook_dir }}/got", flat: true}}
`);
    // Both changes are written down, and then the controller dies before they are sent.
    const killed = await hostwright([...RUN, 'a,'], place({ HOSTWRIGHT_DIE_AFTER_RECORDS: '7' }));
    expect(killed.code).toBeUndefined();
    const resumed = await events(['resume', 'latest', '--in-flight', 'skip'], place());
    expect(names(resumed)).toEqual(['put a changed', 'once a skipped', 'get a changed']);
    expect(readFileSync(path.join(project.directory, 'got'), 'utf8')).toBe('x');
    // A copy on this machine is nothing to take back from the host; of what was skipped nobody knows whether it ran.
    const undone = await events(['undo', 'latest', '--yes'], place());
    expect([undone.code, names(undone).slice(0, 2)]).toEqual([0, ['Undo: put a changed', 'Undo: put a ok']]);
    expect(undone.stderr).toMatch(/^These changes cannot be taken back:\n {2}a {2}once \(shell\): .*\n$/);
  });
});

function projectFile(name: string, text = ''): void {
  writeFileSync(path.join(project.directory, name), text);
}
