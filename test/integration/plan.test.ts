import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPracticeHost } from '../../src/practice/host.ts';
import { events, hostwright, projectWith } from './command.ts';

const SITE = `
- hosts: all
  inputs: {pass: {type: string, secret: true, default: none}}
  vars_files: [vars.yaml]
  roles: [web]
  tasks:
    - {name: text, copy: {content: "{{ greeting }} {{ inputs.pass }}\\n", dest: "{{ root }}/text", mode: '0600'}}
    - {name: template, template: {src: page.hbs, dest: "{{ root }}/page", mode: '0644'}}
    - {name: file, copy: {src: plain.txt, dest: "{{ root }}/plain", mode: '0644'}, notify: after}
    - {name: already, file: {path: "{{ root }}", state: directory}}
    - {name: command, command: "cat {{ root }}/page", register: page, changed_when: false}
    - {include_vars: "{{ 'late' }}.yaml"}
    - {include_tasks: "tasks/{{ late }}.yaml"}
    - {name: known after apply, copy: {content: "{{ page.stdout }}", dest: "{{ root }}/copy", mode: '0644'}}
  handlers: [{name: after, shell: "echo done > {{ root }}/after"}]
`;
const SAY = `- hosts: all
  gather_facts: false
  inputs: {word: {type: string}}
  tasks: [{name: say, command: "echo {{ inputs.word }}"}, {ping: {}}]
`;
let project: ReturnType<typeof projectWith>;
const at = (name: string) => path.join(project.directory, name);
const place = () => ({
  cwd: project.directory,
  environment: { HOSTWRIGHT_RUNS: at('runs'), XDG_STATE_HOME: at('state') },
});
beforeEach(() => {
  project = projectWith({
    'site.yaml': SITE,
    'vars.yaml': 'greeting: hello\n',
    'late.yaml': 'late: more\n',
    'tasks/more.yaml': '- {command: "true", changed_when: false}\n',
    'templates/page.hbs': 'page of {{ inventory_hostname }}\n',
    'files/plain.txt': 'plain\n',
    'roles/web/tasks/main.yaml':
      '- {name: of the role, copy: {content: "role\\n", dest: "{{ root }}/role", mode: "0644"}}\n',
    'hosts.yaml': 'all: {hosts: {a: {}, b: {}}, vars: {ansible_connection: local}}\n',
    'group_vars/all.yaml': 'root: "{{ playbook_dir }}/host/{{ inventory_hostname }}"\n',
  });
  for (const host of ['a', 'b']) mkdirSync(at(`host/${host}`), { recursive: true });
});
afterEach(() => project.remove());

const plan = (...more: string[]) => events(['plan', 'site.yaml', '-i', 'hosts.yaml', ...more], place());
const apply = () => events(['apply', 'night.plan'], place());

