import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatImported } from '../../src/ansible/summary.ts';
import { errorsIn } from '../../src/core/error.ts';
import { importInto, type Result, withDirectory } from './importing.ts';

async function imported(files: Readonly<Record<string, string>>, source = 'site.yml'): Promise<Result> {
  return withDirectory(async (directory) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(directory, 'old', name)), { recursive: true });
      await writeFile(path.join(directory, 'old', name), text);
    }
    return importInto(directory, path.join(directory, 'old', source));
  });
}

const play = (tasks: string) => `- hosts: all\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;

/** Tasks of Ansible, what becomes of them, and the reasons why a person is needed. */
type TaskCase = readonly [title: string, before: string, after: string, needed?: readonly string[]];

const TASKS: readonly TaskCase[] = [
  [
    'comments, order and quotes',
    '# one\n- ping:   # two\n  tags: ["a", \'b\']  # three\n',
    '# one\n- ping:   # two\n  tags: ["a", \'b\']  # three\n',
  ],
  [
    'collections',
    '- ansible.builtin.copy:\n    dest: /x\n    content: y\n',
    '- copy:\n    dest: /x\n    content: y\n',
  ],
  [
    'modes and booleans',
    '- file:\n    path: /x\n    mode: 0644\n    force: yes\n  become: no\n',
    "- file:\n    path: /x\n    mode: '0644'\n    force: true\n  become: false\n",
  ],
  [
    'conditions in a list',
    '- ping:\n  when:\n    - a is defined   # why\n    - "b == \'x\'"\n  vars: {a: 1, b: x}\n',
    '- ping:\n  when:\n    - has(vars.a)   # why\n    - "b == \'x\'"\n  vars: {a: 1, b: x}\n',
  ],
  [
    'a loop over items',
    '- debug:\n    msg: "{{ item }}"\n  with_items:\n    - a\n    - b\n',
    '- debug:\n    msg: "{{ item }}"\n  loop:\n    - a\n    - b\n',
  ],
  [
    'a loop over a map',
    '- debug:\n    msg: "{{ item.key }}"\n  with_dict: "{{ m }}"\n  vars: {m: {a: 1}}\n',
    '- debug:\n    msg: "{{ item.key }}"\n  loop: "{{ dict2items m }}"\n  vars: {m: {a: 1}}\n',
  ],
  [
    'loops that stay as they are, but for what is in them',
    '- include_vars: "{{ item }}"\n  with_first_found:\n    - "{{ m | first }}.yml"\n    - default.yml\n  vars: {m: [a]}\n',
    '- include_vars: "{{ item }}"\n  with_first_found:\n    - "{{ first m }}.yml"\n    - default.yml\n  vars: {m: [a]}\n',
  ],
  [
    'loops over lists inside of lists',
    '- debug:\n    msg: "{{ item[0] }} {{ item.1 }}"\n  with_subelements: ["{{ u | default([]) }}", keys]\n  vars: {u: []}\n',
    '- debug:\n    msg: "{{ item.[0] }} {{ item.[1] }}"\n  with_subelements: ["{{ default u (list) }}", keys]\n  vars: {u: []}\n',
  ],
  [
    'a block of text',
    '- copy:\n    dest: /x\n    content: |\n      a {{ b | upper }}\n      {% if b %}\n      c\n      {% endif %}\n  vars: {b: x}\n',
    '- copy:\n    dest: /x\n    content: |\n      a {{ upper b }}\n      {{#if b}}\n      c\n      {{/if}}\n  vars: {b: x}\n',
  ],
  [
    'a folded text',
    '- command: >\n    echo {{ b | upper }}\n    {{ c | lower }}\n  vars: {b: x, c: y}\n',
    '- command: >\n    echo {{ upper b }}\n    {{ lower c }}\n  vars: {b: x, c: y}\n',
  ],
  [
    'a result of debug',
    '- debug:\n    var: ansible_distribution\n',
    '- debug:\n    var: facts.distribution\n',
  ],
  [
    'assertions',
    '- assert:\n    that:\n      - a | int > 3\n  vars: {a: 4}\n',
    '- assert:\n    that:\n      - int(a) > 3\n  vars: {a: 4}\n',
  ],
  [
    'what has no counterpart',
    '- debug:\n    msg: "{{ a | shuffle }}"\n  vars: {a: [1]}\n- nmap: {}\n- ping:\n  when: a is prime\n  async: 10\n',
    '- debug:\n    msg: "{{ a | shuffle }}" # hostwright: the filter shuffle has no counterpart\n  vars: {a: [1]}\n' +
      '- nmap: {} # hostwright: There is no module "nmap" ("hostwright doc" lists all modules)\n' +
      '- ping:\n  when: a is prime # hostwright: the test "is prime" has no counterpart in conditions\n' +
      '  async: 10 # hostwright: "async" is a keyword of Ansible that Hostwright does not have (Leave it out: a task may take as long as its timeout says; "parallel" on a block runs tasks at the same time)\n',
    [
      'site.yml:4: the filter shuffle has no counterpart',
      'site.yml:6: There is no module "nmap" ("hostwright doc" lists all modules)',
      'site.yml:8: the test "is prime" has no counterpart in conditions',
      'site.yml:9: "async" is a keyword of Ansible that Hostwright does not have (Leave it out: a task may take as long as its timeout says; "parallel" on a block runs tasks at the same time)',
    ],
  ],
  [
    'a mark where no comment can stand',
    '- debug:\n    msg: "a\n      {{ b | shuffle }}"\n  vars: {b: x}\n',
    '- debug:\n    # hostwright: the filter shuffle has no counterpart\n    msg: "a\n      {{ b | shuffle }}"\n  vars: {b: x}\n',
    ['site.yml:4: the filter shuffle has no counterpart'],
  ],
];

describe('tasks', () => {
  test.each(TASKS.map((one) => ({ title: one[0], one })))(
    '$title',
    async ({ one: [, before, after, needed = []] }) => {
      const result = await imported({ 'site.yml': play(before) });
      expect(result.files['site.yml']).toBe(play(after));
      expect(result.needed).toEqual(needed);
    },
  );
});

const PLAYBOOK = {
  'site.yml': `---
