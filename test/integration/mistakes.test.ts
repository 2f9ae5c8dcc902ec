import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { addFiles, hostwright, projectWith } from './command.ts';

/** A mistake that can be known before any host is contacted. */
interface Mistake {
  /** Files beside `site.yaml`; a text alone is the tasks of a play on all hosts. */
  readonly files?: string | Readonly<Record<string, string>>;
  /** Arguments in place of `run site.yaml -i hosts.yaml`, or after it where they begin with a dash. */
  readonly args?: readonly string[];
  /** The whole of standard error. */
  readonly says: string;
}

const playOf = (tasks: string, more = '') =>
  `- hosts: all\n${more}  tasks:\n    - file: {path: /tmp/touched, state: touch}\n${tasks.replace(/^/gm, '    ')}\n`;

const mistakes: Readonly<Record<string, Mistake>> = {
  'an unknown module': {
    files: '- copyy: {src: a, dest: /b}',
    says: 'site.yaml:4:7: There is no module "copyy".\n  Did you mean "copy"?\n',
  },
  'an unknown parameter': {
    files: '- copy: {content: a, dest: /b, mod: "0644"}',
    says: `site.yaml:4:36: copy has no parameter "mod".
  Did you mean "mode"? copy takes backup, checksum, content, decrypt, dest, directory_mode, follow, force, group, mode, owner, remote_src, src, unsafe_writes and validate.
`,
  },
  'a parameter that is missing': {
    files: '- copy: {content: a}',
    says: 'site.yaml:4:7: copy needs the parameter "dest".\n  File on the host, or the directory that a file (or a tree) goes into.\n',
  },
  'a value of the wrong type': {
    files: '- copy: {content: a, dest: /b, backup: maybe}',
    says: 'site.yaml:4:44: The parameter "backup" of copy must be true or false (yes, no, on and off will do too), not "maybe".\n',
  },
  'a mode that YAML makes a number': {
    files: '- copy: {content: a, dest: /b, mode: 0644}',
    says: `site.yaml:4:42: The parameter "mode" of copy is the number 644, which loses its leading zero and may be read as decimal; write it as a string: mode: '0644'.\n`,
  },
  'a mode that only its variable makes a number': {
    files: { 'site.yaml': playOf('- copy: {content: a, dest: /b, mode: "{{ m }}"}', '  vars: {m: 0644}\n') },
    says: `site.yaml:5:42: The parameter "mode" of copy is the number 644, which loses its leading zero and may be read as decimal; write it as a string: mode: '0644'.\n`,
  },
  'an undefined variable': {
    files: '- copy: {content: "{{ nope }}", dest: /b}',
    says: 'site.yaml:4:23: The variable "nope" is not defined.\n  Define it (vars, inputs, inventory, -e), or give a fallback with "default".\n',
  },
  'an undefined variable in a condition, twice the same line': {
    files: {
      'site.yaml': playOf('- copy: {content: a, dest: /b}\n  when: enabledd', '  vars: {enabled: true}\n'),
    },
    says: 'site.yaml:6:13: The variable "enabledd" is not defined.\n  Did you mean "enabled"?\n',
  },
  'an undefined variable in a template file': {
    files: {
      'site.yaml': playOf('- template: {src: a.hbs, dest: /b}'),
      'templates/a.hbs': 'one\n{{ tow }}\n',
    },
    says: 'DIRECTORY/templates/a.hbs:2:4: The variable "tow" is not defined.\n  Define it (vars, inputs, inventory, -e), or give a fallback with "default".\n',
  },
  'a template without quotes': {
    files: '- file: {path: {{ x }}, state: touch}',
    says: 'site.yaml:4:20: A value that begins with {{ needs quotes, or YAML reads it as a map.\n  Write: - file: {path: "{{ x }}", state: touch}\n',
  },
  'a tab': {
    files: { 'site.yaml': '- hosts: all\n  tasks:\n\t- debug: {msg: x}\n' },
    says: 'site.yaml:3:1: The line is indented with a tab, which YAML does not allow.\n  Indent with spaces, two per level.\n',
  },
  'a key that stands twice': {
    files: '- name: one\n  debug: {msg: x}\n  name: two',
    says: 'site.yaml:6:7: The key "name" stands twice in the same map.\n  The first is in line 4; keep one of them.\n',
  },
  'a keyword that does not exist': {
    files: '- debug: {msg: x}\n  whenn: true',
    says: 'site.yaml:5:7: "whenn" is not a keyword of a task.\n  Did you mean "when"?\n',
  },
  'a handler that does not exist': {
    files: {
      'site.yaml': `${playOf('- command: id\n  notify: restrat')}  handlers:\n    - name: restart\n      debug: {msg: x}\n`,
    },
    says: 'site.yaml:5:15: No handler is called "restrat" or listens to it.\n  Did you mean "restart"?\n',
  },
  'a file to copy that is missing': {
    files: '- copy: {src: nope.conf, dest: /b}\n- template: {src: nope.hbs, dest: /b}\n- script: nope.sh',
    says: `site.yaml:4:7: The file "nope.conf" does not exist on this machine.
  It was looked for as: DIRECTORY/files/nope.conf, DIRECTORY/nope.conf.
site.yaml:5:7: The file "nope.hbs" does not exist on this machine.
  It was looked for as: DIRECTORY/templates/nope.hbs, DIRECTORY/nope.hbs.
site.yaml:6:7: The file "nope.sh" does not exist on this machine.
  It was looked for as: DIRECTORY/files/nope.sh, DIRECTORY/nope.sh.

3 errors.
`,
  },
  'a playbook that is missing': {
    args: ['run', 'nope.yaml', '-i', 'hosts.yaml'],
    says: 'The file "DIRECTORY/nope.yaml" does not exist.\n  Check the path; a relative one counts from the directory you are in.\n',
  },
  'an inventory that is missing': {
    args: ['run', 'site.yaml', '-i', 'nope.yaml'],
    says: 'The inventory "nope.yaml" does not exist.\n  Give a file or directory with -i; host names on the command line end with a comma: -i "nope.yaml,"\n',
  },
  'a pattern with a name that does not exist': {
    files: { 'site.yaml': '- hosts: practise\n  tasks: []\n' },
    says: 'site.yaml:1:3: "practise" in the pattern "practise" is no host and no group.\n  Did you mean "practice"?\n',
  },
  'a pattern that leaves nothing': {
    files: { 'site.yaml': '- hosts: all:!practice\n  tasks: []\n' },
    says: 'site.yaml:1:3: The pattern "all:!practice" matches no host.\n  Look at the hosts and groups with: hostwright inventory -i INVENTORY --graph.\n',
  },
  'a limit that matches nothing': {
    args: ['-l', 'nope'],
    says: '"nope" in the pattern "nope" is no host and no group.\n  hostwright inventory --graph shows all hosts and groups.\n',
  },
  'a task to start at that does not exist': {
    args: ['--start-at-task', 'nope'],
    says: 'No task is named "nope", so --start-at-task has nowhere to start.\n  See the names with --list-tasks.\n',
  },
  'an option that does not exist': {
    args: ['--chekc'],
    says: 'hostwright run has no option "--chekc".\n  Did you mean "--check"?\n',
  },
  'a file of variables that is missing': {
    args: ['-e', '@nope.yaml'],
    says: 'The file "nope.yaml" does not exist.\n  Check the path; a relative one counts from the directory you are in.\n',
  },
  'a file with a password that is missing': {
    args: ['-b', '--become-password-file', 'nope'],
    says: 'The password file "nope" cannot be read.\n  Check that the file exists and that you may read it.\n',
  },
  'a become password to ask for, and nobody to ask': {
    args: ['-b', '-K'],
    says: 'A question must be asked, but there is no terminal to ask on.\n  Run it in a terminal; or give the become password with --become-password-file.\n',
  },
  'an input of the wrong type': {
    files: {
      'site.yaml':
        '- hosts: all\n  inputs: {count: {type: integer}}\n  tasks:\n    - debug: {msg: "{{ inputs.count }}"}\n',
    },
    args: ['-e', 'count=many'],
    says: 'site.yaml:2:12: The input "count" must be a whole number, but it is "many".\n  Give it with -e count=VALUE.\n',
  },
};

let practice: PracticeHost;
let project: ReturnType<typeof projectWith>;

beforeAll(async () => {
  practice = await startPracticeHost();
});
afterAll(() => practice.close());

describe('known before any host is contacted', () => {
  test.each(Object.entries(mistakes))('%s', async (_name, { files = {}, args = [], says }) => {
    project = projectWith({ 'hosts.yaml': practice.inventory, 'site.yaml': playOf('') });
    addFiles(project.directory, typeof files === 'string' ? { 'site.yaml': playOf(files) } : files);
    practice.resetTraffic();
    const given = args[0] === 'run' ? args : ['run', 'site.yaml', '-i', 'hosts.yaml', ...args];
    const ran = await hostwright(given, { cwd: project.directory });
    project.remove();
    const stderr = ran.stderr.replaceAll(project.directory, 'DIRECTORY');
    expect({ code: ran.code, stdout: ran.stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: says });
    expect(practice.traffic().connections).toBe(0);
  });
});