describe('plan and apply', () => {
  test('a plan changes nothing, and apply does exactly that', async () => {
    const planned = await plan('-o', 'night.plan', '-e', 'pass=hush-hush');
    expect(planned.code).toBe(0);
    expect(planned.events.every((event) => event.check === true)).toBe(true);
    const texts = planned.events.filter((event) => event.task === 'text' && event.diff !== undefined);
    expect(texts[0]?.diff).toContain('+hello ********');
    expect(existsSync(at('host/a/text'))).toBe(false);
    expect(statSync(at('night.plan')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('night.plan'), 'utf8')).not.toContain('hush');
    const applied = await apply();
    expect([applied.code, applied.stderr]).toEqual([0, '']);
    for (const host of ['a', 'b']) {
      expect(readFileSync(at(`host/${host}/text`), 'utf8')).toBe('hello hush-hush\n');
      expect(readFileSync(at(`host/${host}/copy`), 'utf8')).toBe(`page of ${host}`);
      expect(readFileSync(at(`host/${host}/after`), 'utf8')).toBe('done\n');
    }
    const again = await apply();
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('"text" on a was to be changed, and now would be ok.');
  });

  const stale: Readonly<Record<string, readonly [change: () => void, reason: string]>> = {
    'the playbook': [() => writeFileSync(at('site.yaml'), `${SITE}# more\n`), 'site.yaml was changed.'],
    'a role': [
      () => writeFileSync(at('roles/web/tasks/main.yaml'), '- ping: {}\n'),
      'roles/web was changed.',
    ],
    'a new file of a role': [
      () => writeFileSync(at('roles/web/tasks/other.yaml'), '[]\n'),
      'roles/web was changed.',
    ],
    'a template': [
      () => writeFileSync(at('templates/page.hbs'), 'other\n'),
      'templates/page.hbs was changed.',
    ],
    'a file': [() => writeFileSync(at('files/plain.txt'), 'other\n'), 'files/plain.txt was changed.'],
    'a file that is gone': [() => rmSync(at('files/plain.txt')), 'files/plain.txt is gone.'],
    'variables of the play': [
      () => writeFileSync(at('vars.yaml'), 'greeting: bye\n'),
      'vars.yaml was changed.',
    ],
    'a variable of the inventory': [
      () =>
        writeFileSync(
          at('group_vars/all.yaml'),
          'root: "{{ playbook_dir }}/host/{{ inventory_hostname }}"\nx: 1\n',
        ),
      'The inventory has other hosts, groups or variables than it had.',
    ],
    'a host of the inventory': [
      () => writeFileSync(at('hosts.yaml'), 'all: {hosts: {a: {}}, vars: {ansible_connection: local}}\n'),
      'The inventory has other hosts, groups or variables than it had.',
    ],
    'what a task includes by a name that is only known then': [
      () => writeFileSync(at('tasks/more.yaml'), '- {command: "true"}\n'),
      'tasks/more.yaml was changed.',
    ],
    'variables that a task includes': [
      () => writeFileSync(at('late.yaml'), 'late: other\n'),
      'late.yaml was changed.',
    ],
    'the version': [
      () => {
        const saved = JSON.parse(readFileSync(at('night.plan'), 'utf8')) as object;
        writeFileSync(at('night.plan'), JSON.stringify({ ...saved, version: '0.0.0-other' }));
      },
      'The plan was made by version 0.0.0-other',
    ],
    'another machine': [
      () => {
        const saved = JSON.parse(readFileSync(at('night.plan'), 'utf8')) as {
          machines: Record<string, string>;
        };
        saved.machines.b = 'another';
        writeFileSync(at('night.plan'), JSON.stringify(saved));
      },
      'b is another machine than when the plan was made.',
    ],
    'a host where it is done already': [
      () => writeFileSync(at('host/b/text'), 'hello none\n', { mode: 0o600 }),
      '"text" on b was to be changed, and now would be ok.',
    ],
    'a host where something else stands there': [
      () => writeFileSync(at('host/b/page'), 'by hand\n'),
      'What "template" on b was to change is not as it was when the plan was made.',
    ],
    'what is no plan': [
      () => writeFileSync(at('night.plan'), '{}'),
      'is not a plan that this version can read',
    ],
  };

  test.each(Object.entries(stale))('apply refuses %s', async (_name, [change, reason]) => {
    expect((await plan('-o', 'night.plan')).code).toBe(0);
    change();
    const before = existsSync(at('host/a/text'));
    const refused = await apply();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(reason);
    expect(existsSync(at('host/a/text'))).toBe(before);
  });

  test('apply refuses what a playbook in TypeScript imports and what that imports, where it was changed', async () => {
    writeFileSync(
      at('site.ts'),
      `import { command, definePlaybook, play } from 'hostwright';
import { word } from './words.ts';
const tasks = () => void command('say', { argv: ['echo', word] });
export default definePlaybook({ plays: [play('Say', { hosts: 'all', gather_facts: false, tasks })] });
`,
    );
    writeFileSync(at('words.ts'), "export { word } from './lib/word.js';\n");
    mkdirSync(at('lib'));
    writeFileSync(at('lib/word.js'), "export const word = 'one';\n");
    const planned = await events(['plan', 'site.ts', '-i', 'hosts.yaml', '-o', 'night.plan'], place());
    expect(planned.code, planned.stderr).toBe(0);
    writeFileSync(at('lib/word.js'), "export const word = 'two';\n");
    const refused = await apply();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('lib/word.js was changed.')]);
  });

  test('apply refuses where a host does not answer; inputs are those of the plan, whatever their file says by now', async () => {
    const practice = await startPracticeHost();
    try {
      // The files of the practice host go with it.
      const kept = Object.entries(practice.variables).map(([name, value]) => {
        if (typeof value !== 'string' || !value.startsWith('/') || !existsSync(value)) return [name, value];
        cpSync(value, at(name));
        return [name, at(name)];
      });
      const hosts = { a: { ansible_connection: 'local' }, far: Object.fromEntries(kept) as object };
      writeFileSync(at('hosts.yaml'), JSON.stringify({ all: { hosts } }));
      writeFileSync(at('site.yaml'), SAY);
      writeFileSync(at('in.yaml'), 'word: one\n');
      expect((await plan('-o', 'night.plan', '-e', '@in.yaml')).code).toBe(0);
      writeFileSync(at('in.yaml'), 'word: two\n');
      const applied = await apply();
      expect([applied.code, applied.stderr]).toEqual([0, '']);
      const said = applied.events.filter(({ task, type }) => type === 'hostResult' && task === 'say');
      expect(said.map(({ result }) => (result as { stdout: string }).stdout)).toEqual(['one', 'one']);
    } finally {
      await practice.close();
    }
    const refused = await apply();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('far does not answer.')]);
  });

  test('a plan with failures is shown, and not kept', async () => {
    writeFileSync(at('site.yaml'), '- hosts: all\n  tasks: [{fail: {msg: no}}]\n');
    const planned = await plan('-o', 'night.plan');
    expect([planned.code, existsSync(at('night.plan'))]).toEqual([2, false]);
    expect(planned.stderr).toContain('tasks would fail');
    expect((await plan()).code).toBe(2);
  });

  test('nobody is there to confirm', async () => {
    const ran = await hostwright(['run', 'site.yaml', '-i', 'hosts.yaml', '--confirm'], place());
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('were not confirmed')]);
    expect(existsSync(at('host/a/text'))).toBe(false);
  });
});