# All of it.
- hosts: web
  gather_facts: yes
  vars_files: [vars/web.yml]
  vars_prompt:
    - name: release
      prompt: "Which release?"
      private: no
    - name: token
      prompt: Token
  roles:
    - common
    - { role: web, when: web_enabled }
  tasks:
    - include: tasks/more.yml

- include: other.yml
`,
  'other.yml': '- hosts: db\n  tasks:\n    - ping:\n',
  'vars/web.yml': 'web_enabled: yes\nweb_port: 80\n',
  'tasks/more.yml': '- template:\n    src: motd.j2\n    dest: /etc/motd\n- copy: {src: x.bin, dest: /x}\n',
  'templates/motd.j2': 'Release {{ release }} on port {{ web_port }} {{ token }}\n',
  'files/x.bin': 'x',
  'group_vars/all.yml': 'everywhere: no\n',
  'roles/common/tasks/main.yml': '- ping:\n',
  'roles/common/library/own.py': 'print()\n',
  'roles/web/tasks/main.yml': '- debug: msg="{{ web_port|int + 1 }}"\n',
  'roles/web/meta/main.yml': 'dependencies: [base]\n',
  'roles/base/tasks/main.yml': '- ping:\n',
  'roles/unused/tasks/main.yml': '- ping:\n',
};

test('a playbook comes with everything that it uses', async () => {
  const { files, needed, imported: result } = await imported(PLAYBOOK);
  expect(needed).toEqual([]);
  expect(result.notes).toEqual(['roles/common/library: plugins in Python are left out.']);
  expect(files).toEqual({
    'site.yml': `---
# All of it.
- hosts: web
  gather_facts: true
  vars_files: [vars/web.yml]
  inputs:
    release: {type: string, description: "Which release"}
    token: {type: string, description: "Token", secret: true}
  roles:
    - common
    - { role: web, when: web_enabled }
  tasks:
    - import_tasks: tasks/more.yml

- import_playbook: other.yml
`,
    'other.yml': PLAYBOOK['other.yml'],
    'vars/web.yml': 'web_enabled: true\nweb_port: 80\n',
    'tasks/more.yml': '- template:\n    src: motd.hbs\n    dest: /etc/motd\n- copy: {src: x.bin, dest: /x}\n',
    'templates/motd.hbs': 'Release {{ release }} on port {{ web_port }} {{ token }}\n',
    'files/x.bin': 'x',
    'group_vars/all.yml': 'everywhere: false\n',
    'roles/common/tasks/main.yml': '- ping:\n',
    'roles/web/tasks/main.yml': '- debug: msg="{{ add (int web_port) 1 }}"\n',
    'roles/web/meta/main.yml': 'dependencies: [base]\n',
    'roles/base/tasks/main.yml': '- ping:\n',
  });
});

test('what is encrypted comes as it is, and needs nobody: it is read with the same password', async () => {
  const fixture = (name: string) =>
    readFileSync(path.join(import.meta.dirname, '../source/vault/fixtures', name), 'utf8');
  const whole = fixture('vault-1.1.yaml');
  const lines = whole.trim().split('\n');
  const value = `password: !vault |\n${lines.map((line) => `  ${line}\n`).join('')}old: yes\n`;
  const { files, needed } = await imported({
    'site.yml': `- hosts: all\n  vars_files: [secrets.yml]\n  tasks:\n    - debug: {msg: "{{ password }}"}\n`,
    'secrets.yml': whole,
    'group_vars/all.yml': value,
  });
  expect(needed).toEqual([]);
  expect(files['secrets.yml']).toBe(whole);
  expect(files['group_vars/all.yml']).toBe(value.replace('old: yes', 'old: true'));
});

test('the summary says what was done and what is left to do', async () => {
  await withDirectory(async (directory) => {
    await writeFile(path.join(directory, 'a.yml'), play('- ping:\n- nmap: {}\n'));
    const { imported: result } = await importInto(directory, path.join(directory, 'a.yml'));
    expect(
      formatImported(result, 'new')
        .replaceAll(`${directory}/`, '')
        .replace(/^\S*?new\//, 'new/'),
    ).toBe(
      'new/a.yml:4: There is no module "nmap" ("hostwright doc" lists all modules)\n\n' +
        '1 file in new: 1 task translated, 1 line needs you.\n',
    );
  });
});

describe('refuses', () => {
  const message = async (work: () => Promise<unknown>) => {
    try {
      await work();
      return 'nothing';
    } catch (thrown) {
      return errorsIn(thrown)
        .map(({ code }) => code)
        .join();
    }
  };

  test('a source that does not exist', async () => {
    expect(await message(() => importInto('/tmp', '/nowhere/site.yml'))).toBe('file-missing');
  });

  test('a source that is no YAML', async () => {
    expect(await message(() => imported({ 'site.yml': 'a: [1\n' }))).toBe('yaml-unclosed');
  });

  test('to write over files', async () => {
    await withDirectory(async (directory) => {
      await writeFile(path.join(directory, 'a.yml'), play('- ping:\n'));
      await importInto(directory, path.join(directory, 'a.yml'));
      expect(await message(() => importInto(directory, path.join(directory, 'a.yml')))).toBe('file-exists');
    });
  });
});
