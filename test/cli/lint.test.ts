import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runMain } from './run-main.ts';

const home = process.cwd();
let directory = '';

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'hw-cli-lint-')));
  process.chdir(directory);
});
afterEach(async () => {
  process.chdir(home);
  await rm(directory, { recursive: true });
});

const SITE = `- hosts: web
  become: yes
  tasks:
    - ansible.builtin.file:
        path: "{{ place | upper }}"
        mode: 644
    - command: uptime
      register: load
    - debug: {msg: "{{ from_inventory }}"}
`;

const FOUND = `site.yaml:2:11: hint: "yes" is a text in YAML 1.2; here it stands for true. [yaml-boolean]
  Write: true
site.yaml:4:7: hint: "ansible.builtin.file" is called "file" here. [qualified-name]
  Write: file:
site.yaml:5:15: error: The template "{{ place | upper }}" is not valid Handlebars, near "| upper }}". [jinja-template]
  Write: {{ upper place }}
site.yaml:6:15: error: The mode 644 is a number, whose octal digits are lost. [octal-mode]
  Write: mode: '0644'

1 playbook, 0 plays: 2 errors, 2 hints. --fix mends 4.
`;

describe('hostwright lint', () => {
  test('says where, what, and what to do', async () => {
    await writeFile('site.yaml', SITE);
    expect(await runMain(['lint', 'site.yaml'])).toEqual({ exitCode: 1, stdout: FOUND, stderr: '' });
    // Without arguments: everything here.
    expect(await runMain(['lint'])).toEqual({ exitCode: 1, stdout: FOUND, stderr: '' });
  });

  test('mends, then sees what was hidden; warnings count with --strict only', async () => {
    await writeFile('site.yaml', SITE);
    const left = `site.yaml:5:15: warning: The variable "place" is not defined. [undefined-variable]
  Define it under vars, in the inventory, as an input or with -e.
site.yaml:7:7: hint: This command counts as changed in every run. [always-changed]
  Add changed_when: false if it only looks, else creates, removes or a changed_when that tells.
site.yaml:7:7: warning: The result "load" is registered but never used. [unused-register]
  Use it, take the line out, or begin the name with _ to say that this is meant.
site.yaml:9:20: warning: The variable "from_inventory" is not defined. [undefined-variable]
  Define it under vars, in the inventory, as an input or with -e.

1 playbook, 1 play: 3 warnings, 1 hint. 4 mistakes mended.
`;
    expect(await runMain(['lint', '--fix', 'site.yaml'])).toEqual({ exitCode: 0, stdout: left, stderr: '' });
    expect(await readFile('site.yaml', 'utf8')).toBe(
      SITE.replace('yes', 'true')
        .replace('ansible.builtin.', '')
        .replace('place | upper', 'upper place')
        .replace('644', "'0644'"),
    );
    const strict = await runMain(['lint', '--strict', 'site.yaml']);
    expect(strict.exitCode).toBe(1);
  });

  test('takes variables from an inventory and -e, and levels from --rule', async () => {
    await writeFile('site.yaml', '- hosts: web\n  tasks:\n    - debug: {msg: "{{ a }} {{ b }} {{ c }}"}\n');
    await writeFile('hosts', '[web]\nw1 a=1\n');
    const { stdout, exitCode } = await runMain(['lint', 'site.yaml', '-i', 'hosts', '-e', 'b=2']);
    expect({ stdout, exitCode }).toEqual({
      exitCode: 1,
      stdout: `site.yaml:3:20: error: The variable "c" is not defined. [undefined-variable]
  Define it under vars, in the inventory, as an input or with -e.

1 playbook, 1 play: 1 error.
`,
    });
    const levels = ['lint', 'site.yaml', '-i', 'hosts', '-e', 'b=2', '--rule', 'undefined-variable=off'];
    expect(await runMain(levels)).toMatchObject({
      exitCode: 0,
      stdout: '1 playbook, 1 play: no mistakes found.\n',
    });
    await writeFile('other.yaml', '- hosts: nobody\n  tasks: []\n');
    const unknown = await runMain(['lint', 'other.yaml', '-i', 'hosts']);
    expect(unknown).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('other.yaml:1:3: error: '),
    });
  });

  test('prints one JSON document for programs', async () => {
    await writeFile('site.yaml', '- hosts: all\n  become: yes\n  tasks: []\n');
    const { stdout, exitCode } = await runMain(['lint', '--format', 'json', 'site.yaml']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      findings: [
        {
          rule: 'yaml-boolean',
          level: 'hint',
          file: 'site.yaml',
          line: 2,
          column: 11,
          message: '"yes" is a text in YAML 1.2; here it stands for true.',
          hint: 'Write: true',
          fixable: true,
        },
      ],
      summary: { error: 0, warning: 0, hint: 1, fixed: 0 },
    });
  });

  test('refuses rules and levels that do not exist', async () => {
    await writeFile('site.yaml', '- hosts: all\n  tasks: []\n');
    expect((await runMain(['lint', 'site.yaml', '--rule', 'unused-registr=off'])).stderr).toBe(
      'There is no rule "unused-registr".\n  Did you mean "unused-register"?\n',
    );
    expect((await runMain(['lint', 'site.yaml', '--rule', 'unused-register=low'])).stderr).toBe(
      '"unused-register=low" says no level for a rule.\n  Write NAME=error, NAME=warning, NAME=hint or NAME=off.\n',
    );
  });
});

describe('hostwright import ansible', () => {
  test('writes a translation and says what is left', async () => {
    await writeFile(
      'site.yml',
      '- hosts: all\n  become: yes\n  tasks:\n    - ansible.builtin.ping:\n      async: 5\n',
    );
    expect(await runMain(['import', 'ansible', 'site.yml', '-o', 'new'])).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `new/site.yml:5: "async" is a keyword of Ansible that Hostwright does not have (Leave it out: a task may take as long as its timeout says; "parallel" on a block runs tasks at the same time)

1 file in new: 0 tasks translated, 1 line needs you.
`,
    });
    expect(await readFile('new/site.yml', 'utf8')).toMatch(
      /^- hosts: all\n {2}become: true\n {2}tasks:\n {4}- ping:\n/,
    );
    expect((await runMain(['import', 'ansible', 'site.yml', '-o', 'new'])).stderr).toBe(
      'The file "new/site.yml" is there already.\n  Import into a new directory, or add --force to write over what is there.\n',
    );
    expect((await runMain(['import', 'puppet', 'x', '-o', 'new'])).exitCode).toBe(1);
  });
});
